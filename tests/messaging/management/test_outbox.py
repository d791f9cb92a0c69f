"""`manage.py outbox list|drop`, as an operator uses it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.messaging.models import OutboxMessage
from tests.messaging.support.rows import record

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("outbox", *words, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def test_the_list_has_a_line_for_each_unsent_row() -> None:
    record("pot")
    OutboxMessage.objects.update(error="no stream takes this subject")
    heading, line, total = run("list").splitlines()
    assert " ".join(heading.split()) == "ID RECORDED TRANSPORT DESTINATION KEY STATE REASON"
    wanted = "jetstream teas.brewed pot waits no stream takes this subject"
    assert " ".join(line.split()).endswith(wanted)
    assert total == "1 unsent"


def test_any_unsent_row_can_be_dropped() -> None:
    first, second = record("pot", "pot")
    assert run("drop", str(first.pk)) == "dropped: 1\n"
    assert list(OutboxMessage.objects.all()) == [second]


def test_a_missing_row_is_named_and_the_others_are_dropped() -> None:
    (row,) = record("pot")
    with pytest.raises(CommandError, match="not dropped: 1"):
        run("drop", "4711", str(row.pk))
    assert not OutboxMessage.objects.exists()
