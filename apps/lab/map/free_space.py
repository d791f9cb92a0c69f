"""Places for parts that no layout names: rows below the drawing, with free ways to them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.lab.map.drawing import Layout, Place
from apps.lab.map.parts import Row


@dataclass(frozen=True, kw_only=True)
class FreeSpace:
    """Rows from `top` on, `step` apart; the sizes are in pixels.

    `boxes` maps the role of a part to its left side and width, `routes` the role of a line to its
    way, written as in `Layout`. No box of the drawing may stand where these ways turn.
    """

    top: int
    step: int
    box_height: int
    boxes: dict[str, tuple[int, int]]
    routes: dict[str, str]


def with_rows(layout: Layout, space: FreeSpace, rows: Sequence[Row]) -> Layout:
    """Return the layout with these rows; it is the same without any."""
    if not rows:
        return layout
    places = {
        node.id: Place(space.boxes[role][0], top, space.boxes[role][1], space.box_height)
        for top, row in zip(
            range(space.top, layout_end(space, rows), space.step), rows, strict=True
        )
        for role, node in row.nodes.items()
    }
    routes = {edge.id: space.routes[role] for row in rows for role, edge in row.edges.items()}
    return replace(
        layout,
        height=layout_end(space, rows),
        places=layout.places | places,
        routes=layout.routes | routes,
    )


def layout_end(space: FreeSpace, rows: Sequence[Row]) -> int:
    """Return the height of a drawing with these rows."""
    return space.top + len(rows) * space.step


WIDE_BELOW = FreeSpace(
    top=544,
    step=86,
    box_height=62,
    boxes={
        "process": (222, 146),
        "responder": (430, 146),
        "store": (638, 146),
        "reader": (838, 146),
    },
    routes={
        "asked": "bottom .5 > left .5",
        "sent": "right .9 > 616 > left .5",
        "beside": "right > left .5",
        "pulled": "right .85 > 820 > left .5",
        "pulled from above": "right .85 > 820 > left .5",
        "buried": "right .75 > 1011 > right .4",
    },
)
TALL_BELOW = FreeSpace(
    top=732,
    step=100,
    box_height=78,
    boxes={
        "process": (16, 150),
        "responder": (16, 150),
        "reader": (16, 150),
        "store": (196, 148),
    },
    routes={
        "asked": "left .5 > 12 > left .5",
        "sent": "bottom .8 > 246 > 350 > right .5",
        "beside": "left > right .5",
        "pulled": "left .7 > 6 > left .3",
        "pulled from above": "left .7 > 181 > right .3",
        "buried": "left .7 > 12 > 714 > bottom .3",
    },
)
