"""The probes: for the supervisor, the load balancer, the person on call, and the scraper."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.messaging.operations import status
from apps.messaging.operations.metrics import exposition


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process lives; it asks no other."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """This process can serve. Without a broker or a worker its pages still answer.

    To take every `web` out then would not help; `/readyz/all` says that something is wrong.
    """
    return _told(status.cannot_serve())


@require_safe
def all_ready(request: HttpRequest) -> JsonResponse:
    """Every part answers, and each worker lives: else 503 with the reason by part."""
    return _told(status.not_ready())


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the same figures for Prometheus."""
    body, content_type = exposition()
    return HttpResponse(body, content_type=content_type)


def _told(problems: dict[str, str]) -> JsonResponse:
    if not problems:
        return JsonResponse({"ready": True})
    return JsonResponse({"ready": False, "problems": problems}, status=503)
