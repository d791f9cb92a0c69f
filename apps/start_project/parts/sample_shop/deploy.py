"""What the shop has in deploy, the Makefile and the requirements: roles, policies, variables."""

from apps.start_project.parts.cuts import Cut, block, lines, words
from apps.start_project.parts.part import Cuts
from apps.start_project.parts.sample_shop.compose import COMPOSE, GONE_USERS

_ENVIRONMENT: tuple[Cut, ...] = (
    words(" (docs/production.md)"),
    lines(
        "# False: the demo begins without orders; else three customers have ordered for fourteen "
        "days.\n#DEMO_HISTORY=true"
    ),
    lines("#CHECKOUT_RATE=20/second", "#WRITE_RATE=20/second"),
    lines(
        "# Seconds. The whole time that a checkout waits for its prices; the age that a price may "
        "have.",
    ),
    lines("#PRICE_LOOKUP_TIMEOUT=1.0\n#PRICE_REFRESH_SECONDS=30.0"),
    words(
        "for shops that share an account: shop-a- makes `shop-a-jobs`",
        "for projects that share an account: a- makes `a-labels`",
    ),
    words(
        "handler of events or of price look-ups",
        "handler of events or of requests",
    ),
    lines("# Or `files`, beneath MEDIA_ROOT.\nMEDIA_STORAGE=s3"),
    words("MEDIA_BUCKET=shop-pictures … MEDIA_DOMAIN=pictures.example.com"),
    lines("#PHOTO_MAX_BYTES=10485760", "#UPLOAD_MAX_BYTES=10485760"),
    words(
        "to arrive; a photo is given more by its size.",
        "to arrive; an upload is given more by its size.",
    ),
    words("# Seconds for a picture's decoder, for each part", "# Seconds for each part"),
    words(
        "more time than a call in it, a job twice its decoder's.",
        "more time than a call in it.",
    ),
    lines("#DECODER_SECONDS=90"),
    words(
        ", for a Celery task on its way to SQS, and for a call to S3. The last two are tried "
        "twice.",
        ", and for a Celery task on its way to SQS,\n# which is tried twice.",
    ),
    lines("#S3_CALL_SECONDS=10.0"),
    lines(
        "# Seconds; a mail or a photo that has waited longer is asked for once more.\n"
        "#RECONCILE_AFTER=120",
    ),
    lines("#POSTGRES_PASSWORD_PICTURES=demo"),
    words(", but NATS_PASSWORD_ROUTES and REDIS_PASSWORD of deploy/compose.cluster.yml"),
    *(lines(f"#NATS_PASSWORD_{user}=demo") for user in GONE_USERS),
    words("#NATS_PASSWORD_FULFILMENT_CONSUMER", "#NATS_PASSWORD_TRACKING_CONSUMER"),
    words("#NATS_PASSWORD_PRICE_RESPONDER", "#NATS_PASSWORD_PARCEL_RESPONDER"),
)

_MAKEFILE: tuple[Cut, ...] = (
    lines(
        ".PHONY: help demo reset manage env install check test durations test-slow test-browser "
        "\\\n"
        "screenshots clients acceptance acceptance-compose prove prove-grey bench soak lock audit",
        ".PHONY: help demo reset manage env install check test durations test-slow lock audit",
    ),
    words("Run all but slow and browser tests on SQLite", "Run all but slow tests on SQLite"),
    *(
        block(f"{target}: ")
        for target in (
            *("test-browser", "screenshots", "clients", "acceptance", "acceptance-compose"),
            *("prove", "prove-grey", "bench", "soak"),
        )
    ),
    lines(
        "$(COMPILE) --upgrade --python-version 3.12 -c requirements/base.txt "
        "-o bench/requirements.txt \\\nbench/requirements.in"
    ),
    words("# The peers run on the shop's code, so they need its packages beside their own."),
    block(".bench/.installed: override"),
    block(".bench/.installed: requirements"),
)

