"""What the shop has in the settings."""

from apps.start_project.parts.cuts import Cut, lines, unit, words

SETTINGS: tuple[Cut, ...] = (
    lines("from orders_site.conf.picture_storage import kept_pictures"),
    lines(
        '"apps.images",\n"apps.catalog",\n"apps.pricing",\n"apps.orders",\n"apps.fulfilment",\n'
        '"apps.notifications",\n"apps.sales",',
        '"apps.parcels",',
    ),
    lines(
        'DEMO_HISTORY = env.bool("DEMO_HISTORY", default=DEMO)  '
        "# fourteen days of orders, in an empty shop"
    ),
    unit("PRICE_LOOKUP_TIMEOUT"),
    unit("PRICE_REFRESH_SECONDS"),
    words("where several shops share an account", "where several projects share an account"),
    words('"key": "order"', '"key": "parcel"'),
    lines(
        'STATUS_PARTS = {"orders": "apps.orders.waiting", "mails": "apps.notifications.waiting"}',
        "STATUS_PARTS: dict[str, str] = {}",
    ),
    unit("RECONCILE_AFTER"),
    words("PHOTO_MAX_BYTES", "UPLOAD_MAX_BYTES", times=0),
    unit("PICTURES"),
    lines('"images": PICTURES.storage,'),
    words('TIME_ZONE, CURRENCY = "en-gb", "UTC", "GBP"', 'TIME_ZONE = "en-gb", "UTC"'),
    words("CHECKOUT_RATE", "WRITE_RATE", times=0),
    words("bytes; a photo's:", "bytes; an upload's:"),
    words("for a body to arrive; a photo gets more", "for a body to arrive; an upload gets more"),
    words("content_security_policy(PICTURES.origins)", "content_security_policy([])"),
)

MESSAGING: tuple[Cut, ...] = (
    words('["apps.orders.events.ORDERS"]', '["apps.parcels.events.PARCELS"]'),
    lines(
        '"apps.fulfilment.handlers.CONSUMER",\n"apps.notifications.handlers.CONSUMER",\n'
        '"apps.sales.handlers.CONSUMER",',
        '"apps.parcels.handlers.CONSUMER",',
    ),
    lines('"apps.images.jobs.QUEUE",', '"apps.parcels.jobs.QUEUE",'),
    lines(
        '"apps.orders.events.CONTRACTS",\n"apps.pricing.contract.CONTRACTS",\n'
        '"apps.catalog.events.CONTRACTS",\n"apps.images.contract.CONTRACTS",',
        '"apps.parcels.events.CONTRACTS",\n"apps.parcels.contract.CONTRACTS",',
    ),
)
