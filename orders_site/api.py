"""The JSON API: every app's router under `/api/`, with its OpenAPI page at `/api/docs`."""

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


class MoneyEncoder(NinjaJSONEncoder):
    """Writes money as a JSON number, where Django's own encoder would write a string."""

    def default(self, o: Any) -> Any:
        return float(o) if isinstance(o, Decimal) else super().default(o)


class MoneyRenderer(JSONRenderer):
    """Renders every answer of the API."""

    encoder_class = MoneyEncoder


api = NinjaAPI(
    title="Orders site",
    version="1.0",
    description="Buy, and watch the order travel. Errors are `application/problem+json`.",
    renderer=MoneyRenderer(),
    urls_namespace="api",
)
for router in (catalog, orders, images, messaging):
    api.add_router("", router)
answer_problems(api)
