"""What SQS has in the pages that guide a reader: steps, terms, a test kit."""

from apps.start_project.parts.cuts import block, lines, section, words
from apps.start_project.parts.part import Cuts

GUIDES: Cuts = {
    "docs/rights.md": (
        words(
            "| `messaging_deadletter` | all rows | all rows | read, add, change |",
            "| `messaging_deadletter` | all rows | all rows | read, add |",
        ),
        words(
            "| `images_photo` | all rows | read, change | read, change |",
            "| `images_photo` | all rows | - | read, change |",
        ),
    ),
    "docs/extending.md": (
        words(
            " or [`QUEUE_PREFIX` and accounts of NATS](production.md#several-shops-side-by-side)",
            " or [accounts of NATS](production.md#several-shops-side-by-side)",
        ),
        words(
            "the parcel, its event and its job in one transaction",
            "the parcel and its event in one transaction",
        ),
        words(
            "the consumer, which makes the notice once",
            "the consumer, which prints the label and makes the notice once",
        ),
        block("| [`contract.py`](example/apps/parcels/contract.py), [`jobs.py`]"),
        lines(".venv/bin/python manage.py new_job invoice --app orders"),
        words(
            "rights of others; policies for SQS | `deploy/nats.conf`, `deploy/iam`, "
            "`.env.example` |",
            "rights of others | `deploy/nats.conf`, `.env.example` |",
        ),
        words(
            "`MESSAGING_CONSUMERS`, `MESSAGING_QUEUES`, `MESSAGING_CONTRACTS`",
            "`MESSAGING_CONSUMERS`, `MESSAGING_CONTRACTS`",
        ),
        section("A job"),
        words("| change | event, job, broadcast, offer |", "| change | event, broadcast, offer |"),
    ),
    "docs/from-the-terminal.md": (
        words(
            "every line of a NATS and SQS tutorial against", "every line of a NATS tutorial against"
        ),
        words(
            "That terminal has `nats` and `aws`, with the addresses set.",
            "That terminal has `nats`, with the addresses set.",
        ),
        words(
            "Each of these sets `SHOP_URL`, `NATS_URL`, `AWS_ENDPOINT_URL`, keys and a "
            "region for the SQS stand-in, and `Q`, the URL of the queue `jobs`. NATS has",
            "Each of these sets `SHOP_URL` and `NATS_URL`. NATS has",
        ),
        block("| `aws` 1.x, 2.x |"),
        words(
            "`@nats-io/transport-node @nats-io/jetstream`; `@aws-sdk/client-sqs` | NATS's "
            "ignores a user in `NATS_URL`, and reads none of these variables by itself; "
            "AWS's reads the address … and works |",
            "`@nats-io/transport-node @nats-io/jetstream` | ignores a user in `NATS_URL`, "
            "and reads none of these variables by itself |",
        ),
        words('For SQS: … Q = os.environ["Q"]\n```'),
        section("SQS"),
    ),
    "docs/glossary.md": (
        words(
            "which are those of NATS, SQS and the literature",
            "which are those of NATS and the literature",
        ),
        words("pauses a consumer or a job worker after", "pauses a consumer after"),
        words(
            "the subject or the queue that a message is sent to",
            "the subject that a message is sent to",
        ),
        words(
            "a repeated sign of life: of a process in its row; of a job, so that SQS hides "
            "it for longer",
            "a repeated sign of life of a process, in its row",
        ),
        words(
            "| has the same effect when it is done twice | [SQS jobs](sqs-jobs.md) |",
            "| has the same effect when it is done twice | "
            "[`images/tasks.py`](../apps/images/tasks.py) |",
        ),
        *(
            block(f"| **{term}** |")
            for term in ("job", "long polling", "receipt handle", "slot", "visibility timeout")
        ),
        words(
            "create streams, durables and queues as declared; no worker creates a stream "
            "or a durable. A worker makes a queue again that a local SQS server has lost",
            "create streams and durables as declared; no worker creates a stream or a durable",
        ),
        words("delete all messages of a stream or a queue |", "delete all messages of a stream |"),
        words("with `term` at JetStream or a delete at SQS.", "with `term` at JetStream."),
        words("`nak` at JetStream, visibility at SQS |", "`nak` at JetStream |"),
        words(
            "`Ack`, `Retry` or `Reject`; at SQS also `NotOurs`, if another worker has the job",
            "`Ack`, `Retry` or `Reject`",
        ),
    ),
    "docs/queue-group.md": (
        words("which take the way through SQS.", "which `image_resizer` makes."),
        words(
            "no backlog. [SQS jobs](sqs-jobs.md) have all three.",
            "no backlog. [Durable events](durable-events.md) have all three.",
        ),
    ),
    "docs/test-your-handler.md": (
        words("write a handler, a job or a caller.", "write a handler or a caller."),
        block("| `work(job, handler)` |"),
        section("A job"),
        words("`deliver` and `work` fail the test", "`deliver` fails the test"),
        words("```python # tests/images/test_jobs.py: a job that can never succeed … resize) ```"),
    ),
}
