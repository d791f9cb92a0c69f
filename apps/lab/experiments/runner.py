"""Runs an experiment in a thread of `web`; every page shows it from the table of runs."""

import logging
import os
import threading
import time

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.running import LONGEST, NotRunnable, Running
from apps.lab.feed.feed import FEED
from apps.lab.feed.hops import trace_of
from apps.lab.models import Run
from apps.messaging.errors import MessagingError
from apps.messaging.hooks.tracing import current_traceparent, following

logger = logging.getLogger(__name__)

_ours: set[int] = set()
"""The runs that have a thread in this process."""
_ours_or_dead = threading.Lock()
"""Held while a run is added to `_ours`: meanwhile it would look dead."""


def begin(experiment: Experiment, *, number: int = 0) -> Run:
    """Start it, and return its run; if it runs already, return that run."""
    with _ours_or_dead:
        _close_the_dead()
        running = Run.objects.filter(experiment=experiment.slug, state=Run.State.RUNNING).first()
        if running is not None:
            return running
        with following(""):
            traceparent = current_traceparent()
        run = Run.objects.create(experiment=experiment.slug, trace=trace_of(traceparent))
        _ours.add(run.pk)
    threading.Thread(
        target=_run,
        args=(experiment, run, number, traceparent),
        name=f"run-{run.pk}",
        daemon=True,
    ).start()
    return run


def close_the_dead() -> None:
    """Mark runs as failed whose process has ended."""
    if _not_ours().exists():
        # It may also be one that is added to `_ours` at this moment.
        with _ours_or_dead:
            _close_the_dead()


def _close_the_dead() -> None:
    for run in _not_ours():
        if timezone.now() - run.started_at > LONGEST or not _is_another_web_alive():
            steps = [*run.steps, [_age(run), "The process that ran it has ended."]]
            _end(run.pk, Run.State.FAILED, steps=steps)


def _not_ours() -> QuerySet[Run]:
    return Run.objects.filter(state=Run.State.RUNNING).exclude(pk__in=tuple(_ours))


def _run(experiment: Experiment, run: Run, number: int, traceparent: str) -> None:
    try:
        running = Running(run, number=number)
        with following(traceparent):
            state = _outcome(experiment, running)
        _end(run.pk, state)
    finally:
        with _ours_or_dead:
            _ours.discard(run.pk)
        connection.close()


def _outcome(experiment: Experiment, running: Running) -> Run.State:
    try:
        with experiment.lock.held_by(running):
            experiment.run(running)
        return running.outcome()
    except (NotRunnable, MessagingError) as error:
        running.say(str(error))
    except Exception as error:  # Whatever the error is, the run must end.
        logger.exception("experiment failed", extra={"error": repr(error)})
        running.say(f"{type(error).__name__}: {error}")
    finally:
        running.mend_all()
    return Run.State.FAILED


def _end(id: int, state: Run.State, **fields: object) -> None:
    under_way = Run.objects.filter(pk=id, state=Run.State.RUNNING)
    under_way.update(state=state, ended_at=timezone.now(), **fields)


def _is_another_web_alive() -> bool:
    """Return whether another process of `web` runs, whose run it may be."""
    now, own = time.monotonic(), os.getpid()
    return any(
        worker == "web" and seen.pid != own and seen.is_there(now)
        for worker, _, seen in FEED.processes()
    )


def _age(run: Run) -> float:
    return round((timezone.now() - run.started_at).total_seconds(), 1)
