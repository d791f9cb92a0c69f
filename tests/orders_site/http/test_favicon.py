"""The icon at the address where browsers look for it."""

from django.test import Client


def test_the_icon_is_served_and_may_be_kept_for_a_day(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "public, max-age=86400"
    assert answer.content.startswith(b"<svg")
