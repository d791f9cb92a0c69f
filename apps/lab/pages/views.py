"""The lab's pages without a pattern: the map, the faults, the load and the reset."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.lab import patterns, services
from apps.lab.faults import known_faults
from apps.lab.orders import shopping
from apps.lab.orders.reset import reset as bring_back
from apps.lab.pages import load_page, map_page
from apps.lab.pages.fault_page import SwitchForm, manage, others_on, switches_of, titles_on
from apps.lab.pages.page import page, wants_part

NOTHING_SWITCHED = "Nothing was switched: there is no such switch, rate or time."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The map; a POST places an order, which the visitor then follows on it."""
    if request.method != "POST":
        return page(request, "lab/map.html", **map_page.context())
    bought = shopping.buy(map_page.SKU)
    if wants_part(request):
        return render(request, "lab/_bought.html", {"bought": bought})
    if bought.order is None:
        messages.error(request, f"No order was placed. {bought.error}")
    else:
        messages.success(request, f"Order {bought.order} is placed.")
    return redirect("lab:map")


@never_cache
@require_safe
def faults(request: HttpRequest) -> HttpResponse:
    """All switches; htmx gets those of one pattern, or the line at the top of each page."""
    if not wants_part(request):
        context = {"faults": switches_of(), "others": others_on(), "listing": manage("fault list")}
        return page(request, "lab/faults.html", **context)
    if "line" in request.GET:
        return render(request, "lab/_broken.html", {"broken": titles_on()})
    return _switches(request, request.GET.get("of", ""))


@require_POST
def fault_on(request: HttpRequest) -> HttpResponse:
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return _switched(request, error=NOTHING_SWITCHED)
    services.switch_on(**form.asked())
    return _switched(request)


@require_POST
def fault_off(request: HttpRequest) -> HttpResponse:
    """Switch one off, or all if none is named; experiments keep their own faults."""
    slug = request.POST.get("slug", "")
    if known := known_faults.named(slug):
        services.switch_off(point=known.point, consumer=known.consumer, trace="")
    elif not slug:
        services.switch_off(trace="")
    return _switched(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """The rate, and charts of the orders; a POST sets the rate."""
    if request.method == "POST":
        form = load_page.LoadForm(request.POST)
        if form.is_valid():
            services.set_load(
                rate=form.cleaned_data["rate"],
                lasts=timedelta(seconds=int(form.cleaned_data["lasts"])),
            )
        else:
            messages.error(request, f"A rate is a whole number from 0 to {services.MOST_ORDERS}.")
        return redirect("lab:load")
    context = load_page.context()
    if wants_part(request):
        return render(request, "lab/_load.html", context)
    return page(request, "lab/load.html", **context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for confirmation; a POST resets the shop."""
    if request.method != "POST":
        return page(request, "lab/reset.html")
    report = bring_back()
    messages.success(request, f"The shop is as it was seeded. It took {report.seconds:.1f} s.")
    for problem in report.problems:
        messages.error(request, f"Not everything could be emptied: {problem}.")
    return redirect("lab:map")


def _switched(request: HttpRequest, *, error: str = "") -> HttpResponse:
    """Redirect to the page of the switch; htmx gets the switches."""
    if wants_part(request):
        return _switches(request, request.POST.get("of", ""), error=error)
    if error:
        messages.error(request, error)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("lab:faults")
    return redirect(back)


def _switches(request: HttpRequest, slug: str, *, error: str = "") -> HttpResponse:
    context = {"faults": switches_of(slug), "pattern": patterns.named(slug), "error": error}
    return render(request, "lab/_faults.html", context)
