"""The experiments' panels: prediction, button, newest run, with JavaScript and without."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from apps.lab import experiments
from apps.lab.experiments.experiment import Asks, Experiment
from apps.lab.experiments.running import Running
from apps.lab.models import Run
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


def brew(running: Running) -> None:
    running.say(f"Water for {running.number}.")
    running.count("cups", predicted="four", counted=running.number, held=running.number == 4)


@pytest.fixture(autouse=True)
def trial(monkeypatch: pytest.MonkeyPatch) -> Experiment:
    trial = Experiment(
        slug="trial",
        pattern="celery",
        title="A trial",
        why="To see tea.",
        predicts=("There is tea.",),
        takes=2,
        asks=Asks(label="Cups", default=lambda: 4),
        run=brew,
    )
    monkeypatch.setattr(experiments, "EXPERIMENTS", [trial])
    return trial


def page(client: Client) -> str:
    return client.get(reverse("lab:experiment", args=["trial"])).content.decode()


def press(client: Client, number: str = "4", **headers: str) -> HttpResponse:
    address = reverse("lab:run", args=["trial"])
    return client.post(address, {"number": number}, headers=headers)  # type: ignore[return-value]


def after_the_run(client: Client) -> str:
    eventually(lambda: Run.objects.filter(ended_at__isnull=False).exists())
    return page(client)


def test_a_panel_shows_the_prediction_before_a_run(client: Client) -> None:
    shown = page(client)
    assert 'id="experiment-trial"' in shown
    assert "There is tea." in shown
    assert 'value="4"' in shown
    assert "It has not been run yet." in shown


def test_without_javascript_the_button_returns_to_the_page(client: Client) -> None:
    response = press(client)
    assert (response.status_code, response["Location"]) == (302, "/lab/celery/#experiment-trial")
    assert "Water for 4." in after_the_run(client)


def test_htmx_gets_the_panel(client: Client) -> None:
    response = press(client, **{"HX-Request": "true"})
    assert 'id="run-trial"' in response.content.decode()
    assert after_the_run(client)


@pytest.mark.parametrize(("number", "state"), [("4", "Held"), ("3", "Broken")])
def test_the_end_is_shown_with_its_counts(client: Client, number: str, state: str) -> None:
    press(client, number)
    shown = after_the_run(client)
    assert state in shown
    assert f"<td>four</td><td>{number}</td>" in shown


def test_the_panel_of_a_running_experiment_is_reloaded(
    client: Client, trial: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = Event()
    slow = replace(trial, run=lambda running: running.say(f"{go_on.wait(10)}"))
    monkeypatch.setattr(experiments, "EXPERIMENTS", [slow])
    press(client)
    assert "every 2s" in page(client)
    go_on.set()
    assert "every 2s" not in after_the_run(client)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_an_invalid_number_starts_nothing(client: Client, headers: dict[str, str]) -> None:
    response = press(client, "many", **headers)
    shown = response if headers else client.get("/")
    assert "That is a whole number, from 1 on." in shown.content.decode()
    assert not Run.objects.exists()


@pytest.mark.parametrize("number", ["1", "6"])
def test_a_number_outside_the_limits_starts_nothing(
    client: Client, trial: Experiment, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    asks = Asks(label="Cups", default=lambda: 2, at_least=2, at_most=5)
    monkeypatch.setattr(experiments, "EXPERIMENTS", [replace(trial, asks=asks)])
    shown = press(client, number, **{"HX-Request": "true"}).content.decode()
    assert "That is a whole number, from 2 to 5." in shown
    assert 'min="2" max="5"' in shown
    assert not Run.objects.exists()


@pytest.mark.parametrize("name", ["experiment", "run"])
def test_an_unknown_experiment_is_not_found(client: Client, name: str) -> None:
    ask: dict[str, Callable[[str], HttpResponse]] = {"experiment": client.get, "run": client.post}  # type: ignore[dict-item]
    assert ask[name](reverse(f"lab:{name}", args=["tea"])).status_code == 404


def test_a_get_request_starts_nothing(client: Client) -> None:
    assert client.get(reverse("lab:run", args=["trial"])).status_code == 405
