"""What SQS has in the site: settings, checks, defaults of the demo, time limits."""

from apps.start_project.parts.cuts import block, lines, unit, words
from apps.start_project.parts.part import Cuts, joined

_CONF: Cuts = {
    "orders_site/settings.py": (
        unit("AWS_PORT"),
        words("nats_port=NATS_PORT, aws_port=AWS_PORT", "nats_port=NATS_PORT"),
        unit("QUEUE_PREFIX"),
        unit("SQS_WAIT_SECONDS"),
        unit("SQS_VISIBILITY_TIMEOUT"),
        unit("MESSAGING_QUEUES"),
    ),
    "orders_site/conf/messaging.py": (
        words("streams, their durables, queues, contracts.", "streams, their durables, contracts."),
        words("makes the first three, and", "makes the first two, and"),
        unit("QUEUES"),
    ),
    "orders_site/conf/demo_defaults.py": (
        lines('"QUEUE_PREFIX",'),
        lines('"AWS_ENDPOINT_URL_SQS",'),
        words('"INITIAL_NO_AUTH_", "MOTO_")', '"INITIAL_NO_AUTH_")'),
        words("configure the demo's web server or its SQS.", "configure the demo's web server."),
        lines(
            '"AWS_ACCESS_KEY_ID",\n"AWS_ENDPOINT_URL",\n"AWS_SECRET_ACCESS_KEY",\n"DATABASE_URL",',
            '"DATABASE_URL",',
        ),
        lines(
            "env: Environment, demo_dir: Path, *, nats_port: int, aws_port: int",
            "env: Environment, demo_dir: Path, *, nats_port: int",
        ),
        words("nats_port=nats_port, aws_port=aws_port", "nats_port=nats_port"),
        words('("AWS_ENDPOINT_URL", "AWS_PORT")', '("AWS_ENDPOINT_URL",)'),
        words(
            "demo_dir: Path, *, nats_port: int, aws_port: int) -> dict",
            "demo_dir: Path, *, nats_port: int) -> dict",
        ),
        lines(
            '"AWS_ACCESS_KEY_ID": "demo",\n'
            "# One of the few regions in which the AWS CLI 1.x obeys AWS_ENDPOINT_URL for `sqs`.\n"
            '"AWS_DEFAULT_REGION": "eu-central-2",\n'
            '"AWS_ENDPOINT_URL": f"http://127.0.0.1:{aws_port}",\n'
            '"AWS_SECRET_ACCESS_KEY": "demo",',
            '"AWS_DEFAULT_REGION": "eu-central-2",',
        ),
        lines(
            "# The long poll of a stopped worker continues in the local SQS server, and "
            "takes a message.\n"
            '"SQS_VISIBILITY_TIMEOUT": "30",\n"SQS_WAIT_SECONDS": "2",'
        ),
    ),
    "orders_site/conf/links.py": (words('"postgres", "sqs", "mail"', '"postgres", "s3", "mail"'),),
    "orders_site/conf/longest_times.py": (
        words("A long poll of SQS has a limit of its own, above the longest wait that SQS allows."),
        lines("sqs_call: float"),
        lines('sqs_call=env.float("SQS_CALL_SECONDS", default=2.0, at_least=0.1, at_most=HOUR),'),
    ),
    "orders_site/conf/picture_storage.py": (
        words("a repeated job writes the same file", "a repetition writes the same file"),
    ),
    "orders_site/conf/s3_pictures.py": (
        words("by the visitor or by the queue.", "by the visitor or by `image_resizer`."),
        words(
            "ignore_configured_endpoint_urls=True,  # see sqs.py",
            "ignore_configured_endpoint_urls=True,  # of a profile",
        ),
    ),
    "orders_site/conf/retries.py": (
        unit("LONGEST_JOB_RETRY"),
        lines("jobs_for: float"),
        words("A job becomes one after five, in a little more than a minute."),
        words("jobs_for=env.float( … at_most=LONGEST_JOB_RETRY, ),"),
    ),
    "orders_site/doctor/shell.py": (
        words(
            '_HIDDEN = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_SQS")',
            '_HIDDEN = ("AWS_ENDPOINT_URL_S3",)',
        ),
    ),
}

_CHECKS: Cuts = {
    "orders_site/checks/aws.py": (
        words(
            "System checks of SQS and S3: all clients use the same servers, in a consistent way.",
            "System checks of S3: its keys and its address.",
        ),
        lines("from apps.messaging.brokers.queue_names import CELERY, name_at_sqs"),
        words("# SQS allows 80 characters, … # tests/orders_site/checks/test_startup.py."),
        unit("PREFIX"),
        lines("yield from _of_the_prefix()"),
        words("the real SQS without TLS.", "the real AWS without TLS."),
        unit("_of_the_prefix"),
    ),
    "orders_site/checks/times.py": (
        words('SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 30, 12 * 3600 … SQS\'s limit."""'),
        unit("HEARTBEATS"),
        lines("yield from _of_sqs()"),
        unit("_of_sqs"),
        block("if not settings.DEMO and times.sqs_call * HEARTBEATS"),
    ),
}

_ACCOUNT: Cuts = {
    "apps/messaging/brokers/__init__.py": (
        words(
            "Connections to the two brokers, NATS and SQS, and the fixes that their clients need.",
            "Connections to NATS, and the fixes that its client needs.",
        ),
        words(
            "`sqs` is the way to SQS. `sqs_repeated_calls` and `nats_quick_sends` make the "
            "most frequent calls quick.",
            "`nats_quick_sends`\nmakes the most frequent calls quick.",
        ),
    ),
    "apps/messaging/brokers/addresses.py": (
        words("The brokers as a terminal", "The broker as a terminal"),
        lines("from apps.messaging.brokers.queue_names import name_at_sqs"),
        unit("ACCOUNT"),
        words(
            "A further line for the shell: `aws` and `curl` would use",
            "A further line for the shell: `curl` would use",
        ),
        words("site: str, queue: str, as_user", "site: str, as_user"),
        words(
            "has the URL of this project's pages, `Q` that of `queue`. `as_user`",
            "has the URL of this project's pages.\n    `as_user`",
        ),
        words('"AWS_ENDPOINT_URL": sqs_url(), … "Q": shell_queue_url(queue),'),
        unit("sqs_url"),
        unit("shell_queue_url"),
    ),
}

SITE: Cuts = joined(_CONF, _CHECKS, _ACCOUNT)
