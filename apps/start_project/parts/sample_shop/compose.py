"""What the shop has in compose: services, users of NATS, volumes."""

from apps.start_project.parts.cuts import Cut, block, lines, words

GONE_USERS = ("NOTIFICATION_CONSUMER", "SALES_CONSUMER", "PREVIEW_RESIZER", "ORDER_LISTENER")
"""Users of NATS, each a worker without a successor in the example."""

_LABEL_PRINTER = """\
label_printer:
  <<: *worker
  command: python -m workers.label_printer
  environment: *worker_environment"""

COMPOSE: tuple[Cut, ...] = (
    words(" docs/differences.md compares this with `make demo`."),
    *(block(f"NATS_PASSWORD_{user}: ") for user in GONE_USERS),
    *(block(f"{user.lower()}:") for user in GONE_USERS),
    words("FULFILMENT_CONSUMER", "TRACKING_CONSUMER", times=0),
    words("fulfilment_consumer", "tracking_consumer", times=0),
    words("PRICE_RESPONDER", "PARCEL_RESPONDER", times=0),
    words("price_responder", "parcel_responder", times=0),
    lines("deploy: { replicas: 2 }"),
    block("image_resizer:", _LABEL_PRINTER),
    words(", and change no price"),
    lines("# A process that decodes strangers' pictures can use only the tables of photos."),
    block("x-pictures-environment: "),
    block("- --variable=pictures_password="),
    words(
        "; a million ids in the duplicate window are 200 MB (docs/operations.md)",
        "; a million ids in the duplicate window are 200 MB",
    ),
    words(
        "command: - sh - -c - | # The pictures of a volume … exec python manage.py seed",
        "command: python manage.py seed",
    ),
    lines(
        "# It decodes and encodes thirty pictures.\nmem_limit: 1g\ndepends_on: *prepared",
        "depends_on: *prepared",
    ),
    words('["data:/data", "pictures:/pictures"]', '["data:/data"]'),
    lines("DEMO_HISTORY: ${DEMO_HISTORY:-true}"),
    words("# --- The shop ---", "# --- The processes ---"),
    lines("# Uploads that arrive, and a decoder."),
    words("# The demo's mails are files. EMAIL_URL: filemail:////mail"),
    lines('volumes: ["mail:/mail"]'),
    lines("pictures:\nmail:"),
    words("/123456789012/jobs", "/123456789012/labels"),
    words("traces, log lines and figures (docs/tracing.md)", "traces and log lines"),
    words("`--profile observe` (docs/tracing.md)", "`--profile observe`"),
    lines(
        "# In the place of its own: its Prometheus asks every process for its figures, and has our "
        "alerts.\nvolumes:\n- ./deploy/prometheus.yml:/otel-lgtm/prometheus.yaml:ro\n"
        "- ./deploy/alerts.yml:/otel-lgtm/alerts.yml:ro"
    ),
)
