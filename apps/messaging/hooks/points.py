"""Hooks: named points on a message's way, to watch it, or to skip its next step.

Nothing is attached by default: then a point costs less than a microsecond. A test attaches a
function to one point, the lab attaches one to all; `faults.py` has the faults for a point.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured

POINTS = {
    "core.publishing": "a message is about to leave on core NATS",
    "core.heard": "a listener has received a message, and has not handled it yet",
    "group.received": "a member of a queue group has received a message, and not handled it yet",
    "group.handled": "a member of a queue group is done with a message",
    "request.sent": "a question is on its way",
    "request.received": "a responder has received a question, and has not answered yet",
    "request.answered": "the asker has the answer",
    "outbox.recorded": "a message is recorded, its transaction is open",
    "relay.claimed": "rows are leased, nothing is published",
    "relay.publishing": "rows are about to go to their broker",
    "relay.published": "the broker has acknowledged the rows, none is marked as sent",
    "relay.marked": "the rows are marked as sent",
    "consumer.fetched": "an event was fetched, and is not handled yet",
    "consumer.handled": "the effect is written, its transaction is open",
    "consumer.committed": "the effect is committed, the event is not acknowledged",
    "consumer.acknowledged": "the event is acknowledged",
    "consumer.failed": "the handler has failed, and will be tried again",
    "job.polling": "a worker is about to ask for jobs",
    "job.received": "a job was received, and is not handled yet",
    "job.handled": "a job is done, and not deleted",
    "job.deleting": "a batch of done jobs is about to be deleted",
    "job.deleted": "a batch of done jobs is deleted",
    "job.failed": "the handler has failed, and will be tried again",
    "job.heartbeat": "the jobs in flight are about to be hidden for longer",
    "letter.buried": "a message was given up, and is kept as a dead letter",
    "letter.redriven": "a dead letter is recorded to go out again",
}
SKIPPABLE = {
    "core.publishing": "the message is lost, as if NATS were away",
    "request.received": "the question is never answered",
    "relay.publishing": "the rows wait, as if the broker were away",
    "consumer.committed": "the event is not acknowledged",
    "job.polling": "no job is received, the queue is left to others",
    "job.heartbeat": "the jobs become visible again",
    "job.deleting": "the jobs are not deleted",
}
"""The points whose next step can be skipped → the effect of skipping it."""


type Act = Callable[[], object]
"""Called at a point. It returns whether to skip the next step, at points that allow it."""
type ActEverywhere = Callable[[str, Sequence[object], Mapping[str, object]], bool]
"""Called at every point, with its name, the messages there, and further attributes."""
type Watch = Callable[[str, Sequence[object], Mapping[str, object]], None]
"""As `ActEverywhere`, for one that only watches."""

_attached: dict[str, Act] = {}
_watching: list[Watch] = []
_everywhere: ActEverywhere | None = None
_everywhere_may_break: Callable[[], bool] = bool


def reached(point: str, *messages: object, **attributes: object) -> None:
    """Call the attached functions, because these messages have reached the point.

    Raises the errors of an attached function: a step then fails on purpose.
    """
    _call(point, messages, attributes)


def skipped(point: str, *messages: object, **attributes: object) -> bool:
    """Do as `reached`, at a point in `SKIPPABLE`; return true if the next step must be skipped."""
    return _call(point, messages, attributes)


class ReachesHooks:
    """Base of a message that reaches points by itself; several at once use the functions.

    A module that has the message needs no import of hooks.
    """

    __slots__ = ()

    def reached(self, point: str, **attributes: object) -> None:
        """Call the attached functions. Raises their errors."""
        _call(point, (self,), attributes)

    def skipped(self, point: str, **attributes: object) -> bool:
        """Do so at a point in `SKIPPABLE`; return true if the next step must be skipped."""
        return _call(point, (self,), attributes)


def _call(point: str, messages: Sequence[object], attributes: Mapping[str, object]) -> bool:
    for watch in _watching:
        watch(point, messages, attributes)
    is_skipped = _everywhere(point, messages, attributes) if _everywhere else False
    act = _attached.get(point) if _attached else None
    return (act is not None and bool(act())) or is_skipped


def add_points_of(app: object) -> None:
    """Add the points that an app declares in its `AppConfig`.

    Its `hook_points` has the form of `POINTS`, its `skippable_points` that of `SKIPPABLE`.
    """
    POINTS.update(getattr(app, "hook_points", {}))
    SKIPPABLE.update(getattr(app, "skippable_points", {}))


def attach(point: str, act: Act) -> None:
    """Call `act` each time that the point is reached, in the thread that reaches it.

    Raises `ImproperlyConfigured` if there is no such point.
    """
    check_point(point)
    _attached[point] = act


def detach(point: str = "") -> None:
    """Remove the function at one point, or at all points if none is named."""
    if point:
        _attached.pop(point, None)
    else:
        _attached.clear()


def attach_everywhere(act: ActEverywhere | None, *, may_break: Callable[[], bool] = bool) -> None:
    """Call `act` at every point, before the functions attached there; None removes it.

    `may_break` returns whether `act` may at present do more than watch.
    """
    global _everywhere, _everywhere_may_break
    _everywhere, _everywhere_may_break = act, may_break


def watch_everywhere(watch: Watch) -> None:
    """Call `watch` at every point, before all functions that may break a step.

    It must not raise. Messages still pass in batches: who only watches breaks nothing.
    """
    if watch not in _watching:
        _watching.append(watch)


def watch_no_more(watch: Watch) -> None:
    """Undo `watch_everywhere`."""
    if watch in _watching:
        _watching.remove(watch)


def may_break() -> bool:
    """Return whether a step may now be broken on purpose: then messages pass one by one.

    A fault hits one message, and its test or experiment shows what becomes of this one.
    """
    return bool(_attached) or _everywhere_may_break()


@contextmanager
def attached(point: str, act: Act) -> Iterator[None]:
    """Attach `act` to the point for the length of a `with` block."""
    attach(point, act)
    try:
        yield
    finally:
        detach(point)


def check_point(point: str) -> None:
    """Raise `ImproperlyConfigured` if there is no such point."""
    if point not in POINTS:
        raise ImproperlyConfigured(f"no point is called {point}; there are {', '.join(POINTS)}")
