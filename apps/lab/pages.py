"""What every page of the lab is given: where the feed is to begin, and what else there is."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from apps.lab.fault_page import titles_on
from apps.lab.feed import FEED
from apps.lab.patterns import PATTERNS


class Link(NamedTuple):
    name: str
    address: str


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Render a whole page, whose feed begins with what is newest now."""
    shared = {"newest": FEED.newest(), "lab_pages": _pages(), "broken": titles_on()}
    return render(request, template, {**shared, **context})


def _pages() -> list[Link]:
    patterns = [Link(each.name, reverse("lab:pattern", args=[each.slug])) for each in PATTERNS]
    return [
        Link("Map", reverse("lab:map")),
        *patterns,
        Link("Faults", reverse("lab:faults")),
        Link("Load", reverse("lab:load")),
        Link("Dead letters", reverse("lab:letters")),
    ]
