"""Request-reply: no responder, a slow responder, and one that never answers."""

import time
from concurrent.futures import CancelledError
from contextlib import suppress
from threading import Thread

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.running import Running
from apps.lab.messages import LabAnswer, LabQuestion
from apps.messaging.brokers import nats_for_threads
from apps.messaging.errors import MessagingError, NoResponder, RequestFailed, RequestTimeout
from apps.messaging.request_reply.client import ask

TIMEOUT, PLENTY = 1.0, 3.0
LATE = 1.0
"""Seconds by which a busy machine may be late; else it is some tenths."""
SLOW = 3.0
FAR_BEYOND = 60.0
WATCHED = 5.0


def ask_without_responder(running: Running) -> None:
    ended, seconds = _ask(f"lab.question.{running.id}", timeout=PLENTY)
    running.say(
        f"Asked on a subject without a responder, with a budget of {PLENTY:.1f} s: {ended}."
    )
    running.count_equal("how it ends", predicted=NoResponder.__name__, counted=ended)
    running.count(
        "after how long",
        predicted=f"under {LATE:.1f} s",
        counted=f"{seconds:.2f} s",
        held=seconds < LATE,
    )


def ask_the_slow(running: Running) -> None:
    subject = f"lab.question.{running.id}"
    slow = Member("responder", "responder", f"--subject={subject}")
    with ready(slow):
        running.say(f"A responder is subscribed, and takes {SLOW:.0f} s for an answer.")
        ended, seconds = _ask(subject, takes=SLOW)
        running.say(f"Asked with a budget of {TIMEOUT:.1f} s: {ended}.")
    _count_timeout(running, ended, seconds)
    asked = len(slow.reports_of("asked"))
    running.say(f"It was asked {asked} times: the client asks again after a third of the budget.")


def ask_without_end(running: Running) -> None:
    subject = f"lab.question.{running.id}"
    silent = Member(
        "responder", "responder", f"--subject={subject}", FAILPOINTS="request.received=skip"
    )
    with ready(silent):
        running.say("A responder is subscribed that takes every question and answers none.")
        ended, seconds = _ask(subject)
        running.say(f"Asked with a budget of {TIMEOUT:.1f} s: {ended}.")
        _count_timeout(running, ended, seconds)
        running.say(f"Asked with a budget of {FAR_BEYOND:.0f} s, and watched for {WATCHED:.0f} s.")
        asking = Thread(target=_ask_without_answer, args=(subject,), daemon=True)
        asking.start()
        asking.join(WATCHED)
        running.count(
            f"the other question, after {WATCHED:.0f} s",
            predicted="still waiting",
            counted="still waiting" if asking.is_alive() else "has ended",
            held=asking.is_alive(),
        )


def _ask(subject: str, *, takes: float = 0.0, timeout: float = TIMEOUT) -> tuple[str, float]:
    """Return how the question ended, and after how many seconds."""
    # On a busy machine it takes longer than the budget, of which it is no part here.
    nats_for_threads.connect(timeout=PLENTY)
    began = time.monotonic()
    try:
        ask(subject, LabQuestion(number=1, seconds=takes), LabAnswer, timeout=timeout)
        ended = "an answer"
    except RequestFailed as error:
        ended = type(error).__name__
    return ended, time.monotonic() - began


def _ask_without_answer(subject: str) -> None:
    # It ends with its responder, or with this process.
    with suppress(MessagingError, CancelledError):
        ask(subject, LabQuestion(number=2), LabAnswer, timeout=FAR_BEYOND)


def _count_timeout(running: Running, ended: str, seconds: float) -> None:
    running.count_equal("how it ends", predicted=RequestTimeout.__name__, counted=ended)
    running.count(
        "after how long",
        predicted=f"{TIMEOUT:.1f} s",
        counted=f"{seconds:.2f} s",
        held=TIMEOUT * 0.95 <= seconds < TIMEOUT + LATE,
    )


NO_RESPONDER = Experiment(
    slug="no-responder",
    pattern="request-reply",
    title="No responder",
    why="The server knows who is subscribed, so it answers at once if no client is: the requester "
    "need not wait.",
    predicts=(f"The question ends in NoResponder, in under {LATE:.1f} s of {PLENTY:.1f} s.",),
    takes=1,
    run=ask_without_responder,
)
SLOW_RESPONDER = Experiment(
    slug="slow-responder",
    pattern="request-reply",
    title="The answer takes too long",
    why="A responder is subscribed, and may be slow, stuck or dead: only time shows that.",
    predicts=(
        (
            f"An answer that takes {SLOW:.0f} s ends in RequestTimeout, {TIMEOUT:.1f} s after the "
            "question."
        ),
    ),
    takes=5,
    run=ask_the_slow,
)
NO_TIMEOUT = Experiment(
    slug="no-timeout",
    pattern="request-reply",
    title="Without a timeout",
    why="A question without an answer takes its whole budget. A checkout without a budget would "
    "wait as long as its customer does.",
    predicts=(
        f"With a timeout of {TIMEOUT:.1f} s it ends in RequestTimeout after {TIMEOUT:.1f} s.",
        f"With a budget of {FAR_BEYOND:.0f} s, it still waits after {WATCHED:.0f} s.",
    ),
    takes=9,
    run=ask_without_end,
)
