"""The code of a pattern's ways: each function once, with its steps."""

from collections import defaultdict
from dataclasses import dataclass

from apps.lab.patterns.pattern import Pattern, WayStep
from apps.lab.patterns.source import Code, code_of


@dataclass(frozen=True)
class Piece:
    """A function or class, and the titles of its steps."""

    code: Code
    steps: list[str]


def pieces(pattern: Pattern) -> list[Piece]:
    """Return the code of all ways of the pattern, in the order of the steps."""
    points: dict[object, set[str]] = defaultdict(set)
    titles: dict[object, list[str]] = defaultdict(list)
    for step in _steps(pattern):
        for thing in step.shown:
            points[thing].add(step.point)
            if step.title not in titles[thing]:
                titles[thing].append(step.title)
    return [Piece(code_of(thing, frozenset(points[thing])), titles[thing]) for thing in points]


def _steps(pattern: Pattern) -> list[WayStep]:
    return [step for sending in pattern.sendings for step in sending.way]
