"""`/favicon.ico`: the icon, for pages that name none, such as those of the API and the admin."""

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# From the source folder: a collected file has a hash in its name.
ICON = (Path(__file__).parents[1] / "static" / "shop" / "favicon.svg").read_bytes()
DAY = 86_400


@require_safe
@cache_control(public=True, max_age=DAY)
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ICON, content_type="image/svg+xml")
