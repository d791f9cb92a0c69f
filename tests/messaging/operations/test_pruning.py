from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging import outbox
from apps.messaging.events import inbox
from apps.messaging.message_at import MessageAt
from apps.messaging.models import DeadLetter, InboxEntry, OutboxMessage, WorkerInstance
from apps.messaging.operations import pruning
from apps.messaging.operations.pruning import inbox_kept, prune
from apps.messaging.operations.sent_rows import SENT_KEPT
from apps.messaging.recovery.redrive import drop, redrive
from tests.messaging.support.dead_letters import bury
from tests.messaging.support.events import TeaBrewed

pytestmark = pytest.mark.django_db


def test_sent_rows_are_pruned_after_a_day() -> None:
    outbox.record(TeaBrewed(cups=1), key="old")
    outbox.record(TeaBrewed(cups=1), key="new")
    OutboxMessage.objects.filter(key="old").update(sent_at=timezone.now() - SENT_KEPT * 2)
    OutboxMessage.objects.filter(key="new").update(sent_at=timezone.now())
    assert prune()["outbox"] == 1
    assert OutboxMessage.objects.get().key == "new"


def test_a_table_with_many_old_rows_is_pruned_in_several_runs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As the task would come again while it still deletes; the log says that it was not enough."""
    monkeypatch.setattr(pruning, "CHUNK_ROWS", 1)
    monkeypatch.setattr(pruning, "LONGEST_SECONDS", 0.0)
    for key in ("1", "2", "3"):
        outbox.record(TeaBrewed(cups=1), key=key)
    OutboxMessage.objects.update(sent_at=timezone.now() - SENT_KEPT * 2)
    assert [prune()["outbox"] for _ in range(4)] == [1, 1, 1, 0]
    assert [each.message for each in caplog.records] == ["more to clean up"] * 3


def test_a_run_that_deletes_nothing_writes_no_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger=pruning.__name__)
    pruning.log_deleted({"mails": 0})
    pruning.log_deleted({"mails": 1})
    assert [(each.message, vars(each)["mails"]) for each in caplog.records] == [("cleaned up", 1)]


def test_an_old_unsent_row_is_kept() -> None:
    outbox.record(TeaBrewed(cups=1), key="pot")
    OutboxMessage.objects.update(recorded_at=timezone.now() - timedelta(days=365))
    assert prune()["outbox"] == 0


def test_inbox_entries_outlive_the_stream() -> None:
    for message_id in ("old", "new"):
        with inbox.entered(MessageAt("c", message_id)):
            pass
    InboxEntry.objects.filter(message_id="old").update(handled_at=timezone.now() - inbox_kept() * 2)
    assert prune()["inbox"] == 1
    assert InboxEntry.objects.get().message_id == "new"


def test_a_wrong_clock_prunes_nothing_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    with inbox.entered(MessageAt("c", "new")):
        pass
    outbox.record(TeaBrewed(cups=1), key="new")
    OutboxMessage.objects.update(sent_at=timezone.now())
    drop(id=bury().pk)
    next_year = timezone.now() + timedelta(days=365)
    monkeypatch.setattr(timezone, "now", lambda: next_year)
    assert set(prune().values()) == {0}


def test_a_dropped_letter_outlives_each_event_that_may_be_sent_again() -> None:
    outbox.record(TeaBrewed(cups=1), key="pot")
    OutboxMessage.objects.update(recorded_at=timezone.now() - inbox_kept() * 3)
    drop(id=bury().pk)
    DeadLetter.objects.update(died_at=timezone.now() - inbox_kept() * 2)
    assert prune()["dead_letters"] == 0
    OutboxMessage.objects.all().delete()
    assert prune()["dead_letters"] == 1


def test_only_resolved_dead_letters_are_pruned() -> None:
    redrive(id=bury(message_id="redriven").pk)
    drop(id=bury(message_id="dropped").pk)
    bury(message_id="dead")
    long_ago = timezone.now() - inbox_kept() * 2
    DeadLetter.objects.update(died_at=long_ago, redriven_at=long_ago)
    assert prune()["dead_letters"] == 2
    assert DeadLetter.objects.get().message_id == "dead"


def test_a_recently_redriven_dead_letter_is_kept() -> None:
    redrive(id=bury().pk)
    DeadLetter.objects.update(died_at=timezone.now() - inbox_kept() * 2)
    assert prune()["dead_letters"] == 0


def test_worker_instances_not_seen_for_long_are_pruned() -> None:
    for days in (40, 40, 1):
        seen = timezone.now() - timedelta(days=days)
        WorkerInstance.objects.create(
            name="celery",
            instance=f"container-{WorkerInstance.objects.count()}",
            pid=1,
            started_at=seen,
            seen_at=seen,
            last_step_at=seen,
        )
    assert prune()["instances"] == 2
    assert WorkerInstance.objects.get().instance == "container-2"


def test_each_table_is_kept_for_its_configured_time(settings: Settings) -> None:
    settings.KEPT = replace(settings.KEPT, inbox=30, letters=60)
    with inbox.entered(MessageAt("c", "1")):
        pass
    drop(id=bury().pk)
    days_ago = timezone.now() - timedelta(days=45)
    InboxEntry.objects.update(handled_at=days_ago)
    DeadLetter.objects.update(died_at=days_ago)
    counts = prune()
    assert (counts["inbox"], counts["dead_letters"]) == (1, 0)
    settings.KEPT = replace(settings.KEPT, letters=40)
    assert prune()["dead_letters"] == 1
