"""The page of the processes: with a supervisor, in compose, and with neither."""

import os
import signal
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects
from pytest_django.fixtures import Settings

from apps.lab.processes import supervisor
from tests.lab.processes.conftest import (
    Supervised,
    _supervisor,
    instances,
    patient,
    states,
    supervised,
)
from tests.support.waiting import eventually

__all__ = ["_supervisor", "patient", "supervised"]

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
PRESS = "/lab/processes/press/"


def pressed(button: str) -> dict[str, str]:
    return {"press": button}


@pytest.fixture
def no_supervisor(tmp_path: Path, settings: Settings) -> Settings:
    settings.SUPERVISOR_SOCKET = tmp_path / "nothing"
    return settings


@pytest.fixture
def compose(no_supervisor: Settings) -> None:
    no_supervisor.NATS_URL = "nats://web:demo@nats:4222"


def mark(client: Client) -> str:
    """Return what the page would send with its next question."""
    page = client.get("/lab/processes/").text
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_each_instance_has_its_buttons(client: Client, supervised: Supervised) -> None:
    page = client.get("/lab/processes/")
    assertContains(page, 'id="turn-sales_consumer-1"', count=1)
    assertContains(page, 'id="kill-preview_resizer-2"', count=1)
    assertContains(page, "Left out when the demo started")
    assertContains(page, 'id="more-preview_resizer"')
    assertNotContains(page, 'id="more-dead_letter_collector"')


def test_a_press_without_a_script_leads_back_to_the_page(
    client: Client, supervised: Supervised
) -> None:
    answer = client.post(PRESS, pressed("pause sales_consumer 1"), follow=True)
    assertRedirects(answer, "/lab/processes/")
    assertContains(answer, "sales_consumer 1 was paused.")
    assertContains(answer, "Paused")
    assertContains(answer, 'value="continue sales_consumer 1"')


def test_a_press_with_a_script_gets_the_part_that_changes(
    client: Client, supervised: Supervised
) -> None:
    answer = client.post(PRESS, pressed("kill sales_consumer 1"), headers=HTMX)
    assertNotContains(answer, "<html")
    assertContains(answer, "sales_consumer 1 was killed.")
    eventually(lambda: states() == {"running"}, what="it runs again")
    assertContains(client.get("/lab/processes/"), "Killed by SIGKILL at ")
    assertContains(client.get("/lab/processes/"), "and started again by the supervisor.")


def test_two_windows_show_the_same(supervised: Supervised) -> None:
    one, other = Client(), Client()
    seen = mark(other)
    assert other.get("/lab/processes/", {"seen": seen}, headers=HTMX).status_code == 204
    one.post(PRESS, pressed("stop sales_consumer 1"))
    answer = other.get("/lab/processes/", {"seen": seen}, headers=HTMX)
    assertContains(answer, 'value="start sales_consumer 1"', count=1)
    eventually(lambda: states() == {"stopped"}, what="it is stopped")
    assert mark(one) == mark(other) != seen


def test_a_worker_is_scaled_and_all_are_restored(client: Client, supervised: Supervised) -> None:
    client.post(PRESS, pressed("scale preview_resizer 5"))
    assert [each.instance for each in instances("preview_resizer")] == [1, 2, 3, 4, 5]
    page = client.get("/lab/processes/")
    assertContains(page, 'id="kill-preview_resizer-5"')
    assertContains(page, 'value="scale preview_resizer 5" aria-disabled="true"')
    client.post(PRESS, pressed("restore"))
    eventually(lambda: len(instances("preview_resizer")) == 2, what="three have left")


@pytest.mark.parametrize(
    ("button", "says"),
    [
        ("", "There is no button &#x27;&#x27;"),
        ("explode sales_consumer 1", "with start, stop, pause, continue, kill or scale"),
        ("stop sales_consumer one", "There is no button"),
        ("stop sales_consumer 1 1", "There is no button"),
        ("stop sales_consumer 9", "sales_consumer has no instance 9: there are 1."),
        ("start sales_consumer 1", "running, so it cannot start"),
        ("kill web 1", "There is no worker &#x27;web&#x27;"),
        ("scale preview_resizer 6", "1 to 5 instances, and not 6"),
        ("scale preview_resizer 0", "1 to 5 instances, and not 0"),
        ("scale preview_resizer 9999", "There is no button"),
        ("scale dead_letter_collector 2", "dead_letter_collector has 1 to 1 instances"),
        ("scale order_listener 2", "left out at the start"),
    ],
)
def test_what_cannot_be_done_is_answered(
    client: Client, supervised: Supervised, button: str, says: str
) -> None:
    before = supervisor.look()
    answer = client.post(PRESS, pressed(button), headers=HTMX)
    assertContains(answer, says)
    assertContains(answer, 'role="alert"', count=1)
    assert [each.pid for each in supervisor.look()] == [each.pid for each in before]


def test_a_press_from_another_site_does_nothing(supervised: Supervised) -> None:
    strict = Client(enforce_csrf_checks=True)
    for button in ("stop sales_consumer 1", "scale sales_consumer 2", "restore"):
        assert strict.post(PRESS, pressed(button)).status_code == 403
    assert strict.get(PRESS).status_code == 405
    assert states() == {"running"}


def test_in_compose_the_page_says_what_is_not_possible(client: Client, compose: None) -> None:
    page = client.get("/lab/processes/")
    assertContains(page, "In compose this page cannot stop a process")
    assertContains(page, "docker compose pause sales_consumer")
    assertContains(page, "--scale preview_resizer=3 preview_resizer")
    assertNotContains(page, PRESS)
    assert client.get("/lab/processes/", {"seen": mark(client)}, headers=HTMX).status_code == 204
    assertContains(
        client.get("/lab/processes/", headers=HTMX), 'id="signs-sales_consumer" hx-swap-oob'
    )


def test_without_a_supervisor_a_press_says_so(client: Client, no_supervisor: Settings) -> None:
    answer = client.post(PRESS, pressed("stop sales_consumer 1"), headers=HTMX)
    assertContains(answer, "Nothing was done: no supervisor runs here.")
    page = client.get("/lab/processes/")
    assertContains(page, "This page cannot stop a process: no supervisor runs here.")
    assertNotContains(page, "docker compose")


def test_a_supervisor_that_is_silent_is_named_and_nothing_can_be_pressed(
    client: Client, supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "ANSWERS_WITHIN", 0.3)
    os.kill(supervised.process.pid, signal.SIGSTOP)
    try:
        page = client.get("/lab/processes/", headers=HTMX)
        assertContains(page, "Now the supervisor does not answer")
        assertNotContains(page, 'value="stop')
        assertNotContains(page, "Left out when")
        answer = client.post(PRESS, pressed("stop sales_consumer 1"), headers=HTMX)
        assertContains(answer, "Nothing was done: the supervisor does not answer")
    finally:
        os.kill(supervised.process.pid, signal.SIGCONT)


def test_the_page_is_in_the_navigation_and_on_the_map(
    client: Client, no_supervisor: Settings
) -> None:
    assertContains(client.get("/lab/"), 'href="/lab/processes/"', count=2)
    assertContains(client.get("/lab/inside/"), 'href="/lab/processes/"', count=2)
