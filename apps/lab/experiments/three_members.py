"""Queue group: three members share the messages, and one of them is killed."""

import time
from collections import Counter

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.running import Running
from apps.lab.messages import LabQuestion
from apps.lab.polling import until
from apps.messaging.hooks.tracing import current_traceparent
from apps.messaging.pubsub.broadcast import publish

MESSAGES = 300
EVERY = 2.0 / MESSAGES
KILLED_AFTER = MESSAGES // 2
WORK = "0.012"
IN_FLIGHT = 40
"""Messages that are lost with the killed member: those of the quarter of a second around it."""


def run(running: Running) -> None:
    subject = f"lab.group.{running.id}"
    options = (f"--subject={subject}", f"--seconds={WORK}")
    members = [Member("group", f"member-{number}", *options) for number in (1, 2, 3)]
    victim, *survivors = members
    with ready(*members):
        running.say(f"Three members are in the group of {subject}.")
        _publish(subject, range(1, KILLED_AFTER + 1))
        victim.kill()
        running.say(f"{victim.name} (pid {victim.pid}) is killed after {KILLED_AFTER} messages.")
        _publish(subject, range(KILLED_AFTER + 1, MESSAGES + 1))
        until(lambda: _is_last_done(survivors), within=5.0)
    done = {member.name: _numbers(member) for member in members}
    for name, numbers in done.items():
        running.say(f"{name} has done {len(numbers)} messages.")
    _count(running, done, [member.name for member in survivors])


def _publish(subject: str, numbers: range) -> None:
    headers = {"traceparent": current_traceparent()}
    began = time.monotonic()
    for place, number in enumerate(numbers):
        time.sleep(max(0.0, began + place * EVERY - time.monotonic()))
        publish(subject, LabQuestion(number=number).to_json().encode(), headers)


def _is_last_done(members: list[Member]) -> bool:
    return any(member.reports_of("done", number=MESSAGES) for member in members)


def _numbers(member: Member) -> list[int]:
    return [report["number"] for report in member.reports_of("done")]


def _count(running: Running, done: dict[str, list[int]], survivors: list[str]) -> None:
    times = Counter(number for numbers in done.values() for number in numbers)
    lost = [number for number in range(1, MESSAGES + 1) if number not in times]
    later = [number for number in lost if abs(number - KILLED_AFTER) > IN_FLIGHT]
    twice = [number for number, count in times.items() if count > 1]
    running.count_equal("messages done twice", predicted=0, counted=len(twice))
    running.count(
        "messages lost, in flight at the killed member",
        predicted=f"at most {IN_FLIGHT}",
        counted=len(lost),
        held=len(lost) <= IN_FLIGHT,
    )
    running.count_equal("messages lost at any other time", predicted=0, counted=len(later))
    rest = MESSAGES - KILLED_AFTER - IN_FLIGHT
    shares = [sum(number > KILLED_AFTER + IN_FLIGHT for number in done[name]) for name in survivors]
    running.count(
        f"how the other two share the last {rest}",
        predicted="all of them, about half each",
        counted=" + ".join(map(str, shares)),
        held=sum(shares) == rest and min(shares) > rest / 4,
    )


EXPERIMENT = Experiment(
    slug="three-members-one-killed",
    pattern="queue-group",
    title="Three members, one killed",
    why="A queue group needs no list of its members: the server gives each message to one member "
    "that is connected.",
    predicts=(
        f"Of {MESSAGES} messages in two seconds none is done twice.",
        (
            "The messages in flight at the killed member are lost, because nothing is acknowledged;"
            " no others are."
        ),
        "The other two share all later messages.",
    ),
    takes=7,
    run=run,
)
