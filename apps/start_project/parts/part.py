"""A part of the project that a copy can do without: its files, and its places in other files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from apps.start_project.parts.cuts import Cut

type Cuts = Mapping[str, tuple[Cut, ...]]
"""File → what goes in it."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What goes together. All of it is looked up in the repository as it is, before any change.

    So parts can be taken out in any combination, and one that names what is not there is an error.
    """

    name: str
    what: str
    """For the help of the command: what is gone then, in a few words."""
    paths: tuple[str, ...]
    """Files, folders, and patterns of `PurePath.match`."""
    cuts: Cuts
    """Imports that nothing uses any more are not named: ruff removes them."""
    cuts_without: Mapping[str, Cuts] = field(default_factory=dict)
    """Name of another part → what goes too if both are left out.

    It is looked up in what the other cuts have made: these parts change the same lines.
    """
    settles: tuple[str, ...] = ()
    """Files in which it leaves nothing of what two other parts change together."""
    reworded: tuple[tuple[str, str], ...] = ()
    """Patterns that are looked for in every file, whatever its case, and what stands there then."""
    written_again: tuple[str, ...] = ()
    """What Python runs in the copy, because it makes some files there from others."""
    along: tuple[str, ...] = ()
    """Names of parts that cannot stay without it."""
    added: tuple[str, ...] = ()
    """Folders whose files go to the top of the copy, where each replaces the file of its path."""


def joined(*tables: Cuts) -> Cuts:
    """Return one table of all. Raises `ValueError` for a file in two of them: one would be lost."""
    cuts: dict[str, tuple[Cut, ...]] = {}
    for table in tables:
        if twice := sorted(cuts.keys() & table.keys()):
            raise ValueError(f"in two tables: {', '.join(twice)}")
        cuts |= table
    return cuts
