"""The views of a pattern: show its page, send its message, and follow that message."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from apps.lab import experiments
from apps.lab.pages import fault_page, terminal_page
from apps.lab.pages.page import page, wants_part
from apps.lab.patterns import named, pattern_code, questions, sending, terminal
from apps.lab.patterns.pattern import Pattern
from apps.lab.patterns.way import key_of, way_of


@never_cache
@require_safe
@gzip_page
def pattern(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole page: its code alone is 150 KB, which a phone would wait for."""
    shown = _found(slug)
    if wants_part(request) and (asked := questions.asked_now(shown, request.GET.dict())):
        return render(request, "lab/_question.html", {"asked": asked, "pattern": shown})
    trace = request.GET.get("trace", "")
    return page(
        request,
        "lab/pattern.html",
        pattern=shown,
        **_way(shown, request.GET.get("sent", ""), trace),
        outcome=sending.outcome_of(request.GET.get("outcome", ""), trace),
        codes=pattern_code.pieces(shown),
        commands=terminal.commands(shown),
        exports=terminal.exports(),
        terminal=terminal_page.context(),
        before_sdk=terminal.before_sdk(shown),
        before_js=terminal.before_js(shown),
        before_js_3=terminal.before_js_3(shown),
        experiments=experiments.of(slug),
        faults=fault_page.switches_of(slug),
        questions=questions.asked(shown, request.GET.dict()),
    )


@require_POST
def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Send it; htmx gets its outcome and its way, and stays on the page with its terminal."""
    shown = _found(slug)
    pressed = shown.sending(request.POST.get("what", ""))
    outcome = sending.send(pressed, request.POST.dict())
    query = {"trace": outcome.trace, "sent": pressed.slug, "outcome": sending.in_address(outcome)}
    address = f"{reverse('lab:pattern', args=[slug])}?{urlencode(query)}#send"
    if not wants_part(request):
        return redirect(address)
    context = {"pattern": shown, "outcome": outcome, "address": address}
    return render(request, "lab/_sent.html", context | _way(shown, pressed.slug, outcome.trace))


@never_cache
@require_safe
def way(request: HttpRequest, slug: str) -> HttpResponse:
    context = _way(_found(slug), request.GET.get("sent", ""), request.GET.get("trace", ""))
    return render(request, "lab/_way.html", context)


def _way(pattern: Pattern, sent: str, trace: str) -> dict[str, object]:
    pressed = pattern.sending(sent)
    return {"way": way_of(pressed, trace), "sent": pressed, "key": key_of(trace)}


def _found(slug: str) -> Pattern:
    found = named(slug)
    if found is None:
        raise Http404(slug)
    return found
