import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.models import WorkerInstance
from apps.messaging.operations import status
from apps.messaging.worker.heartbeat import Heartbeat, missing_workers
from tests.support.logged import messages_by
from tests.support.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def beating(*, ready: bool = True, last_step: float | None = None) -> Iterator[Heartbeat]:
    heartbeat = Heartbeat(
        "order_listener",
        last_step=lambda: time.monotonic() if last_step is None else last_step,
        is_ready=lambda: ready,
    )
    heartbeat.start()
    eventually(WorkerInstance.objects.exists)
    yield heartbeat
    heartbeat.stop()


def test_a_heartbeat_records_a_running_process() -> None:
    with beating():
        row = WorkerInstance.objects.get()
    assert row.is_ready
    assert timezone.now() - row.seen_at < timedelta(seconds=5)


def test_a_goodbye_deletes_the_heartbeat_row() -> None:
    with beating():
        pass
    assert not WorkerInstance.objects.exists()


def test_a_heartbeat_row_that_was_deleted_comes_back() -> None:
    """Two processes of one name share a row, and the first that stops deletes it."""
    with beating() as heartbeat:
        eventually(lambda: heartbeat._registered)
        WorkerInstance.objects.all().delete()
        heartbeat.say_now()
        eventually(WorkerInstance.objects.exists)
        assert WorkerInstance.objects.get().restarts == 0


def test_a_start_after_a_crash_counts_as_a_restart() -> None:
    with beating() as heartbeat:
        WorkerInstance.objects.create(
            name="sales_consumer",
            instance=heartbeat.instance,
            pid=1,
            started_at=timezone.now(),
            seen_at=timezone.now(),
            last_step_at=timezone.now(),
        )
        again = Heartbeat("sales_consumer", last_step=time.monotonic, is_ready=lambda: True)
        again.start()
        row = WorkerInstance.objects.filter(name="sales_consumer", restarts=1)
        eventually(row.exists)
        again.stop()


def test_a_worker_that_is_ready_and_seen_lately_is_not_missing(settings: Settings) -> None:
    settings.WORKERS = {"order_listener": 1, "outbox_relay": 1}
    with beating():
        assert missing_workers() == ["outbox_relay"]


def test_a_worker_that_is_not_subscribed_yet_is_missing(settings: Settings) -> None:
    settings.WORKERS = {"order_listener": 1}
    with beating(ready=False):
        assert missing_workers() == ["order_listener"]


def test_a_worker_not_seen_for_a_while_is_missing(settings: Settings) -> None:
    settings.WORKERS = {"order_listener": 1}
    with beating():
        WorkerInstance.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
        assert missing_workers() == ["order_listener"]


def test_a_sign_of_life_from_the_future_is_none(settings: Settings) -> None:
    """The clock was set back after the worker had died."""
    settings.WORKERS = {"order_listener": 1}
    with beating():
        WorkerInstance.objects.update(seen_at=timezone.now() + timedelta(hours=1))
        assert missing_workers() == ["order_listener"]
        (shown,) = status.workers()
        assert (shown["instances"], shown["ready"]) == (0, 0)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_process_with_a_wrong_clock_is_seen_and_sees_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    settings.WORKERS = {"order_listener": 1}
    wrong = timezone.now() + timedelta(hours=hours)
    with monkeypatch.context() as clock:
        clock.setattr(timezone, "now", lambda: wrong)
        with beating():
            seen_by_it = missing_workers(), status.workers()[0]["instances"]
            clock.undo()
            seen_by_others = missing_workers(), status.workers()[0]["instances"]
    assert seen_by_it == seen_by_others == ([], 1)


def test_the_health_file_is_touched_while_steps_are_done(
    settings: Settings, tmp_path: Path
) -> None:
    settings.HEALTH_FILE = str(tmp_path / "alive")
    with beating():
        eventually((tmp_path / "alive").exists)


def test_a_stuck_worker_does_not_touch_the_health_file(settings: Settings, tmp_path: Path) -> None:
    settings.HEALTH_FILE = str(tmp_path / "alive")
    with beating(last_step=time.monotonic() - 60):
        pass
    assert not (tmp_path / "alive").exists()


def test_an_untouchable_health_file_is_logged_once_and_work_continues(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "apps.messaging.worker.heartbeat")
    file = tmp_path / "not there yet" / "alive"
    settings.HEALTH_FILE = str(file)
    with beating() as heartbeat:
        for _ in range(2):
            before = timezone.now()
            heartbeat.say_now()
            eventually(WorkerInstance.objects.filter(seen_at__gt=before).exists)
        file.parent.mkdir()
        heartbeat.say_now()
        eventually(file.exists)
        eventually(lambda: "touched again" in caplog.messages)
    said = messages_by("apps.messaging.worker.heartbeat", caplog)
    assert said == ["health file not touched", "touched again"]
