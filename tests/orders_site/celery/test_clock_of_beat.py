"""Beat after a clock that was ahead: its tasks are due within their intervals again."""

from datetime import timedelta
from pathlib import Path

from orders_site.celery.application import app
from orders_site.celery.heartbeat import HeartbeatScheduler

AHEAD = timedelta(days=1)


def make_scheduler(folder: Path) -> HeartbeatScheduler:
    """Return one whose file says that each task was run tomorrow."""
    scheduler = HeartbeatScheduler(app, schedule_filename=str(folder / "beat"))
    for entry in scheduler.schedule.values():
        entry.last_run_at = app.now() + AHEAD
    scheduler.populate_heap()
    return scheduler


def test_what_was_dated_ahead_counts_as_done_now(tmp_path: Path) -> None:
    scheduler = make_scheduler(tmp_path)
    try:
        now = app.now()
        scheduler.tick()
        done = [entry.last_run_at for entry in scheduler.schedule.values()]
        assert done
        assert all(each and now <= each <= app.now() for each in done)
        due = min(entry.is_due()[1] for entry in scheduler.schedule.values())
        assert due < AHEAD.total_seconds() / 24
    finally:
        scheduler.close()


def test_what_is_dated_rightly_stays(tmp_path: Path) -> None:
    scheduler = HeartbeatScheduler(app, schedule_filename=str(tmp_path / "beat"))
    try:
        before = {name: entry.last_run_at for name, entry in scheduler.schedule.items()}
        scheduler.tick()
        assert {name: entry.last_run_at for name, entry in scheduler.schedule.items()} == before
    finally:
        scheduler.close()
