"""The probes: for the supervisor, the load balancer, the person on call, and the scraper."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.messaging.operations import status
from apps.messaging.operations.metrics import exposition


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process runs; no other part is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer whether this process can serve pages; it needs no broker and no worker for them.

    While these are away, a load balancer must not remove every `web`; `/readyz/all` reports them.
    """
    return _readiness(status.cannot_serve())


@require_safe
def all_ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 if every part answers and each worker runs, else 503 with a reason for each."""
    return _readiness(status.not_ready())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures of the status, in Prometheus's text format."""
    body, content_type = exposition()
    return HttpResponse(body, content_type=content_type)


def _readiness(problems: dict[str, str]) -> JsonResponse:
    if not problems:
        return JsonResponse({"ready": True})
    return JsonResponse({"ready": False, "problems": problems}, status=503)
