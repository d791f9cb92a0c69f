"""The lab's pages in another language and time zone: values for scripts stay unlocalised."""

import pytest
from django.test import Client

from apps.lab.experiments import EXPERIMENTS
from apps.lab.feed.feed import Feed
from apps.lab.models import Run
from apps.lab.patterns import way
from apps.lab.services import set_load, switch_on
from tests.catalog.products import make_product
from tests.lab.addresses import pages
from tests.lab.made_hops import TRACE, add_hops, hop
from tests.messaging.support.dead_letters import bury
from tests.orders.factories import make_order
from tests.support.other_places import language, marked_numbers, misread

__all__ = ["language", "marked_numbers"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("language", "marked_numbers"),
    pytest.mark.one_database,
]

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def shop_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault is on, orders are placed, an experiment has run, and a message is under way."""
    monkeypatch.setattr("apps.lab.orders.snapshot.SNAPSHOT.current", dict)
    feed = Feed()
    monkeypatch.setattr(way, "FEED", feed)
    add_hops(feed, hop("job.received", worker="image_resizer", destination="jobs", consumer="jobs"))
    make_product()
    switch_on(point="consumer.fetched", action="corrupt", consumer="sales")
    set_load(rate=4)
    for experiment in EXPERIMENTS:
        Run.objects.create(experiment=experiment.slug, steps=[[1500.5, "begun"]])


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["whole", "part"])
def test_values_for_scripts_are_not_localised(client: Client, headers: dict[str, str]) -> None:
    there_are = pages(client, letter=bury().pk, order=make_order().id)
    assert {"/lab/waterfall/", "/lab/course/redrive/", "/lab/durable-events/"} < {*there_are}
    answers = {each: client.get(f"{each}?trace={TRACE}", headers=headers) for each in there_are}
    wrong = {
        page: (answer.status_code, misread(answer.text))
        for page, answer in answers.items()
        if answer.status_code != 200 or misread(answer.text)
    }
    assert wrong == {}


def test_a_letters_time_has_its_zone(client: Client) -> None:
    letter = bury()
    assert " IST" in client.get(f"/lab/dead-letters/{letter.pk}/").text
    assert " IST" in client.get("/lab/dead-letters/").text
