"""The addresses of the lab's pages, made from its URL patterns, so that none is forgotten."""

import re
from uuid import UUID

from django.test import Client

from apps.lab.course.lessons import LESSONS
from apps.lab.experiments import EXPERIMENTS
from apps.lab.patterns import PATTERNS
from apps.lab.urls import urlpatterns

NO_PAGES = {"live", "known", "heard", "way", "letter_test"}
"""A stream of events, values and parts for scripts, and a file."""
ARGUMENT = re.compile(r"<\w+:(\w+)>")
SLUGS = {
    "course/": [lesson.slug for lesson in LESSONS],
    "experiments/": [experiment.slug for experiment in EXPERIMENTS],
    "": [pattern.slug for pattern in PATTERNS],
}


def pages(client: Client, *, letter: int, order: UUID) -> list[str]:
    """Return the address of each page, with each slug that it has; buttons take no GET."""
    known = {"id": str(letter), "order_id": str(order), "digest": "0c5b2e8f11a94d37"}
    found: list[str] = []
    for entry in urlpatterns:
        if entry.name not in NO_PAGES:
            route = ARGUMENT.sub(lambda name: known.get(name[1], name[0]), str(entry.pattern))
            before, slug, behind = route.partition("<slug:slug>")
            found += [f"{before}{each}{behind}" for each in (SLUGS[before] if slug else [""])]
    return [f"/lab/{route}" for route in found if takes_get(client, f"/lab/{route}")]


def takes_get(client: Client, address: str) -> bool:
    """Return whether it does: it answers an unknown method with those that it takes."""
    return "GET" in client.generic("BREW", address)["Allow"].split(", ")
