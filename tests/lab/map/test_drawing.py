"""The map as it is drawn: every box and line in its place, in both layouts."""

from itertools import combinations, pairwise

import pytest

from apps.lab.map import drawing
from apps.lab.map.drawing import Layout, path_of
from apps.lab.map.layouts import layouts
from apps.lab.map.parts import Node
from apps.lab.map.topology import edges, nodes

both = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)


@both
def test_every_part_and_line_has_its_place(layout: Layout) -> None:
    assert set(layout.places) == {node.id for node in nodes()}
    assert set(layout.routes) == {edge.id for edge in edges()}


@both
def test_lines_are_horizontal_or_vertical(layout: Layout) -> None:
    askew = [
        edge.id
        for edge in edges()
        for (ax, ay), (bx, by) in pairwise(layout.corners(edge))
        if abs(ax - bx) > 0.01 and abs(ay - by) > 0.01
    ]
    assert askew == []


@both
def test_boxes_do_not_overlap(layout: Layout) -> None:
    boxes = layout.places.items()
    overlapping = [
        (one, other)
        for (one, a), (other, b) in combinations(boxes, 2)
        if a.x < b.x + b.width
        and b.x < a.x + a.width
        and a.y < b.y + b.height
        and b.y < a.y + a.height
    ]
    assert overlapping == []
    assert all(
        0 <= box.x <= layout.width - box.width and 0 <= box.y <= layout.height - box.height
        for box in layout.places.values()
    )


@both
def test_no_line_crosses_a_box(layout: Layout) -> None:
    through = [
        (edge.id, name)
        for edge in edges()
        for (ax, ay), (bx, by) in pairwise(layout.corners(edge))
        for name, box in layout.places.items()
        if min(ax, bx) < box.x + box.width - 1
        and max(ax, bx) > box.x + 1
        and min(ay, by) < box.y + box.height - 1
        and max(ay, by) > box.y + 1
    ]
    assert through == []


@both
def test_a_name_that_is_longer_than_its_box_is_pressed_into_it(layout: Layout) -> None:
    shown = {"facts": [], "red": False}
    for name, is_pressed in (("x" * 60, True), ("beat", False)):
        node = Node(next(iter(layout.places)), name, "")
        width = drawing._box(layout, node, shown, "/")["name_width"]
        assert width == (layout.places[node.id].width - 8 if is_pressed else None)


def test_a_corner_is_rounded() -> None:
    assert path_of([(0, 0), (100, 0), (100, 50)]) == "M0 0L93 0Q100 0 100 7L100 50"


def test_a_straight_line_is_a_line() -> None:
    assert path_of([(0, 5), (40, 5)]) == "M0 5L40 5"
