"""Outlines to be filled: lists of points, in the units of the stage (see `drawing`)."""

import itertools
import math
from collections.abc import Iterable, Sequence

TILT = 0.13
"""How flat a circle lies: we look down on things a little."""

type Point = tuple[float, float]
type Outline = list[Point]


def smooth(points: Sequence[Point], *, closed: bool = True) -> Outline:
    """Return a curve through all points (Catmull and Rom's)."""
    count = len(points)
    curve: Outline = []
    for i in range(count if closed else count - 1):
        near = [points[_index(i + step, count, closed=closed)] for step in (-1, 0, 1, 2)]
        curve += [_between(near, t / 12) for t in range(12)]
    return curve if closed else [*curve, points[-1]]


def turned(middle: float, profile: Sequence[Point], *, soft: bool = True) -> Outline:
    """Return what a lathe makes of a profile of (half width, y), from top to bottom."""
    edge = smooth(profile, closed=False) if soft else list(profile)
    right = [(middle + half, y) for half, y in edge]
    left = [(middle - half, y) for half, y in reversed(edge)]
    return right + _bow(middle, *edge[-1]) + left + _bow(middle, *edge[0])[::-1]


def turn(points: Iterable[Point], degrees: float, around: Point) -> Outline:
    """Rotate points clockwise."""
    sin, cos = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    cx, cy = around
    return [
        (cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos)
        for x, y in points
    ]


def oval(x: float, y: float, rx: float, ry: float) -> Outline:
    steps = [math.tau * i / 96 for i in range(96)]
    return [(x + rx * math.cos(t), y + ry * math.sin(t)) for t in steps]


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> Outline:
    """Return an upright rectangle from its top left corner, its corners rounded."""
    right, bottom = x + width, y + height
    corners = [
        (right - radius, y + radius, -90),
        (right - radius, bottom - radius, 0),
        (x + radius, bottom - radius, 90),
        (x + radius, y + radius, 180),
    ]
    outline: Outline = []
    for cx, cy, start in corners:
        angles = [math.radians(start + step) for step in (range(0, 91, 9) if radius else (0,))]
        outline += [(cx + radius * math.cos(t), cy + radius * math.sin(t)) for t in angles]
    return outline


def band(points: Sequence[Point], width: float) -> Outline:
    """Return a line of that width with round ends, as an outline."""
    half = width / 2
    ahead = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in itertools.pairwise(points)]
    angles = [ahead[0], *(_midway(a, b) for a, b in itertools.pairwise(ahead)), ahead[-1]]
    spine = list(zip(points, angles, strict=True))
    right = [_beside(place, angle + math.pi / 2, half) for place, angle in spine]
    left = [_beside(place, angle - math.pi / 2, half) for place, angle in spine]
    return left + _cap(*spine[-1], half) + right[::-1] + _cap(points[0], ahead[0] + math.pi, half)


def _bow(middle: float, half: float, y: float) -> Outline:
    angles = [math.pi * i / 24 for i in range(1, 24)]
    return [(middle + half * math.cos(t), y + half * TILT * math.sin(t)) for t in angles]


def _cap(place: Point, angle: float, half: float) -> Outline:
    return [_beside(place, angle + math.pi * (i / 10 - 0.5), half) for i in range(1, 10)]


def _beside(place: Point, angle: float, distance: float) -> Point:
    return place[0] + distance * math.cos(angle), place[1] + distance * math.sin(angle)


def _midway(first: float, second: float) -> float:
    return first + math.remainder(second - first, math.tau) / 2


def _index(i: int, count: int, *, closed: bool) -> int:
    return i % count if closed else min(max(i, 0), count - 1)


def _between(near: Sequence[Point], t: float) -> Point:
    def along(a: float, b: float, c: float, d: float) -> float:
        cubic = -a + 3 * b - 3 * c + d
        return b + t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * cubic)) / 2

    x, y = (along(*axis) for axis in zip(*near, strict=True))
    return x, y
