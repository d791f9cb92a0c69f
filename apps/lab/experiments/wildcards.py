"""Publish-subscribe: what a subscription to `*` receives, and what one to `>`."""

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.running import Running
from apps.lab.messages import NoteSaid
from apps.messaging.hooks.tracing import current_traceparent
from apps.messaging.pubsub.broadcast import publish

PUBLISHED = ("", ".gift", ".gift.wrapped")
"""Published in this order on the subjects that these words end."""
LAST = ".last"
"""Both receive it, and nothing comes after it."""
PREDICTED = {"*": "gift", ">": "gift, gift.wrapped"}


def run(running: Running) -> None:
    subject = f"lab.words.{running.id}"
    members = {sign: _listener(subject, sign) for sign in PREDICTED}
    with ready(*members.values()):
        running.say(f"One listener subscribes to {subject}.*, the other to {subject}.>")
        for ends in (*PUBLISHED, LAST):
            _publish(running, f"{subject}{ends}")
        running.say(f"Published on {', '.join(subject + ends for ends in PUBLISHED)}.")
        received = {sign: _received(running, each, subject) for sign, each in members.items()}
    for sign, predicted in PREDICTED.items():
        running.count_equal(
            f"{subject}.{sign} receives", predicted=predicted, counted=received[sign]
        )


def _listener(subject: str, sign: str) -> Member:
    return Member("listener", f"listener {sign}", f"--subject={subject}.{sign}")


def _publish(running: Running, subject: str) -> None:
    note = NoteSaid(run=running.id, number=1)
    publish(subject, note.to_json().encode(), {"traceparent": current_traceparent()})


def _received(running: Running, member: Member, subject: str) -> str:
    """Return the ends of the subjects that came before the last message."""
    if not member.wait_until(
        lambda: member.reports_of("received", subject=subject + LAST), within=5.0
    ):
        running.say(f"{member.name} did not receive {subject}{LAST} within 5 s.")
    came = [report["subject"] for report in member.reports_of("received", run=running.id)]
    ends = [each.removeprefix(subject).removeprefix(".") for each in came]
    return ", ".join(each or subject for each in ends if f".{each}" != LAST) or "nothing"


EXPERIMENT = Experiment(
    slug="wildcards",
    pattern="publish-subscribe",
    title="Two wildcards",
    why="`*` stands for exactly one word of a subject, `>` for one or more at its end. The words "
    "are what stands between the dots.",
    predicts=(
        "A listener to `….*` receives what has one word more, and nothing that has two.",
        "A listener to `….>` receives both.",
        "Neither receives what is published on the subject before the wildcard.",
    ),
    takes=4,
    run=run,
)
