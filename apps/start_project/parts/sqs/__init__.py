"""The part `sqs`: the pattern, its queues, and all that sends to them or reads them.

Celery rides on SQS, so it goes along. What was a job is work on a table then: the rows of photos
and of mails say what is due, and `periodic` of the part `celery` is the loop of their workers.
"""

from apps.start_project.parts.part import Part, joined
from apps.start_project.parts.sqs.bench import BENCH
from apps.start_project.parts.sqs.code import CODE
from apps.start_project.parts.sqs.demo import DEMO
from apps.start_project.parts.sqs.deploy import DEPLOY
from apps.start_project.parts.sqs.entry_points import ENTRY_POINTS
from apps.start_project.parts.sqs.guides import GUIDES
from apps.start_project.parts.sqs.long_pages import LONG_PAGES
from apps.start_project.parts.sqs.mails import MAILS
from apps.start_project.parts.sqs.messaging import MESSAGING
from apps.start_project.parts.sqs.operated import OPERATED
from apps.start_project.parts.sqs.pages import PAGES
from apps.start_project.parts.sqs.photos import PHOTOS
from apps.start_project.parts.sqs.running import RUNNING
from apps.start_project.parts.sqs.site import SITE
from apps.start_project.parts.sqs.tests_of_demo import DEMO_TESTS
from apps.start_project.parts.sqs.tests_of_deploy import DEPLOY_TESTS
from apps.start_project.parts.sqs.tests_of_messaging import MESSAGING_TESTS
from apps.start_project.parts.sqs.tests_of_operations import OPERATIONS_TESTS
from apps.start_project.parts.sqs.tests_of_processes import PROCESS_TESTS
from apps.start_project.parts.sqs.tests_of_shop import SHOP_TESTS
from apps.start_project.parts.sqs.tests_of_site import SITE_TESTS
from apps.start_project.parts.sqs.with_celery import WITH_CELERY
from apps.start_project.parts.sqs.with_shop import WITHOUT_SHOP

INSTEAD = "apps/start_project/parts/sqs/instead"
_OF_CELERY = "apps/start_project/parts/celery/instead"

_REWORDED = (
    # So many are left, also where another part has taken one already.
    (r"assert len\(found\) == 11$", "assert len(found) == 10"),
    (r"assert len\(found\) == 12$", "assert len(found) == 11"),
    (r"assert len\(calls\) == 4$", "assert len(calls) == 1"),
    (r"assert len\(calls\) == 6$", "assert len(calls) == 3"),
    (r'^\s*ContractKind\.JOB: \("Jobs", "queue", "On SQS\. One worker gets it\."\),\n', ""),
    (r"`new_event`, `new_job` and `new_responder`", "`new_event` and `new_responder`"),
    (r"`new_event` and `new_job`", "`new_event`"),
    (r"\bor `job`, ", "or "),
    (r', "QUEUE_PREFIX": ""', ', "MEDIA_DOMAIN": ""'),
    (r"starts: servers, tables, queues,", "starts: server, tables, streams,"),
    (r'("responders", |"handlers", )"jobs", ', r"\1"),
    (
        r"price look-ups, a job; and|handler of events, a job; and",
        "price look-ups, periodic work; and",
    ),
    (
        r"an event and its consumer, a job, and a request",
        "an event and its consumer, and a request",
    ),
    (r"an event and its consumer, and a job\.", "an event and its consumer."),
    (r"then `handlers`, `jobs` and `responders`\.", "then `handlers` and `responders`."),
    (r"then `handlers` and\s+`jobs`\.", "then `handlers`."),
    (r"shows (?:five|four) messaging patterns", "shows messaging patterns"),
    (r", sqs_url=(?:bench|prepared)\.sqs_url", ""),
    (r'"NATS_PORT", "AWS_PORT"\)', '"NATS_PORT")'),
    (r'^\s*"AWS_PORT": str\(free_port\(\)\),\n', ""),
    (r', "AWS_PORT": (?:free_port\(\)|"1")', ""),
    (
        r", settings\.AWS_PORT = \(free_port\(\) for _ in range\(3\)\)",
        " = (free_port() for _ in range(2))",
    ),
    (r"nats_port=1, aws_port=[12]", "nats_port=1"),
    (r" = settings\.MESSAGING_QUEUES = \[\]", " = []"),
    (r"^\s*settings\.MESSAGING_QUEUES = .*\n", ""),
    (r'^\s*"apps\.notifications\.contract\.CONTRACTS",\n', ""),
    (r"\btasks\.OVERDUE\b", "tasks.SEEN_LATELY"),
    (r', pytest\.mark\.usefixtures\("queues"\)\]', "]"),
    (r'^\s*pytest\.mark\.usefixtures\("queues"\),\n', ""),
    (r"mail_jobs import mails_in, send_job", "mail_jobs import mails_in"),
    (r"\(enqueued: list\[int\]\)", "()"),
    (r"^(\s+)enqueued: list\[int\],[ ]?", r"\1"),
    (r"\bsqs_server\b", "aws_server"),
    (r"\b_sqs_server\b", "_aws_server"),
    (r'wakeup\.send\("sqs"\)', 'wakeup.send("jetstream")'),
    (r"\bjob(\\?)\.heartbeat", r"consumer\1.committed"),
    (r'"job\.polling', '"core.publishing'),
    (r'"job\.deleting', '"relay.publishing'),
)
"""Names that stand in many files, and what stands there then."""

