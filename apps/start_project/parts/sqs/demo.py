"""What SQS has in the demo: a server, its port, an outage and two kinds of poison."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts

DEMO: Cuts = {
    "apps/demo/chaos/plan.py": (words("sqs_is_away,", times=2),),
    "apps/demo/chaos/poison.py": (
        lines(
            "from apps.messaging.jobs import job_queue\n"
            "from apps.messaging.jobs.job_queue import OutgoingJob"
        ),
        words(
            'transports = ("jetstream", "queue_group", "sqs", "celery")',
            'transports = ("jetstream", "queue_group")',
        ),
        words('queues = ["jobs", "celery"] job_queue.send_batch( … for name in queues] )'),
    ),
    "apps/demo/chaos/shop.py": (words('("web", "nats-server", "moto")', '("web", "nats-server")'),),
    "apps/demo/chaos/single_faults.py": (unit("sqs_is_away"),),
    "apps/demo/doctor.py": (block("if find_spec("),),
    "apps/demo/environment.py": (
        words('site="SHOP_URL", queue="jobs", as', 'site="SHOP_URL", as'),
    ),
    "apps/demo/management/commands/prove.py": (
        words('"AWS_", "SQS_", "PRICE_"', '"AWS_", "PRICE_"'),
        words(
            '("PORT", "NATS_PORT", "AWS_PORT"), map(str, free_ports(3))',
            '("PORT", "NATS_PORT"), map(str, free_ports(2))',
        ),
    ),
    "apps/demo/ports.py": (words('("PORT", "NATS_PORT", "AWS_PORT")', '("PORT", "NATS_PORT")'),),
    "apps/demo/start.py": (
        words(', "AWS_PORT": settings.AWS_PORT}', "}"),
        words(
            "both = (settings.NATS_PORT, settings.AWS_PORT) provision_sqs = … "
            "servers.sqs_server(port=settings.AWS_PORT, provision=provision_sqs), )",
            "supervisor.start(\n        servers.nats_server(port=settings.NATS_PORT, "
            'store=settings.DEMO_DIR / "jetstream"),\n    )',
        ),
        words('"provision", needs_ports=both', '"provision", needs_ports=(settings.NATS_PORT,)'),
    ),
    "apps/demo/supervisor/preload.py": (
        lines("from apps.messaging.brokers import sqs"),
        lines("sqs.client()  # Loads botocore's descriptions, and does not connect."),
    ),
    "apps/demo/supervisor/servers.py": (
        words(
            "The servers of the demo: a real nats-server with JetStream, and moto for SQS.",
            "The server of the demo: a real nats-server with JetStream.",
        ),
        unit("sqs_server"),
    ),
    "manage.py": (lines('["new_job"],'),),
}