DEPLOY: Cuts = {
    "docker-compose.yml": COMPOSE,
    ".env.example": _ENVIRONMENT,
    "Makefile": _MAKEFILE,
    "deploy/Dockerfile": (
        words("/data /pictures /mail /beat", "/data /beat"),
        words("the memory of a picture goes back", "freed memory goes back"),
        words("DEMO_DIR=/data MEDIA_ROOT=/pictures", "DEMO_DIR=/data"),
    ),
    "deploy/docker-compose.override.example.yml": (
        lines(
            "fulfilment_consumer: *worker\nnotification_consumer: *worker\nsales_consumer: *worker",
            "tracking_consumer: *worker",
        ),
        lines("price_responder: *worker", "parcel_responder: *worker"),
        lines(
            "preview_resizer: *worker\nimage_resizer: *worker\norder_listener: *worker",
            "label_printer: *worker",
        ),
    ),
    "deploy/postgresql.sql": (
        words("-- The shop's database and its four roles.", "-- The database and its three roles."),
        words("\\ … -v pictures_password=... -f", "\\\n--          -f"),
        words(
            "handle messages, and `shop_pictures` for the two workers that decode uploaded "
            "pictures; postgresql_tables.sql",
            "handle messages; postgresql_tables.sql",
        ),
        words("has their rights", "has its rights"),
        words("test_postgresql_rights.py", "test_roles.py"),
        words(", 'shop_pictures'"),
        block("ALTER ROLE shop_pictures"),
        words(", shop_pictures", times=2),
    ),
    **{
        f"deploy/iam/{name}.json": (words(":jobs", ":labels", times=0),)
        for name in ("outbox_relay", "provision", "dead_letter_collector")
    },
    "deploy/iam/web.json": (
        words(":jobs", ":labels"),
        words(', { "Sid": "KeepUploads", … shop-pictures/photos/*" }'),
    ),
    **{
        f"requirements/{name}.txt": (
            block("django-storages=="),
            block("pillow=="),
            words("#   django-storages", times=2),
        )
        for name in ("base", "demo", "dev")
    },
    ".ci/prepare": (
        words(
            "the Python of .python-version, and no client left out",
            "the Python of .python-version",
        ),
        words('"$log" "$log.clients"', '"$log"'),
        words(
            "# The lines of docs/from-the-terminal.md are typed with … export "
            "REAL_CLIENTS=required",
        ),
    ),
    ".ci/run": (
        words(
            'make clients >"$log.clients" 2>&1 & clients=$! # They come from the network, while '
            "the checks compute.",
        ),
        words('wait "$clients" || { cat "$log.clients"; exit 1; }'),
    ),
    ".ci/run-slow": (
        words(
            "The slow tests, every page in a browser, and the journeys against compose. Where no "
            "Docker engine # can be, COMPOSE=left-out leaves out the journeys on purpose.",
            "The slow tests.",
        ),
        lines("make clients"),
        words('if ! command -v chromium … cannot run" >&2 status=1 fi'),
        lines('exit "${status:-0}"'),
    ),
    "pyproject.toml": (
        words(
            "A Django shop in which every hop between processes is a messaging pattern you can "
            "see, break and trust.",
            "A Django project in which every hop between processes is a messaging pattern.",
        ),
        words(
            'known-first-party = ["apps", "bench", "orders_site"',
            'known-first-party = ["apps", "orders_site"',
        ),
        lines(
            '"tests/grey/**" = ["T20"]\n"tests/cable/**" = ["T20"]\n'
            '"tests/browser/screenshots.py" = ["T20"]',
        ),
        lines('"bench/**" = ["S", "T20"]'),
        words(', "faststream.*", "nats_consumer.*", "sqs_workers.*"]', "]"),
        words(
            '[[tool.mypy.overrides]] module = ["bench.peers.*"] … disallow_untyped_decorators = '
            "false"
        ),
        lines('"django-storages[s3]>=1.14.6",'),
        lines('"pillow>=13",'),
        lines(
            "# Code that is in projects without a part alone; mypy reads it there.",
        ),
        words('exclude = [ "^docs/example/", … ]'),
        words(", OutOfStock", ", UnknownParcel"),
    ),
}
