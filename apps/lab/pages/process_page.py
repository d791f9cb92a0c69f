"""The page of the processes: every worker's true state, and buttons where a supervisor runs."""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.pages.page import page, wants_part
from apps.lab.processes import supervisor, workers
from apps.lab.processes.supervisor import ActNotPossible, NoSupervisor, SupervisorAway
from apps.messaging.brokers import addresses

PRESSED = {
    "start": "was started",
    "stop": "was asked to stop",
    "pause": "was paused",
    "continue": "continues",
    "kill": "was killed",
}


@never_cache
@require_safe
def processes(request: HttpRequest) -> HttpResponse:
    """The page; htmx gets the part that changes, or 204 if it has not changed."""
    context = _context()
    if not wants_part(request):
        return page(request, "lab/processes.html", **context)
    if request.GET.get("seen") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, context["part"], context | {"is_swapped": True})


@require_POST
def press(request: HttpRequest) -> HttpResponse:
    """Do what a button says; htmx gets the new state, others the page."""
    error = done = ""
    try:
        done = _pressed(request.POST.get("press", ""))
    except ActNotPossible as reason:
        error = str(reason)
    except SupervisorAway as reason:
        error = f"Nothing was done: {reason}."
    if not wants_part(request):
        (messages.error if error else messages.success)(request, error or done)
        return redirect("lab:processes")
    context = _context()
    return render(request, context["part"], context | {"error": error, "done": done})


def _pressed(button: str) -> str:
    """Return what was done. Raises `ActNotPossible` and `SupervisorAway`."""
    match button.split():
        case ["restore"]:
            supervisor.restore()
            return "All workers are as at the start."
        case ["scale", worker, number] if _is_number(number):
            supervisor.scale(worker, int(number))
            return f"{worker} was scaled to {int(number)}."
        case [act, worker, number] if act in PRESSED and _is_number(number):
            supervisor.act(act, worker, int(number))
            return f"{worker} {int(number)} {PRESSED[act]}."
    raise ActNotPossible(
        f"There is no button {button[:50]!r}: an act, a worker and a number make one, like "
        f"`stop {next(iter(settings.WORKERS))} 1`, with {', '.join(PRESSED)} or scale."
    )


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= 3


def _context() -> dict[str, Any]:
    """Return what the page shows: the supervisor's words, or only the signs of life."""
    part, problem = "lab/_processes.html", ""
    try:
        shown = workers.supervised(supervisor.look())
    except NoSupervisor:
        part, shown = "lab/_signs_of_life.html", workers.by_signs_of_life()
    except SupervisorAway as reason:
        problem, shown = str(reason), workers.by_signs_of_life()
    return {
        "workers": shown,
        "problem": problem,
        "part": part,
        "has_supervisor": part == "lab/_processes.html",
        "mark": sha256(repr((shown, problem)).encode()).hexdigest()[:16],
        "is_compose": addresses.is_elsewhere(settings.NATS_URL),
    }
