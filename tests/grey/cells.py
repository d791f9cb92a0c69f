"""The table of `make prove-grey`: each dependency × its faults, each with a name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from orders_site.conf.worker_processes import WORKERS
from tests.grey import faults, faults_of_messages
from tests.grey.bed import Bed
from tests.grey.expected_alarms import EXPECTED, Expected

BEDS = ("postgresql", "sqlite")
"""The database of a shop; each cell has its own."""
STOPPED_SECONDS = 60.0
FAULT_SECONDS = 30.0
FIVE_MINUTES_SECONDS = 75.0
"""For a rule that waits for five minutes, which is 50 s here."""
RATE = 10.0
"""Orders a second, as long as customers are answered."""
SLOW_RATE = 4.0
"""In a longer fault as many orders wait at its end as in another."""
LONGER = {"image_resizer": 115.0}
"""For the rule of jobs that waits for ten."""
LATE_SECONDS = 5.0
UNREADABLE = 16
"""Ten let a consumer pause; for the others it pauses again, for about 20 s in all."""

type Fault = Callable[[Bed], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One fault on one bed, and for how many seconds it lasts."""

    name: str
    bed: str
    fault: Fault
    seconds: float = FAULT_SECONDS
    rate: float = RATE
    web_answers: bool = True
    wants_root: bool = False
    letters: int = 0
    """Dead letters that its messages become."""

    @property
    def alarms(self) -> Expected:
        """Return the alerts that it must set off, and which others may follow."""
        return EXPECTED[self.name]


def _stopped(name: str, bed: str, fault: Fault, *, web_answers: bool = True) -> Cell:
    return Cell(
        name=f"{name}.stopped",
        bed=bed,
        fault=fault,
        seconds=LONGER.get(name, STOPPED_SECONDS),
        web_answers=web_answers,
    )


def _behind_a_link(name: str, bed: str) -> list[Cell]:
    """Return the two faults of the way to it."""
    return [
        Cell(name=f"{name}.late", bed=bed, fault=partial(faults.late, name, LATE_SECONDS)),
        Cell(name=f"{name}.half-cut", bed=bed, fault=partial(faults.without_answers, name)),
    ]


OF_MESSAGES = [
    Cell(
        name="sales_consumer.killed",
        bed="sqlite",
        fault=partial(faults_of_messages.killed_often, "sales_consumer"),
    ),
    Cell(
        name="event.unreadable",
        bed="sqlite",
        fault=partial(faults_of_messages.unreadable_events, UNREADABLE),
        # Sales and fulfilment take the subject.
        letters=2 * UNREADABLE,
    ),
    # It lasts until the shop has found the loss.
    Cell(name="event.lost", bed="sqlite", fault=faults_of_messages.event_lost),
    # On SQLite a consumer that is stopped in its transaction would hold up all others.
    Cell(
        name="event.kept",
        bed="postgresql",
        fault=partial(faults_of_messages.event_of_yesterday, "sales_consumer"),
    ),
    Cell(name="mail.overdue", bed="postgresql", fault=faults_of_messages.mail_of_an_hour_ago),
]

CELLS = [
    _stopped("postgresql", "postgresql", faults.postgresql_stopped),
    Cell(name="postgresql.read-only", bed="postgresql", fault=faults.read_only),
    *_behind_a_link("postgresql", "postgresql"),
    _stopped("nats", "postgresql", partial(faults.stopped, "nats-server")),
    Cell(
        name="nats.full",
        bed="postgresql",
        fault=faults.full_stream,
        seconds=FIVE_MINUTES_SECONDS,
        rate=SLOW_RATE,
    ),
    Cell(name="nats.durable-deleted", bed="postgresql", fault=faults.durable_deleted),
    Cell(name="nats.disk-full", bed="postgresql", fault=faults.nats_disk_full, wants_root=True),
    *_behind_a_link("nats", "postgresql"),
    _stopped("sqs", "postgresql", partial(faults.stopped, "moto")),
    *_behind_a_link("sqs", "postgresql"),
    _stopped("mail", "postgresql", faults.mail_stopped),
    Cell(name="mail.full", bed="postgresql", fault=faults.full_mail_server),
    *_behind_a_link("mail", "postgresql"),
    Cell(name="sqlite.full", bed="sqlite", fault=faults.full_disk, wants_root=True),
    Cell(name="sqlite.read-only", bed="sqlite", fault=faults.disk_read_only, wants_root=True),
    *(_stopped(name, "sqlite", partial(faults.stopped, f"workers.{name}")) for name in WORKERS),
    _stopped("web", "sqlite", partial(faults.stopped, "web"), web_answers=False),
    Cell(name="web.gone", bed="sqlite", fault=partial(faults.gone, "web"), web_answers=False),
    # Between the customers and `web`, whose own probe still answers.
    *_behind_a_link("web", "postgresql"),
    Cell(
        name="web.crowded",
        bed="postgresql",
        fault=partial(faults_of_messages.crowded, LATE_SECONDS),
        seconds=STOPPED_SECONDS,
    ),
    *OF_MESSAGES,
]


def named(names: list[str]) -> list[Cell]:
    """Return the cells of these names, or all. Raises `ValueError` for a name that is none."""
    known = {cell.name: cell for cell in CELLS}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"no such cell: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or CELLS
