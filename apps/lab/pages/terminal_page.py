"""The page of the terminal, and the answer to a line that is typed there."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.pages.page import page
from apps.lab.patterns import PATTERNS, terminal
from apps.lab.terminal.help_text import completions
from apps.lab.terminal.places import MOST_OF_A_WINDOW, TooManyLines
from apps.lab.terminal.running import FAILED, RunningLine, written
from apps.lab.terminal.words import VARIABLES
from apps.messaging.brokers.addresses import shell_queue_url

LONGEST_LINE = 4000
"""Characters."""


def context() -> dict[str, Any]:
    """Return what the terminal's part of a page needs."""
    return {"most": MOST_OF_A_WINDOW, "words": completions()}


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    groups = [
        (pattern, [each for each in terminal.commands(pattern) if each.runs])
        for pattern in PATTERNS
    ]
    return page(request, "lab/terminal.html", groups=groups, terminal=context())


@require_POST
def run(request: HttpRequest) -> StreamingHttpResponse:
    """Run a line; the answer has a line of JSON for each piece that it prints."""
    line, window = request.POST.get("line", ""), request.POST.get("window", "")[:64]
    if len(line) > LONGEST_LINE:
        return _refused(f"A line has at most {LONGEST_LINE:,} characters.")
    given = {name: value for name in VARIABLES if (value := request.POST.get(name))}
    try:
        pieces = RunningLine(line, {"Q": shell_queue_url("jobs"), **given}, window=window)
    except TooManyLines as error:
        return _refused(str(error))
    return _answer(pieces)


def _refused(says: str) -> StreamingHttpResponse:
    return _answer([written({"say": says}), written({"code": FAILED})])


def _answer(pieces: Iterable[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type="application/x-ndjson")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
