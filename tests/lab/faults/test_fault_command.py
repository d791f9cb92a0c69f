"""`manage.py fault`."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.lab.faults.known_faults import KNOWN
from apps.lab.management.commands import fault as command
from apps.lab.models import Fault
from apps.lab.pages.fault_page import manage, switches_of
from apps.lab.queries import faults_on
from apps.lab.services import switch_on
from apps.messaging.hooks.points import POINTS
from apps.messaging.models import WorkerInstance

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.lab.services.announce_change", lambda: None)


def fault(*arguments: str) -> str:
    out = StringIO()
    call_command("fault", *arguments, stdout=out)
    return out.getvalue()


def test_on_list_off() -> None:
    fault("on", "consumer.fetched", "delay", "--rate=0.5", "--seconds=2", "--consumer=sales")
    assert "sales" in fault("list")
    assert fault("off", "consumer.fetched") == "1 switched off\n"
    assert fault("list") == "nothing is broken on purpose\n"


def test_off_without_a_hook_means_all() -> None:
    fault("on", "consumer.fetched", "raise")
    fault("on", "job.received", "raise")
    assert fault("off") == "2 switched off\n"


def test_off_leaves_the_fault_of_a_running_experiment() -> None:
    switch_on(point="job.received", action="raise", trace="7" * 32)
    assert fault("off") == "0 switched off\n"
    assert Fault.objects.count() == 1


def test_hooks_are_listed_with_their_actions() -> None:
    output = fault("points")
    assert all(point in output for point in POINTS)
    assert "SIGKILL" in output


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--for=nan", "'nan' is no number from 1 to 600"),
        ("--rate=7", "'7' is no number from 0 to 1"),
        ("--seconds=-3", "'-3' is no number from 0 to 30"),
        ("--first=-2", "'-2' is no whole number from 1 to 999,999,999"),
        ("--consumer=" + "x" * 65, "no name has more than 64 characters"),
    ],
)
def test_an_option_out_of_its_range_is_named(option: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        fault("on", "consumer.fetched", "delay", option)
    assert faults_on() == []


def test_the_error_names_an_unknown_hook() -> None:
    with pytest.raises(CommandError, match="no point is called nowhere"):
        fault("on", "nowhere", "raise")


@pytest.mark.parametrize(("consumer", "warns"), [("nosuch", True), ("sales", False)])
def test_a_durable_that_is_not_there_is_named_with_those_that_are(
    consumer: str, warns: bool
) -> None:
    said = StringIO()
    arguments = ("consumer.fetched", "raise", f"--consumer={consumer}")
    call_command("fault", "on", *arguments, stdout=StringIO(), stderr=said)
    assert ("no durable is called nosuch: the shop has fulfilment," in said.getvalue()) is warns


@pytest.mark.parametrize("slug", [known.slug for known in KNOWN])
def test_a_pages_command_sets_its_own_switch(slug: str) -> None:
    shown = next(each for each in switches_of() if each.known.slug == slug)
    words = shown.command.partition('ARGS="')[2].rstrip('"').split()
    assert words[0] == "fault"
    fault(*words[1:])
    on = [each.known.slug for each in switches_of() if each.fault]
    assert on == [slug]
    (row,) = faults_on()
    assert (row.first, row.seconds) == (shown.known.first, shown.known.seconds)


def test_beside_containers_the_command_runs_in_one(settings: Settings) -> None:
    settings.NATS_URL = "nats://web:secret@nats:4222"
    assert manage("fault list") == "docker compose exec web python manage.py fault list"


def test_beside_a_demo_the_command_names_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_DIR", "/srv/my demo")
    monkeypatch.delenv("NATS_PORT")
    monkeypatch.delenv("AWS_PORT")
    assert manage("fault list") == "DEMO_DIR='/srv/my demo' make manage ARGS=\"fault list\""


def test_the_error_names_a_worker_that_may_poll(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    times = {"started_at": now, "seen_at": now, "last_step_at": now}
    WorkerInstance.objects.create(name="image_resizer", instance="7", pid=1, is_ready=True, **times)
    settings.SQS_WAIT_SECONDS = 0
    monkeypatch.setattr(command, "REPORTED_WITHIN", timedelta(seconds=0.2))
    with pytest.raises(CommandError, match=r"image_resizer 7 has not said within 0\.2 s"):
        fault("on", "job.polling", "skip")
    assert faults_on()
    fault("on", "job.polling", "skip", "--rate=0.5")  # That one polls on, now and then.


def test_the_former_name_of_an_action_is_accepted() -> None:
    assert fault("on", "job.heartbeat", "drop").startswith("job.heartbeat=skip")
