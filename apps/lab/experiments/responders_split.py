"""Request-reply: one to five responders share the questions; one of them is killed."""

from collections import Counter
from threading import Timer

from apps.lab.experiments.experiment import Experiment
from apps.lab.experiments.members import Member, ready
from apps.lab.experiments.running import Running
from apps.lab.messages import LabAnswer, LabQuestion
from apps.messaging.errors import RequestFailed
from apps.messaging.request_reply.client import ask_all

MOST = 5
QUESTIONS = 200
AT_ONCE = 20
WORK = 0.01
KILLED_AFTER = 0.03
TIMEOUT = 3.0
LEAST_PART = 1 / 3
"""Part of an equal share. The server chooses at random: a chance of 1 in 100,000 for less."""


def run(running: Running) -> None:
    subject = f"lab.question.{running.id}"
    members = [
        Member("responder", f"responder-{number}", f"--subject={subject}")
        for number in range(1, MOST + 1)
    ]
    with ready(*members):
        running.say(f"{MOST} responders are in the group of {subject}.")
        answered = _ask_while_one_dies(running, subject, members[-1])
        running.count_equal(
            f"of {QUESTIONS} questions while one of {MOST} is killed, answered",
            predicted=QUESTIONS,
            counted=answered,
        )
        for alive in range(MOST - 1, 0, -1):
            _count_split(running, alive, _ask(subject, QUESTIONS))
            members[alive - 1].stop()
            members[alive - 1].wait_for_end()


def _ask_while_one_dies(running: Running, subject: str, victim: Member) -> int:
    killing = Timer(KILLED_AFTER, victim.kill)
    killing.start()
    split = _ask(subject, QUESTIONS)
    killing.join()
    running.say(f"{victim.name} (pid {victim.pid}) was killed meanwhile.")
    _say_split(running, split)
    return split.total()


def _ask(subject: str, number: int) -> Counter[str]:
    """Ask `number` questions, several at once; return how many each responder has answered."""
    split: Counter[str] = Counter()
    for _ in range(number // AT_ONCE):
        questions = [LabQuestion(number=each, seconds=WORK) for each in range(AT_ONCE)]
        try:
            answers = ask_all(subject, questions, LabAnswer, timeout=TIMEOUT)
        except RequestFailed:
            continue  # Their answers are missing in the sum.
        split.update(answer.by for answer in answers if isinstance(answer, LabAnswer))
    return split


def _count_split(running: Running, alive: int, split: Counter[str]) -> None:
    _say_split(running, split)
    least = QUESTIONS / alive * LEAST_PART
    is_shared = len(split) == alive and min(split.values()) >= least
    running.count(
        f"{QUESTIONS} questions to {alive}" if alive > 1 else f"{QUESTIONS} questions to one",
        predicted=f"all answered, about {QUESTIONS // alive} each",
        counted=" + ".join(str(count) for _, count in sorted(split.items())) or "none",
        held=split.total() == QUESTIONS and is_shared,
    )


def _say_split(running: Running, split: Counter[str]) -> None:
    parts = ", ".join(f"{name} {count}" for name, count in sorted(split.items()))
    running.say(f"Answered: {parts or 'none'}.")


EXPERIMENT = Experiment(
    slug="responders-split",
    pattern="request-reply",
    title="One to five responders",
    why="Responders in a queue group share the questions. A client knows neither their names nor "
    "their number.",
    predicts=(
        (
            f"While one of {MOST} is killed, each of {QUESTIONS} questions is answered: those that "
            "it had in flight are asked again."
        ),
        (
            f"Of {QUESTIONS} questions to four, three, two and one of them, each has about an "
            "equal share."
        ),
    ),
    takes=12,
    run=run,
)