SQS = Part(
    name="sqs",
    what="the pattern and its server, with celery; loops send mails and resize photos",
    paths=(
        "apps/demo/supervisor/moto_server.py",
        "apps/images/jobs.py",
        "apps/images/rescue.py",
        "apps/messaging/brokers/queue_names.py",
        "apps/messaging/brokers/sqs.py",
        "apps/messaging/brokers/sqs_repeated_calls.py",
        "apps/messaging/jobs",
        "apps/messaging/operations/examined_queues.py",
        "apps/messaging/outbox/sqs_publisher.py",
        "apps/messaging/testing/working.py",
        "apps/scaffold/management/commands/new_job.py",
        "apps/scaffold/new_job.py",
        "apps/scaffold/templates/job",
        *(
            f"{_OF_CELERY}/{path}"
            for path in (
                "apps/notifications",
                "deploy",
                "docs",
                "tests/notifications",
                "workers",
            )
        ),
        *("bench/figures/growth.py", "bench/figures/jobs.py"),
        "bench/figures/resize.py",
        "bench/floors/sqs_loop.py",
        "bench/peers/sqs_workers_loop.py",
        "bench/programs/empty_jobs.py",
        "bench/programs/resize_in_memory.py",
        "deploy/iam/dead_letter_collector.json",
        "deploy/iam/outbox_relay.json",
        "deploy/iam/provision.json",
        "deploy/iam/web.json",
        *(f"docs/contracts/{folder}jobs" for folder in ("", "examples/", "released/")),
        "docs/example/apps/parcels/jobs.py",
        "docs/example/deploy",
        "docs/example/docs/contracts/examples/jobs",
        "docs/example/tests/parcels/test_jobs.py",
        "docs/example/workers/label_printer.py",
        "docs/sqs-jobs.md",
        "findings/botocore-*.sh",
        "findings/moto-*.sh",
        "tests/acceptance/test_sqs.py",
        "tests/demo/supervisor/test_moto_server.py",
        "tests/deploy/test_iam_refusals.py",
        "tests/failures/test_backup_at_aws.py",
        "tests/failures/test_jobs.py",
        "tests/failures/test_lost_lease.py",
        "tests/images/test_image_resizer.py",
        "tests/images/test_jobs.py",
        "tests/messaging/handling/test_hanging_part.py",
        "tests/messaging/brokers/test_queue_names.py",
        "tests/notifications/test_handler_batches.py",
        "tests/images/test_storage_outage.py",
        "tests/messaging/brokers/test_sqs.py",
        "tests/messaging/brokers/test_sqs_repeated_calls.py",
        "tests/messaging/jobs",
        "tests/images/test_rescue.py",
        *("tests/messaging/metrics/test_jobs.py", "tests/messaging/tracing/test_jobs.py"),
        "tests/messaging/operations/test_examined_queues.py",
        "tests/messaging/recovery/test_redrive_on_sqs.py",
        "tests/messaging/recovery/test_silent_dead_letter_queue.py",
        "tests/messaging/support/jobs.py",
        "tests/messaging/testing/test_work.py",
        "tests/orders_site/conf/test_aws_access.py",
        "tests/orders_site/http/test_probes_served.py",
        "tests/system/test_photos_survive.py",
    ),
    cuts=joined(
        *(MESSAGING, RUNNING, ENTRY_POINTS, CODE, SITE, PHOTOS, MAILS, DEMO, DEPLOY, BENCH),
        *(PAGES, GUIDES, LONG_PAGES, OPERATED),
        *(MESSAGING_TESTS, OPERATIONS_TESTS, SHOP_TESTS, SITE_TESTS, DEMO_TESTS),
        *(PROCESS_TESTS, DEPLOY_TESTS),
    ),
    cuts_without={"celery": WITH_CELERY, "sample-shop": WITHOUT_SHOP},
    settles=(
        ".env.example",
        "orders_site/checks/aws.py",
        "orders_site/conf/messaging.py",
        "tests/failures/conftest.py",
    ),
    reworded=_REWORDED,
    written_again=(
        "-m bench.redraw",
        "manage.py contracts",
        "-m tests.released_migrations",
        "-m tests.deploy.rights_page --keep-tables",
    ),
    along=("celery", "lab"),
    added=(INSTEAD,),
)
