"""The JSON API: every app's router under `/api/`, with its OpenAPI page at `/api/docs`."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ninja import NinjaAPI
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from apps.catalog.api import router as catalog
from apps.images.api import router as images
from apps.messaging.operations.api import router as messaging
from apps.orders.api import router as orders
from orders_site.http.errors import answer_problems


class ShopEncoder(NinjaJSONEncoder):
    """Writes money as a JSON number and each time in UTC with milliseconds.

    Django's own encoder writes money as a string, and no fraction at a whole second: then a client
    that compares times as strings finds them in the wrong order.
    """

    def default(self, o: Any) -> Any:
        if isinstance(o, datetime):
            return o.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return float(o) if isinstance(o, Decimal) else super().default(o)


class ShopRenderer(JSONRenderer):
    """Renders every answer of the API."""

    encoder_class = ShopEncoder


api = NinjaAPI(
    title="Orders site",
    version="1.0",
    description="Buy, and watch the order travel. Errors are `application/problem+json`.",
    renderer=ShopRenderer(),
    urls_namespace="api",
)
for router in (catalog, orders, images, messaging):
    api.add_router("", router)
answer_problems(api)
