"""The table of `make prove-grey`: each dependency × its faults, each with a name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from orders_site.conf.worker_processes import WORKERS
from tests.grey import faults
from tests.grey.bed import Bed
from tests.grey.expected_alarms import EXPECTED, Expected

BEDS = ("postgresql", "sqlite")
"""The database of a shop; each cell has its own."""
STOPPED_SECONDS = 60.0
FAULT_SECONDS = 30.0
LATE_SECONDS = 5.0

type Fault = Callable[[Bed], AbstractContextManager[None]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One fault on one bed, and for how many seconds it lasts."""

    name: str
    bed: str
    fault: Fault
    seconds: float = FAULT_SECONDS
    web_answers: bool = True
    wants_root: bool = False

    @property
    def alarms(self) -> Expected:
        """Return the alerts that it must set off, and which others may follow."""
        return EXPECTED[self.name]


def _stopped(name: str, bed: str, fault: Fault, *, web_answers: bool = True) -> Cell:
    return Cell(
        name=f"{name}.stopped",
        bed=bed,
        fault=fault,
        seconds=STOPPED_SECONDS,
        web_answers=web_answers,
    )


def _behind_a_link(name: str, bed: str) -> list[Cell]:
    """Return the two faults of the way to it."""
    return [
        Cell(name=f"{name}.late", bed=bed, fault=partial(faults.late, name, LATE_SECONDS)),
        Cell(name=f"{name}.half-cut", bed=bed, fault=partial(faults.without_answers, name)),
    ]


CELLS = [
    _stopped("postgresql", "postgresql", faults.postgresql_stopped),
    Cell(name="postgresql.read-only", bed="postgresql", fault=faults.read_only),
    *_behind_a_link("postgresql", "postgresql"),
    _stopped("nats", "postgresql", partial(faults.stopped, "nats-server")),
    Cell(name="nats.full", bed="postgresql", fault=faults.full_stream),
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
    # Between the customers and `web`, whose own probe still answers.
    *_behind_a_link("web", "postgresql"),
]


def named(names: list[str]) -> list[Cell]:
    """Return the cells of these names, or all. Raises `ValueError` for a name that is none."""
    known = {cell.name: cell for cell in CELLS}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"no such cell: {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or CELLS
