"""The common parts of all pages of the lab: navigation, feed, and fragments for htmx."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from apps.lab.feed.feed import FEED
from apps.lab.pages.fault_page import titles_on
from apps.lab.patterns import PATTERNS


class PageLink(NamedTuple):
    """An entry of the lab's navigation."""

    name: str
    address: str


def wants_part(request: HttpRequest) -> bool:
    """Return whether htmx asks, and gets only the fragment that changes."""
    return "HX-Request" in request.headers


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """Render a whole page; its feed begins after the newest hop."""
    shared = {"newest": FEED.newest(), "lab_pages": _pages(), "broken": titles_on()}
    return render(request, template, {**shared, **context})


def _pages() -> list[PageLink]:
    patterns = [PageLink(each.name, reverse("lab:pattern", args=[each.slug])) for each in PATTERNS]
    return [
        PageLink("Map", reverse("lab:map")),
        PageLink("Course", reverse("lab:course")),
        *patterns,
        PageLink("Terminal", reverse("lab:terminal")),
        PageLink("Consumer", reverse("lab:consumer")),
        PageLink("Inside", reverse("lab:inside")),
        PageLink("Processes", reverse("lab:processes")),
        PageLink("Waterfall", reverse("lab:waterfall_newest")),
        PageLink("Faults", reverse("lab:faults")),
        PageLink("Load", reverse("lab:load")),
        PageLink("Dead letters", reverse("lab:letters")),
    ]
