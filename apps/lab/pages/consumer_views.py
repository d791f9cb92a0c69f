"""The views of *Be the consumer*: each press is one call to a broker, whichever process gets it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.lab.consumer import events, jobs, workbenches
from apps.lab.consumer.workbenches import NoneFree
from apps.lab.models import HandDelivery, Workbench
from apps.lab.pages import consumer_page
from apps.lab.pages.page import page, wants_part
from apps.messaging.errors import BrokerAway
from apps.orders import visitors


@never_cache
@require_safe
def consumer(request: HttpRequest) -> HttpResponse:
    """The page; htmx gets the workbench when a time is over."""
    context = consumer_page.context(visitors.known(request.session))
    if wants_part(request):
        return render(request, "lab/_workbench.html", context)
    return page(request, "lab/consumer.html", **context)


@never_cache
@require_safe
def known(request: HttpRequest) -> HttpResponse:
    """What the brokers know of the visitor's durable and queue now."""
    bench = workbenches.of_visitor(visitors.known(request.session))
    context = {"bench": bench, "known": consumer_page.brokers_view(bench)}
    return render(request, "lab/_known.html", context)


@require_POST
def make_durable(request: HttpRequest) -> HttpResponse:
    form = consumer_page.DurableForm(request.POST)
    if not form.is_valid():
        return _shown(request, error="There is no such filter, or no such start.")
    return _new(
        request,
        lambda bench: events.make_durable(
            bench,
            subject=form.cleaned_data["subject"],
            is_for_new_events=form.cleaned_data["start"] == "new",
        ),
        focus="take",
    )


@require_POST
def make_queue(request: HttpRequest) -> HttpResponse:
    return _new(request, jobs.make_queue, focus="send_job")


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    return _done(request, events.take)


@require_POST
def send_job(request: HttpRequest) -> HttpResponse:
    return _done(request, jobs.send)


@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    return _done(request, jobs.receive)


@require_POST
def answer(request: HttpRequest, id: int) -> HttpResponse:
    """Answer a delivery of the visitor's own; another visitor's has no effect."""
    how = request.POST.get("how", "")

    def act(bench: Workbench) -> None:
        kind = bench.deliveries.filter(pk=id).values_list("kind", flat=True).first()
        (jobs if kind == HandDelivery.Kind.JOB else events).answer(bench, id, how)

    return _done(request, act, focus=id)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Remove the visitor's durable and queue."""
    bench = workbenches.of_visitor(visitors.known(request.session))
    try:
        if bench:
            workbenches.close(bench)
    except BrokerAway as error:
        return _shown(request, error=f"Not removed: {error}")
    return _shown(request, focus="make-durable")


def _new(request: HttpRequest, act: Callable[[Workbench], None], *, focus: str) -> HttpResponse:
    """Act on the visitor's workbench, a new one if they have none."""
    try:
        bench = workbenches.open_for(visitors.begun(request.session))
    except NoneFree as error:
        return _shown(request, error=str(error))
    act(bench)
    return _shown(request, focus=focus)


def _done(
    request: HttpRequest, act: Callable[[Workbench], None], *, focus: str | int = ""
) -> HttpResponse:
    """Act on the visitor's workbench; without one, say so."""
    bench = workbenches.of_visitor(visitors.known(request.session))
    if bench is None:
        return _shown(request, error="You have no durable or queue any more: make one.")
    act(bench)
    return _shown(request, focus=focus)


def _shown(request: HttpRequest, *, focus: str | int = "", error: str = "") -> HttpResponse:
    """Redirect to the page; htmx gets the workbench.

    `focus` is what gets the focus, where the pressed button is no more: a button, or a delivery.
    """
    if not wants_part(request):
        if error:
            messages.error(request, error)
        return redirect("lab:consumer")
    context = consumer_page.context(visitors.known(request.session))
    acted = {"has_acted": True, "focus": focus, "error": error}
    return render(request, "lab/_workbench.html", context | acted)
