"""The page of the processes: every worker's true state, and buttons where a supervisor runs."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.pages.page import page, wants_part
from apps.lab.processes import supervisor, workers
from apps.lab.processes.supervisor import NoSupervisor, SupervisorAway, SupervisorRefused
from apps.messaging.brokers import addresses

PRESSED = {
    "start": "was started",
    "stop": "was asked to stop",
    "pause": "was paused",
    "continue": "continues",
    "kill": "was killed",
}


class ActForm(forms.Form):
    """A button of an instance."""

    worker = forms.CharField(max_length=100)
    act = forms.ChoiceField(choices=list(PRESSED.items()))
    instance = forms.IntegerField(min_value=1, max_value=99)


class ScaleForm(forms.Form):
    """A button that changes the number of instances."""

    worker = forms.CharField(max_length=100)
    count = forms.IntegerField(min_value=0, max_value=99)


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
def act(request: HttpRequest) -> HttpResponse:
    """Stop, pause, continue, kill or start one instance."""
    return _pressed(request, ActForm(request.POST), supervisor.act)


@require_POST
def scale(request: HttpRequest) -> HttpResponse:
    return _pressed(request, ScaleForm(request.POST), supervisor.scale)


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Have all workers run, and as many instances as at the start."""
    return _pressed(request, forms.Form(request.POST), supervisor.restore)


def _pressed(request: HttpRequest, form: forms.Form, do: Callable[..., None]) -> HttpResponse:
    """Do it with what the form has; htmx gets the new state, others the page."""
    error = ""
    if form.is_valid():
        try:
            do(**form.cleaned_data)
        except SupervisorRefused as reason:
            error = str(reason)
        except SupervisorAway as reason:
            error = f"Nothing was done: {reason}."
    else:
        error = f"Nothing was done: {_first_problem(form)}"
    done = "" if error else _words(**form.cleaned_data)
    if not wants_part(request):
        (messages.error if error else messages.success)(request, error or done)
        return redirect("lab:processes")
    context = _context()
    return render(request, context["part"], context | {"error": error, "done": done})


def _first_problem(form: forms.Form) -> str:
    name, problems = next(iter(form.errors.items()))
    return f"{name}: {problems[0]}"


def _words(worker: str = "", act: str = "", instance: int = 1, count: int = 0) -> str:
    if count:
        return f"{worker} was scaled to {count}."
    return f"{worker} {instance} {PRESSED[act]}." if act else "All workers are as at the start."


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
