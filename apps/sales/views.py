"""The staff's page of sales: a chart and a table of the last days."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.catalog.staff import staff_may
from apps.sales.chart import chart_of
from apps.sales.queries import last_days

DAYS = 15
"""Today, and the two weeks before."""


@require_safe
@staff_may("sales.view_salesday")
@never_cache
def sales(request: HttpRequest) -> HttpResponse:
    charts = [chart_of(days) for days in last_days(DAYS)]
    return render(request, "sales/sales.html", {"charts": charts})
