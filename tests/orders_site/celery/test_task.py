"""The base class of all tasks."""

from itertools import count

import pytest
from django.db import OperationalError

from apps.messaging.models import DeadLetter
from orders_site.celery import app

app.loader.import_default_modules()
OURS = sorted(name for name in app.tasks if name.startswith("apps."))


def test_some_tasks_declare_no_retries() -> None:
    assert [name for name in OURS if not hasattr(app.tasks[name], "autoretry_for")]


@pytest.mark.django_db
@pytest.mark.parametrize("name", OURS)
def test_a_short_database_outage_dead_letters_no_task(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is well again when it is asked."""
    tries = count()

    def run(*_: object) -> str:
        if not next(tries):
            raise OperationalError("connection timeout expired")
        return "done"

    monkeypatch.setattr(app.tasks[name], "run", run)
    assert app.tasks[name].apply().get() == "done"
    assert not DeadLetter.objects.exists()


@pytest.mark.django_db
def test_a_wrong_statement_becomes_a_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    task = app.tasks["apps.images.tasks.reconcile"]

    def run() -> None:
        raise OperationalError("no such column")

    monkeypatch.setattr(task, "run", run)
    with pytest.raises(OperationalError, match="no such column"):
        task.apply().get()
    letter = DeadLetter.objects.get()
    assert (letter.reason, letter.attempts) == ("OperationalError: no such column", 4)
