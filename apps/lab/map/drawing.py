"""Draws the map as SVG: the box of each part and each line, from a layout."""

from dataclasses import dataclass
from typing import Any

from apps.lab.map.parts import Edge, Node
from apps.lab.map.topology import edges, nodes

ROUND = 7.0
"""The radius of a line's corners."""
TEXT_HEIGHT = 62
"""Height of a name and its lines, which stand in the middle of a tall box; sizes are in pixels."""
TALL_FROM = 100
NAME_AT, FIRST_LINE_AT, LINE_HEIGHT = 20, 37, 15
LETTER_WIDTHS = {"wide": 7.0, "tall": 6.2}
"""About; of the bold letters of a name, in the size that `lab.css` gives them in each layout."""

type Position = tuple[float, float]


@dataclass(frozen=True)
class Place:
    """A box; `x`, `y` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def anchor(self, side: str, along: float) -> Position:
        """Return the point of a side, at the part `along` of it from the left or the top."""
        match side:
            case "left" | "right":
                x = self.x if side == "left" else self.x + self.width
                return x, self.y + along * self.height
            case _:
                y = self.y if side == "top" else self.y + self.height
                return self.x + along * self.width, y


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A shape of the map.

    `routes` maps an edge to `right .5 > 400 > left .5`: the side it leaves by, where it turns (x
    and y in turns), the side it comes in by. A side without a number is straight opposite the
    other end. `lines` has the facts in each line of a box, `labels` the place of an edge's label.
    """

    name: str
    width: int
    height: int
    places: dict[str, Place]
    routes: dict[str, str]
    lines: tuple[tuple[int, int], ...]
    labels: dict[str, Position]

    def corners(self, edge: Edge) -> list[Position]:
        """Return the corners of an edge's line, with its two ends."""
        first, *turns, last = self.routes[edge.id].split(" > ")
        start, goal = self._ends(edge, first.split(), last.split())
        corners, is_level = [start], _is_level(first)
        for turn in map(float, turns):
            x, y = corners[-1]
            corners.append((turn, y) if is_level else (x, turn))
            is_level = not is_level
        if is_level != _is_level(last):
            x, y = corners[-1]
            corners.append((goal[0], y) if is_level else (x, goal[1]))
        return [*corners, goal]

    def _ends(self, edge: Edge, out: list[str], into: list[str]) -> tuple[Position, Position]:
        start = self.places[edge.start].anchor(out[0], float(out[1]) if out[1:] else 0)
        goal = self.places[edge.end].anchor(into[0], float(into[1]) if into[1:] else 0)
        if not out[1:]:
            start = (start[0], goal[1]) if _is_level(out[0]) else (goal[0], start[1])
        if not into[1:]:
            goal = (goal[0], start[1]) if _is_level(into[0]) else (start[0], goal[1])
        return start, goal


def _is_level(side: str) -> bool:
    return side.startswith(("left", "right"))


def drawn(
    layout: Layout, facts: dict[str, dict[str, Any]], pages: dict[str, str]
) -> dict[str, Any]:
    """Return what the template draws: the boxes with their facts and links, and the lines."""
    return {
        "layout": layout,
        "nodes": [_box(layout, node, facts[node.id], pages[node.page]) for node in nodes()],
        "edges": [
            {
                "edge": edge,
                "path": path_of(layout.corners(edge)),
                "label": layout.labels.get(edge.id),
            }
            for edge in edges()
        ],
    }


def _box(layout: Layout, node: Node, shown: dict[str, Any], href: str) -> dict[str, Any]:
    place = layout.places[node.id]
    spare = place.height - TEXT_HEIGHT if place.height > TALL_FROM else 0
    top = place.y + spare / 2
    lines = [
        {
            "first": first,
            "last": last,
            "y": top + FIRST_LINE_AT + LINE_HEIGHT * row,
            "text": " · ".join(shown["facts"][first:last]),
        }
        for row, (first, last) in enumerate(layout.lines)
    ]
    return {
        "node": node,
        "place": place,
        "href": href,
        "middle": place.x + place.width / 2,
        "name_y": top + NAME_AT,
        "name_width": _room_for(node.name, place, LETTER_WIDTHS[layout.name]),
        "lines": lines,
        "red": shown["red"],
    }


def _room_for(name: str, place: Place, letter: float) -> float | None:
    """Return the width into which a name that is longer than its box is pressed."""
    room = place.width - 8
    return room if len(name) * letter > room else None


def path_of(corners: list[Position]) -> str:
    """Return an SVG path along the corners, each of them rounded."""
    x, y = corners[0]
    parts = [f"M{x:g} {y:g}"]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        (ax, ay), (bx, by) = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{ax:g} {ay:g}Q{corner[0]:g} {corner[1]:g} {bx:g} {by:g}")
    x, y = corners[-1]
    return "".join([*parts, f"L{x:g} {y:g}"])


def _towards(corner: Position, other: Position) -> Position:
    """Return the point `ROUND` away from a corner, or in the middle if that is nearer."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = max(abs(dx), abs(dy)) or 1.0
    part = min(ROUND, length / 2) / length
    return corner[0] + dx * part, corner[1] + dy * part
