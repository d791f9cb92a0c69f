"""What the shop has in `docs/extending.md`, which stays."""

from apps.start_project.parts.cuts import lines, words
from apps.start_project.parts.part import Cuts

_NO_DECODER = lines('<env name="DECODER_SECONDS" value="1800" />')

PAGES: Cuts = {
    "docs/extending.md": (
        words("make a project of your own, with the shop or without it, and how to"),
        words(
            "[`docs/example`](example) is an app `parcels`",
            "[`apps/parcels`](../apps/parcels) is an app",
        ),
        words("(example/", "(../", times=0),
        lines(
            "[Your first event](first-event.md) is the shortest way, and "
            "[test your handler](test-your-handler.md) the test kit."
        ),
        words(
            "new_event orders.shipped --app orders",
            "new_event parcels.shipped --app parcels",
            times=2,
        ),
        words("new_job invoice --app orders", "new_job invoice --app parcels", times=2),
        words(
            "`OrderShipped`, `record_orders_shipped`", "`ParcelShipped`, `record_parcels_shipped`"
        ),
        words(
            "new_responder stock.lookup --app catalog",
            "new_responder van.lookup --app parcels",
            times=2,
        ),
        words("The stack of `deploy/cloudformation.yml` gets its queues, alarms and role."),
        words("`ask_stock_lookup`", "`ask_van_lookup`"),
        words("`workers/stock_lookup_responder.py`", "`workers/van_lookup_responder.py`"),
        words("`orders_shipped_handlers.py`", "`parcels_shipped_handlers.py`"),
        words(
            "and writes the contracts and the table of the rights there",
            "and writes the contracts there",
        ),
        words("`workers/orders_shipped_consumer.py`", "`workers/parcels_shipped_consumer.py`"),
        words("To see it work in the running demo: … ```sh … ```"),
        words(", as `apps/notifications` does"),
        words(", as for photos"),
        words(
            "schemas, AsyncAPI document, table of the messages; who may do what",
            "schemas, AsyncAPI document, table of the messages",
        ),
        words("`docs/contracts`, `docs/rights.md`", "`docs/contracts`"),
        lines(
            "BREAKING events/orders.placed.v1: lines[].price is removed; it hits fulfilment, sales",
            "BREAKING events/parcels.sent.v1: id is removed; it hits tracking",
        ),
        words(
            "`orders.placed` has two: since version 2 each line has the currency of its price "
            "([`orders/events.py`](../apps/orders/events.py)).",
            "Say that\n`parcels.sent` gets a weight.",
        ),
        words("as `OrderPlacedV1`", "as `ParcelSentV1`"),
        words("Handlers, replay and sales get", "Handlers and replay get"),
        words("before writers ([into production](production.md)), so", "before writers, so"),
        words(
            "a line each in `deploy/compose.cluster.yml`, "
            "`deploy/docker-compose.override.example.yml`, `deploy/prometheus.yml` and "
            "`.vscode/launch.json`,",
            "a line each in\n`deploy/docker-compose.override.example.yml` and "
            "`.vscode/launch.json`,",
        ),
        words(
            "Do the new work in `tests/deploy/workers_at_work.py`: its test names the rights that "
            "the work needs.",
        ),
    ),
    "docs/working-on-it.md": (
        words("-m workers.fulfilment_consumer", "-m workers.tracking_consumer"),
        words(
            "and [its process ends](operations.md#a-longest-time-for-everything)",
            "and its process ends",
        ),
    ),
    ".run/beat.run.xml": (_NO_DECODER,),
    ".run/celery.run.xml": (_NO_DECODER,),
    ".run/web.run.xml": (_NO_DECODER,),
    ".run/worker.run.xml": (
        _NO_DECODER,
        words("workers.fulfilment_consumer", "workers.tracking_consumer"),
    ),
    ".vscode/launch.json": (
        words('"DECODER_SECONDS": "1800",', times=4),
        lines(
            '"fulfilment_consumer",\n"notification_consumer",\n"sales_consumer",',
            '"tracking_consumer",',
        ),
        lines('"price_responder",', '"parcel_responder",'),
        lines('"image_resizer",\n"preview_resizer",\n"order_listener",', '"label_printer",'),
    ),
}
