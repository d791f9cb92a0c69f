"""The probes: `/healthz` (this process lives), `/readyz` (the shop works), `/metrics`."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.messaging import status
from apps.messaging.metrics import exposition


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 `{"ready": true}`, else 503 with the reason by part."""
    problems = status.not_ready()
    return JsonResponse(
        {"ready": not problems, **({"problems": problems} if problems else {})},
        status=503 if problems else 200,
    )


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    body, content_type = exposition()
    return HttpResponse(body, content_type=content_type)
