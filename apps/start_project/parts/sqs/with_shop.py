"""What goes with SQS and the shop, in the project that takes the shop's place."""

from apps.start_project.parts.cuts import block, lines, words
from apps.start_project.parts.part import Cuts

_BESIDE = "apps/start_project/parts/sample_shop/instead"

WITHOUT_SHOP: Cuts = {
    "apps/start_project/parts/sqs/instead/workers/periodic.py": (
        words("lost events found, reports mailed.", "lost events found."),
        *(
            lines(f"from apps.{app} import tasks as {app}")
            for app in ("notifications", "orders", "sales")
        ),
        words("Every(seconds=MINUTE, work=orders.clean_up), … work=sales.report_sales),"),
    ),
    f"{_BESIDE}/README.md": (
        words(
            "durable events on JetStream with a transactional outbox, jobs on SQS, and "
            "Celery on SQS.",
            "and durable\nevents on JetStream with a transactional outbox.",
        ),
        block("└──(5) labels ──▶ SQS"),
        words("real nats-server, moto and PostgreSQL;", "real nats-server and PostgreSQL;"),
        words(
            "installs a real nats-server and moto, a stand-in for SQS, prints",
            "installs a real nats-server, prints",
        ),
        block("| 5 | SQS jobs |"),
    ),
    "docs/extending.md": (
        words(
            "If the worker uses SQS or S3, it needs a policy in `deploy/iam/`. A test",
            "A test",
        ),
    ),
    "orders_site/conf/worker_processes.py": (lines('"label_printer": 1,'),),
    "deploy/docker-compose.override.example.yml": (lines("label_printer: *worker"),),
    "docker-compose.yml": (block("label_printer:"),),
    ".vscode/launch.json": (lines('"label_printer",'),),
    ".env.example": (
        words(
            "for an answer of NATS, and for a call to S3, which is tried twice. Work must "
            "have more "
            "time than a call in it, periodic work twice its decoder's.",
            "and for an answer of NATS.",
        ),
    ),
    f"{_BESIDE}/CONTRIBUTING.md": (
        words("| code that uses NATS or SQS |", "| code that uses NATS |"),
        words(
            "start their own nats-server, SQS, PostgreSQL",
            "start their own nats-server, PostgreSQL",
        ),
    ),
    f"{_BESIDE}/AGENTS.md": (words("`nats_server`, `sqs_server` and", "`nats_server` and"),),
    f"{_BESIDE}/deploy/terminal.bashrc": (block("aws sqs send-message"),),
}
