"""The result of one cell: a row of the table."""

from dataclasses import dataclass

from tests.grey.cells import Cell

HEADINGS = (
    *("cell", "seconds", "placed", "ended", "letters"),
    *("recovered", "all quiet", "slowest /healthz", "broken"),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """`broken` names the claims that are false, and what was seen; it is empty if none is."""

    cell: str
    seconds: float
    placed: int
    ended: int
    letters: int
    recovered: float
    settled: float
    slowest_healthz: float
    broken: str

    @classmethod
    def of_trouble(cls, cell: Cell, trouble: str) -> "Row":
        """Return the row of a cell that could not be counted."""
        return cls(
            cell=cell.name,
            seconds=cell.seconds,
            placed=0,
            ended=0,
            letters=0,
            recovered=0.0,
            settled=0.0,
            slowest_healthz=0.0,
            broken=trouble,
        )
