"""The seam: named points on a message's way, at which it can be watched, or broken on purpose.

Nothing is plugged in by default: then a point costs a few microseconds. A test plugs a function
into one point, the lab into all of them; `faults.py` is what can be done there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.core.exceptions import ImproperlyConfigured

POINTS = {
    "core.publishing": "a message is about to leave on core NATS",
    "core.heard": "a listener has a message, nothing was done",
    "group.received": "a member of a queue group has a message, nothing was done",
    "group.handled": "a member of a queue group is done with a message",
    "request.sent": "a question is on its way",
    "request.received": "a responder has a question, nothing was done",
    "request.answered": "the asker has the answer",
    "outbox.recorded": "a message is recorded, its transaction is open",
    "relay.claimed": "rows are leased, nothing is published",
    "relay.publishing": "rows are about to go to their broker",
    "relay.published": "the broker has said yes, nothing is marked as sent",
    "relay.marked": "all is marked as sent",
    "consumer.fetched": "an event is here, nothing was done",
    "consumer.handled": "the effect is written, its transaction is open",
    "consumer.committed": "the effect is committed, the event is not acknowledged",
    "consumer.acknowledged": "the broker was told that the event is done",
    "consumer.failed": "the handler has failed, and will be tried again",
    "job.polling": "a worker is about to ask for jobs",
    "job.received": "a job is here, nothing was done",
    "job.handled": "a job is done, and not deleted",
    "job.deleting": "a batch of done jobs is about to be deleted",
    "job.deleted": "a batch of done jobs is deleted",
    "job.failed": "the handler has failed, and will be tried again",
    "job.heartbeat": "the jobs in hand are about to be hidden for longer",
    "letter.buried": "a message was given up, and is kept as a dead letter",
    "letter.redriven": "a dead letter is recorded to go out again",
}
CAN_LEAVE_OUT = {
    "core.publishing": "the message is lost, as if NATS were away",
    "request.received": "the question is never answered",
    "relay.publishing": "the rows wait, as if the broker were away",
    "consumer.committed": "the event is not acknowledged",
    "job.polling": "no job is received, the queue is left to others",
    "job.heartbeat": "the jobs come into sight again",
    "job.deleting": "the jobs are not deleted",
}
"""Where the next step can be left out, and what that looks like."""


def declare(point: str, meaning: str, *, left_out: str = "") -> None:
    """Add a point of an app's own, with what it looks like where its next step is left out.

    In the app's `apps.py`, which is imported before anything is plugged in.
    """
    POINTS[point] = meaning
    if left_out:
        CAN_LEAVE_OUT[point] = left_out


@dataclass(frozen=True, kw_only=True)
class Passing:
    """A message at a point: `channel` is its subject or queue, `holder` who has it in hand.

    `facts` are what else is known there: its place in the stream, the delay of the next try.
    """

    channel: str = ""
    holder: str = ""
    message_id: str = ""
    key: str = ""
    attempt: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes = ""
    facts: Mapping[str, str | int | float | None] = field(default_factory=dict)


type Act = Callable[[], object]
"""What happens at a point; what it returns says whether the next step is left out."""
type ActEverywhere = Callable[[str, Sequence[Passing]], bool]
"""The same for every point, told which it is and what passes."""

_plugged: dict[str, Act] = {}
_everywhere: ActEverywhere | None = None


def reach(point: str, *passing: Passing) -> bool:
    """Say what is here; true where the caller, if it can, leaves out its next step."""
    left_out = _everywhere(point, passing) if _everywhere else False
    act = _plugged.get(point) if _plugged else None
    return (act is not None and bool(act())) or left_out


def is_watched() -> bool:
    """Say whether it is worth while to describe what passes."""
    return _everywhere is not None


def plug(point: str, act: Act) -> None:
    """Let `act` be called each time the point is reached, in the thread that reaches it.

    Raises `ImproperlyConfigured` where no point is called so.
    """
    check_point(point)
    _plugged[point] = act


def unplug(point: str = "") -> None:
    """Make one point harmless again, or all."""
    if point:
        _plugged.pop(point, None)
    else:
        _plugged.clear()


def plug_everywhere(act: ActEverywhere | None) -> None:
    """Let `act` be called at every point, before what is plugged in there; None takes it out."""
    global _everywhere
    _everywhere = act


@contextmanager
def plugged(point: str, act: Act) -> Iterator[None]:
    """Plug it in for the length of a `with` block."""
    plug(point, act)
    try:
        yield
    finally:
        unplug(point)


def check_point(point: str) -> None:
    """Raise `ImproperlyConfigured` where no point is called so."""
    if point not in POINTS:
        raise ImproperlyConfigured(f"no point is called {point}; there are {', '.join(POINTS)}")
