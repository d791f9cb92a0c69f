"""What request-reply has in pages that stay."""

from apps.start_project.parts.cuts import block, section, words
from apps.start_project.parts.request_reply.extending import EXTENDING

PAGES = {
    "README.md": (
        words(
            "shows six messaging patterns in working code: publish-subscribe, queue groups and "
            "request-reply on NATS",
            "shows five messaging patterns in working code: publish-subscribe and queue groups "
            "on NATS",
        ),
        words(
            "──(3) price.lookup──▶ price_responder ×2      ◀─(1) catalog.price_changed",
            "──(1) catalog.price_changed",
        ),
        words("a tour in twelve steps", "a tour in eleven steps"),
        words("one of 24 experiments", "one of 20 experiments"),
        words("a changed price reaches the responders", "a changed price reaches all who listen"),
        block("| 3 | [request-reply]"),
        words("how to add an event, a responder or a job", "how to add an event or a job"),
    ),
    "CONTRIBUTING.md": (
        words(
            "| a job, a request with its answer | the classes in … `jobs.py`, `responders.py` |",
            "| a job | the class in `contract.py` of its app; what handles it in `jobs.py` |",
        ),
        block("* **A responder:**"),
    ),
    "docs/cluster.md": (
        words(
            "`price_responder`, `preview_resizer` | members of a queue group: NATS gives each "
            "question, or picture, to one |",
            "`preview_resizer` | members of a queue group: NATS gives each picture to one |",
        ),
    ),
    "docs/decisions.md": (
        block("* [Prices are asked at checkout]"),
        section("Prices are asked at checkout"),
        block("* [One question for many prices has a subject of its own]"),
        section("One question for many prices has a subject of its own"),
        words(
            "the API say so (422), since no responder could give a valid answer.",
            "the API say so (422).",
        ),
        words("A question to a responder waits in its own thread, … (`inbox.py`)."),
        block("* [A wrong answer counts as no answer]"),
        section("A wrong answer counts as no answer"),
        block("* [An answer goes to an inbox, and nowhere else]"),
        section("An answer goes to an inbox, and nowhere else"),
        words("NATS cannot limit the subjects … try streams there."),
    ),
    "docs/differences.md": (
        words("-f workers.price_responder`", "-f workers.sales_consumer`"),
        words(
            "docker compose exec price_responder bash", "docker compose exec sales_consumer bash"
        ),
        words("--scale price_responder=3", "--scale preview_resizer=4"),
    ),
    "docs/durable-events.md": (
        words(
            "if a loss does no harm, and request-reply if you need an answer now.",
            "if a loss does no harm.",
        ),
    ),
    "docs/extending.md": EXTENDING,
    "docs/from-the-terminal.md": (section("Request-reply"),),
    "docs/glossary.md": (
        block("| **responder** |"),
        block("| **warm cache** |"),
    ),
    "docs/lab.md": (
        words("each of the six patterns", "each of the five patterns"),
        words("`nats pub | sub | request | reply`", "`nats pub | sub`"),
        words(", `nats micro info | stats`, and", ", and"),
    ),
    "docs/index.md": (
        words("in twelve steps", "in eleven steps"),
        words(" [request-reply](request-reply.md),"),
        words("an event, a responder or a job", "an event or a job"),
        words(
            "test a handler, a job or a caller of your own", "test a handler or a job of your own"
        ),
    ),
    "docs/operations.md": (
        words(
            "checkout answers 503, since no responder can give the price; earlier orders continue",
            "orders are taken, and continue",
        ),
        block("| an answer to `price.lookup`"),
    ),
    "docs/production.md": (
        words("before their writers: responders, consumers", "before their writers: consumers"),
    ),
    "docs/performance.md": (
        words('ONLY="relay prices"', 'ONLY="relay chain"'),
        words("* **One price.** Its question … without NATS). * **Mails.**", "* **Mails.**"),
    ),
    "docs/publish-subscribe.md": (
        words(
            "sends a new price to the price responders, which answer with it within milliseconds.",
            "sends a new price to all who listen.",
        ),
        words(
            "The pattern fits here because a loss does no harm: … for that long at most.",
            "The pattern fits here because a loss does no harm: the catalogue has the price.",
        ),
        block("| a copy that survives lost messages |"),
    ),
    "docs/rights.md": (
        words(
            "sends `price.lookup`, `price.lookup.many`, `jobs.resize`",
            "sends `jobs.resize`",
            times=2,
        ),
        block("| `price_responder` |"),
        words(
            "`orders.>`, `price.lookup`, `price.lookup.many`, `jobs.>`, `catalog.>`, `$SRV.>`",
            "`orders.>`, `jobs.>`, `catalog.>`",
            times=2,
        ),
    ),
    "docs/test-your-handler.md": (
        words("a handler, a job or a caller.", "a handler or a job."),
        block("| `answers(SERVICE)` |"),
        section("A caller"),
    ),
    "docs/testing.md": (
        words(
            "for a handler, a job or a caller without a broker: `published`, `deliver`, `work`, "
            "`answers`.",
            "for a handler or a job without a broker: `published`, `deliver`, `work`.",
        ),
        block("kept    one of two responders killed"),
        block("price_responder.stopped "),
        words("**Responder.** A foreign client asks; … ```python … ```"),
    ),
    "docs/tour.md": (
        words("one order in twelve steps", "one order in eleven steps"),
        words("of these twelve rows", "of these eleven rows"),
        words("they are seventeen files, and take", "they take"),
        words("Row 11 shows request-reply."),
        words("| 11 | … accepted | | 12 |", "| 11 |"),
    ),
    "docs/tracing.md": (block("| a price look-up is asked and answered |"),),
    "docs/traps.md": (
        words("· `tests/messaging/request_reply/test_client.py` … is_rejected_before_sending`"),
        words(
            "`tests/messaging/request_reply/test_responder.py` … stops` · `tests/messaging/pubsub",
            "`tests/messaging/pubsub",
        ),
        block("| An answer with the header `Status: 503`"),
        block("| `nats.micro` handles one request"),
        block("| `respond()` echoes"),
        block("| `request()` waits half"),
        block("| A request on a subject that a stream captures"),
        block("| `allow_responses` allows the subject"),
        block("| Core listeners drop messages silently |"),
    ),
    "docs/where.md": (
        words(
            "`price.lookup`, `price.lookup.many`: the requests, their answers, the responder",
            "the prices that we charge",
        ),
        words("[`request_reply`](../apps/messaging/request_reply), [`outbox`]", "[`outbox`]"),
        words(
            "the asking side, the responder, its warm cache; recording inside", "recording inside"
        ),
        words("| `client`, `recording`, `relay` |", "| `recording`, `relay` |"),
        words("`deliver`, `answers`", "`deliver`"),
        words("`handlers`, `responders`, `jobs`", "`handlers`, `jobs`"),
        words(
            "messages as they are sent: events; requests, answers and jobs",
            "messages as they are sent: events, jobs",
        ),
    ),
}
