"""Every process except `web`, and how many the demo and compose run; `/readyz/all` requires all."""

WORKERS = {
    "outbox_relay": 1,
    "fulfilment_consumer": 1,
    "notification_consumer": 1,
    "sales_consumer": 1,
    "price_responder": 2,
    "image_resizer": 1,
    "preview_resizer": 3,
    "order_listener": 1,
    "dead_letter_collector": 1,
    "celery": 1,
    "beat": 1,
}
