"""The map's page: both drawings, and what its script needs to name a hop and link to it."""

from typing import Any
from uuid import UUID

from django.urls import reverse

from apps.lab.map import typed_points
from apps.lab.map.drawing import drawn
from apps.lab.map.layouts import layouts
from apps.lab.map.node_facts import facts_of
from apps.lab.map.topology import edges, nodes
from apps.lab.map.typed_edges import TYPED
from apps.lab.orders.snapshot import SNAPSHOT
from apps.lab.patterns import PATTERNS
from apps.messaging.hooks.points import POINTS

SKU = "ABC"
"""The product that the button orders."""
NO_ORDER = UUID(int=0)
"""A placeholder in an address; the script replaces it by the order's id."""


def context() -> dict[str, Any]:
    facts, pages = facts_of(SNAPSHOT.current()), _pages()
    return {
        "drawings": [drawn(layout, facts, pages) for layout in layouts()],
        "pages": pages,
        "patterns": PATTERNS,
        "sku": SKU,
        "for_script": {
            "points": POINTS | typed_points.POINTS,
            "pages": pages,
            "order": reverse("orders:order", args=[NO_ORDER]),
        },
    }


def _pages() -> dict[str, str]:
    """Return the address of each page that a part or line of the map belongs to."""
    terminal = {TYPED: reverse("lab:terminal")}
    slugs = {node.page for node in nodes()} | {edge.page for edge in edges()}
    known = {pattern.slug for pattern in PATTERNS}
    return (
        {
            slug: reverse("lab:pattern", args=[slug]) if slug in known else reverse("lab:letters")
            for slug in slugs
            if slug
        }
        | {"": reverse("catalog:home")}
        | terminal
    )
