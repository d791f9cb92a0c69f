"""`manage.py dead_letters`, as an operator uses it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.messaging.models import DeadLetter, FailedDelivery
from apps.messaging.recovery.redrive import redrive
from tests.messaging.support.dead_letters import bury

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("dead_letters", *words, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def states() -> list[str]:
    return list(DeadLetter.objects.order_by("id").values_list("state", flat=True))


def test_the_list_has_a_line_for_each_dead_letter() -> None:
    bury(attempts=6)
    heading, line, total = run("list").splitlines()
    assert " ".join(heading.split()) == (
        "ID DIED TRANSPORT CONSUMER DESTINATION TRIES STATE REASON"
    )
    assert " ".join(line.split()).endswith(
        "jetstream drinker teas.brewed 6 dead the kettle is cold"
    )
    assert total == "1 dead"


def test_an_empty_list_is_reported() -> None:
    assert run("list") == "0 dead\n"


def test_the_list_can_be_filtered() -> None:
    bury(message_id="a")
    bury(message_id="b", consumer="counter")
    bury(message_id="c", transport="sqs")
    redrive(id=bury(message_id="d").pk)
    assert run("list", "--consumer", "counter").endswith("1 dead\n")
    assert run("list", "--transport", "sqs").endswith("1 dead\n")
    assert run("list", "--state", "redriven").endswith("1 redriven\n")
    assert run("list", "--state", "all", "--limit", "1").endswith("4 letters, 3 more than shown\n")


def test_a_reason_of_many_lines_stays_one_line() -> None:
    bury(reason="first\nsecond\x1b[2J")
    assert len(run("list").splitlines()) == 3
    assert "\x1b" not in run("list")


def test_control_characters_of_a_dead_letter_are_escaped() -> None:
    steering = "a\x1b]0;t\x07b\x9b2J\u202e"
    letter = bury(
        message_id=steering,
        reason=steering,
        body=f"{steering}\nsecond",
        traceback=f"{steering}\n  at last",
        headers={steering: f"{steering}\nNats-Msg-Id: forged"},
    )
    shown = run("show", str(letter.pk))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "\n  second" in shown
    assert "\n  Nats-Msg-Id: forged" not in shown


def test_a_dead_letter_is_shown_with_its_history() -> None:
    letter = bury(traceback="Traceback: in boil")
    FailedDelivery.objects.create(
        consumer="drinker", message_id="event-1", error="it was cold before", traceback=""
    )
    shown = run("show", str(letter.pk))
    for text in ("the kettle is cold", '"cups": 3', "ce-id: event-1", "in boil", "cold before"):
        assert text in shown


def test_named_dead_letters_are_redriven() -> None:
    ids = [str(bury(message_id=name).pk) for name in "abc"]
    assert run("redrive", *ids[:2]) == "redriven: 2\n"
    assert states() == ["redriven", "redriven", "dead"]


def test_all_dead_letters_of_a_consumer_are_redriven() -> None:
    bury(message_id="a")
    bury(message_id="b", consumer="counter")
    run("redrive", "--consumer", "counter")
    assert states() == ["dead", "redriven"]


def test_all_dead_letters_are_dropped_at_once() -> None:
    bury(message_id="a")
    redrive(id=bury(message_id="b").pk)
    assert run("drop", "--all") == "dropped: 1\n"
    assert states() == ["dropped", "redriven"]


def test_a_redriven_dead_letter_is_redriven_again_only_on_request() -> None:
    id = str(bury().pk)
    run("redrive", id)
    with pytest.raises(CommandError, match="not redriven: 1"):
        run("redrive", id)
    assert run("redrive", id, "--again") == "redriven: 1\n"


def test_a_missing_dead_letter_fails_without_stopping_the_others() -> None:
    id = str(bury().pk)
    with pytest.raises(CommandError) as refused:
        run("drop", "4711", id)
    assert refused.value.returncode == 1
    assert states() == ["dropped"]


@pytest.mark.parametrize("words", [["redrive"], ["drop"], ["drop", "1", "--all"]])
def test_the_command_requires_a_choice_of_dead_letters(words: list[str]) -> None:
    bury()
    with pytest.raises(CommandError) as refused:
        run(*words)
    assert refused.value.returncode == 2
    assert states() == ["dead"]


def test_showing_a_missing_dead_letter_fails() -> None:
    with pytest.raises(CommandError, match="4711"):
        run("show", "4711")


@pytest.mark.parametrize("limit", ["-1", "0", "many", "9" * 5000])
@pytest.mark.parametrize("command", ["dead_letters", "outbox"])
def test_a_limit_that_is_no_number_of_rows_is_named(command: str, limit: str) -> None:
    with pytest.raises(CommandError, match="is no whole number from 1 to 999,999,999"):
        call_command(command, "list", f"--limit={limit}")


def test_causes_are_listed_and_redriven_together() -> None:
    for id in ("a", "b"):
        bury(message_id=id)
    bury(message_id="c", reason="the pot is empty")
    heading, first, second, total = run("causes").splitlines()
    assert " ".join(heading.split()) == "CAUSE LETTERS FIRST LAST CONSUMER ERROR PLACE"
    assert first.split()[1] == "2"
    assert "the kettle is cold" in first
    assert "the pot is empty" in second
    assert total == "2 causes"
    assert run("redrive", "--cause", first.split()[0]) == "redriven: 2\n"
    assert states() == ["redriven", "redriven", "dead"]


def test_an_unknown_cause_is_an_error() -> None:
    with pytest.raises(CommandError, match="no dead letter has the cause abc"):
        run("drop", "--cause", "abc")


def test_a_cause_beside_ids_is_rejected() -> None:
    with pytest.raises(CommandError, match="or --cause"):
        run("drop", "1", "--cause", "abc")
