"""What the shop has of messaging, by dotted path: streams, their durables, queues, contracts.

`manage.py provision` makes the first three, and `/api/status` counts them. `settings.py` has the
lists as `MESSAGING_STREAMS` and so on; `new_event`, `new_job` and `new_responder` add to them here.
"""

STREAMS = ["apps.orders.events.ORDERS"]
CONSUMERS = [
    "apps.fulfilment.handlers.CONSUMER",
    "apps.notifications.handlers.CONSUMER",
    "apps.sales.handlers.CONSUMER",
]
QUEUES = [
    "apps.images.jobs.QUEUE",
    "apps.messaging.jobs.celery_queue.QUEUE",
]
CONTRACTS = [
    "apps.orders.events.CONTRACTS",
    "apps.pricing.contract.CONTRACTS",
    "apps.catalog.events.CONTRACTS",
    "apps.images.contract.CONTRACTS",
]
