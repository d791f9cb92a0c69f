"""What SQS has in long pages: sections and rows about its loop, its limits and its stand-ins."""

from apps.start_project.parts.cuts import block, lines, paragraph, section, words
from apps.start_project.parts.part import Cuts

LONG_PAGES: Cuts = {
    "docs/decisions.md": (
        block("* [The loop of jobs goes on while SQS answers]"),
        section("The loop of jobs goes on while SQS answers"),
        paragraph("Workers of jobs have the same brake and the same hour"),
        block("* [A repeated job, or a new request for the same]"),
        section("A repeated job, or a new request for the same"),
        words("call to NATS, SQS or S3. Only", "call to NATS or S3. Only"),
        words(
            "(a request, a handler, a job, a standstill)",
            "(a request, a handler, periodic work, a\nstandstill)",
        ),
        words(
            "of jobs only the calls to SQS do so, in "
            "[`receipts.py`](../apps/messaging/jobs/receipts.py), and no loop. "
        ),
        words(
            "A person with only Docker has neither `nats` nor `aws`. We build an image "
            "from Debian's packages and NATS's sources, because no public image has both.",
            "A person with only Docker has no `nats`. We build an image from Debian's "
            "packages and NATS's sources.",
        ),
        words(
            "The demo's moto has a quick clock "
            "([`moto_server.py`](../apps/demo/supervisor/moto_server.py)). "
        ),
    ),
    "docs/operations.md": (
        words("(database, NATS, SQS, workers)", "(database, NATS, workers)"),
        words("why does an event or a job wait?", "why does an event wait?"),
        words(
            "the demo ignores it, `aws` and your own programs obey it",
            "the demo ignores it, your own programs obey it",
        ),
        words(
            "the message's seventh end (a job's sixth) is a dead letter",
            "the message's seventh end is a dead letter",
        ),
        block("| SQS | "),
        block("| each queue | `shop_queue_visible`"),
        block("| [JobsWait](on-call.md#jobswait) |"),
        words(
            "| one subject, stream or queue accepts nothing",
            "| one subject or stream accepts nothing",
        ),
        words(
            "NATS and SQS permit it to the shop's senders alone",
            "NATS permits it to the shop's senders alone",
        ),
        words(
            "a service that a handler of events or jobs needs, as the storage of pictures "
            "| ten events, or jobs, with the same error pause the consumer, or the worker.",
            "a service that a handler of events needs | ten events with the same error "
            "pause the consumer.",
        ),
        words(
            "Nothing is given up within `EVENT_RETRY_SECONDS` and `JOB_RETRY_SECONDS`, an "
            "hour each",
            "Nothing is given up within `EVENT_RETRY_SECONDS`, an hour",
        ),
        words("or do the slow part in a job.", "or do the slow part in\nperiodic work."),
        words("An event or a job is tried again.", "An event is tried again."),
        block("| a job; `when_dead` of its queue |"),
        words("; of the relay each transport, of the collector each queue | 90", " | 90"),
        words(
            " · `tests/messaging/handling/test_hanging_part.py` "
            "`test_a_relay_with_one_hanging_transport_ends` · "
            "`test_a_collector_with_one_hanging_queue_ends`"
        ),
        words(
            "the machine is the cause, and the job is tried again.",
            "the machine is the cause, and the photo is tried again.",
        ),
        words(
            "the form asks for the picture again, and a job is tried again | "
            "`tests/images/test_hostile_pictures.py` "
            "`test_long_work_is_dead_lettered_with_the_reason` · "
            "`test_a_slow_inspection_is_ended`",
            "the form asks for the picture again, and `image_resizer` tries again | "
            "`tests/images/test_hostile_pictures.py` `test_a_slow_inspection_is_ended`",
        ),
        words(
            "`tests/orders_site/http/test_slow_served.py` "
            "`test_probes_of_a_stopped_sqs_leave_pages_their_threads` · "
        ),
        block("| a call to SQS; a long poll |"),
        words("with the calls to NATS, SQS and S3 (E036)", "with the calls to NATS\nand S3 (E036)"),
        section("Tracing"),
        words(
            "for seven days, SQS its jobs and the inbox its entries:",
            "for seven days, and the inbox its entries:",
        ),
        words("a worker, `web`, NATS or SQS. Every", "a worker, `web` or NATS. Every"),
        lines("export SHOP_AWS_ENDPOINT_URL=http://shop.test:4566"),
        block("| `shop_queue_age_seconds` |"),
    ),
    "docs/production.md": (
        words(
            "* **Rights.** SQS and S3 with a policy for each service "
            "([`deploy/iam/`](../deploy/iam/)), and `SQS_WAIT_SECONDS=20`. A service",
            "* **Rights.** S3 with a policy for each service "
            "([`deploy/iam/`](../deploy/iam/)). A service",
        ),
        words("has its policy. Step 8 makes the queues, or checks them.", "has its policy."),
        words("`http://` for SQS, a mail server", "`http://` for S3, a mail server"),
        words("| SQS, S3 | always;", "| S3 | always;"),
        words(
            "`SQS_WAIT_SECONDS` not below `SQS_VISIBILITY_TIMEOUT`, tasks and jobs on "
            "different SQS servers, an invalid rate.",
            "an invalid rate.",
        ),
        words("(`SQS_WAIT_SECONDS=`, `PAGES=maybe`)", "(`BODY_SECONDS=`, `PAGES=maybe`)"),
        words("must not share a queue, a stream, a bucket", "must not share a stream, a bucket"),
        block("* **SQS.** In one AWS account give each shop"),
    ),
    "docs/performance.md": (
        words("**Short jobs.** Ten jobs cost two requests … event loop | 41 |"),
    ),
    "bench/results.json": (
        words('"growth": { … "title": "Longer backlogs" },'),
        words('"jobs": { … "title": "SQS jobs" },'),
        words(', "resize": { … "title": "Resizing photos" }'),
    ),
    "docs/testing.md": (
        words(
            "against a real nats-server, moto's SQS server and a real database.",
            "against a real nats-server and a real database.",
        ),
        words(
            "SQS delivers a job again while it is still being handled, PostgreSQL rejects",
            "PostgreSQL rejects",
        ),
        words(
            "The fixtures delete streams, queues and rows.", "The fixtures delete streams and rows."
        ),
        lines("kept    SQS away: 15 orders ended meanwhile, 1.5 s after the last was placed"),
        *(block(f"sqs.{fault}  ") for fault in ("stopped", "late", "half-cut")),
        block("* **SQS full or read-only.**"),
        words(
            "those are the cells of PostgreSQL, NATS, SQS and mail.",
            "those are the cells of PostgreSQL, NATS and mail.",
        ),
        words(
            "for a handler, a job or a caller without a broker: `published`, `deliver`, "
            "`work`, `answers`.",
            "for a handler or a caller without a broker:\n`published`, `deliver`, `answers`.",
        ),
        words(
            "| a real SQS server (moto) without queues; the code under test calls it |",
            "| a real S3 server (moto) without buckets; the code under test calls it |",
        ),
        block("| `queues` |"),
        paragraph("**Job.** `CUPS` is a queue, `Washer` a handler"),
        words(
            "```python # tests/messaging/jobs/test_worker.py: 25 jobs, each done and "
            "deleted … == 25 ```"
        ),
    ),
    "docs/traps.md": (
        section("SQS and its stand-ins"),
        words(" · `test_a_job_whose_handler_exits_is_dead_lettered`"),
        block("| botocore and curl use `HTTP_PROXY` even for 127.0.0.1 |"),
    ),
    "findings/README.md": (
        block("| [moto-asks-for-a-right-that-aws-lacks]"),
        block("| [moto-visibility-batch-is-refused-whole]"),
        block("| [moto-stack-update-leaves-the-queue]"),
        block("| [moto-dead-letters-of-a-queue-made-again]"),
        block("| [moto-group-comes-back-last-first]"),
        block("| [moto-refused-redrive-policy-stays]"),
        block("| [moto-attributes-take-the-policy]"),
        block("| [botocore-quota-spans-calls]"),
    ),
}
