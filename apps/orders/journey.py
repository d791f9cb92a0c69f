"""The journey of one order: its events, and what apps do for an order besides handling them."""

from uuid import UUID

from django.apps import apps
from django.utils.module_loading import import_string

from apps.messaging.operations import journey
from apps.messaging.operations.journey import JourneyHop

SOURCE = "order_hops"
"""The attribute of an `AppConfig` with the dotted name of a function: id of an order → its hops.

Apps that this one may not import add their hops by this attribute.
"""


def journey_of(order_id: UUID) -> list[JourneyHop]:
    """Return the hops of an order, oldest first; hops whose rows were deleted are missing."""
    hops = journey.journey_of(str(order_id))
    for config in apps.get_app_configs():
        if source := getattr(config, SOURCE, None):
            hops += import_string(source)(order_id)
    return sorted(hops, key=lambda hop: hop.at)
