"""The experiments on a pattern's page: each with its newest run and a button to start one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.experiments import experiment_of, runner
from apps.lab.experiments.experiment import ANY_NUMBER, Asks, Experiment
from apps.lab.pages.page import wants_part
from apps.lab.queries import newest_run


class NumberForm(forms.Form):
    """The number that an experiment asks for."""

    def __init__(self, asks: Asks | None, *args: Any) -> None:
        super().__init__(*args)
        least, most = (asks.at_least, asks.at_most) if asks else (None, None)
        self.fields["number"] = forms.IntegerField(min_value=least, max_value=most)


@never_cache
@require_safe
def experiment(request: HttpRequest, slug: str) -> HttpResponse:
    found = _found(slug)
    runner.close_the_dead()
    return _fragment(request, found)


@require_POST
def run(request: HttpRequest, slug: str) -> HttpResponse:
    """Start a run, unless one is running; show its panel."""
    found = _found(slug)
    form = NumberForm(found.asks, request.POST)
    error = _wanted(found.asks) if found.asks and not form.is_valid() else ""
    if not error:
        runner.begin(found, number=form.cleaned_data["number"] if found.asks else 0)
    if wants_part(request):
        return _fragment(request, found, error=error)
    if error:
        messages.error(request, error)
    return redirect(f"{reverse('lab:pattern', args=[found.pattern])}#experiment-{found.slug}")


def _wanted(asks: Asks) -> str:
    end = f"to {asks.at_most}" if asks.at_most < ANY_NUMBER else "on"
    return f"That is a whole number, from {asks.at_least} {end}."


def _found(slug: str) -> Experiment:
    found = experiment_of(slug)
    if found is None:
        raise Http404
    return found


def _fragment(request: HttpRequest, found: Experiment, *, error: str = "") -> HttpResponse:
    context = {"experiment": found, "run": newest_run(found.slug), "error": error}
    return render(request, "lab/_experiment.html", context)
