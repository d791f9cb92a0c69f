"""What the lab has in pages that stay."""

from apps.start_project.parts.cuts import block, paragraph, section, words

PAGES = {
    "README.md": (section("See it"),),
    "CONTRIBUTING.md": (words("; the pages that show messages: `apps/lab`"),),
    **{
        f"docs/{page}.md": (paragraph("**See it** in the running shop:"),)
        for page in (
            *("celery-on-sqs", "durable-events", "publish-subscribe", "queue-group"),
            *("replay", "request-reply", "sqs-jobs"),
        )
    },
    "docs/decisions.md": (
        words("sales ← demo, lab", "sales ← demo"),
        words(
            ", except in the demo, whose experiments want what hangs to end soon",
            ", except in the demo, in which what hangs ends soon",
        ),
        words(
            "by the variable `FAILPOINTS`, and the lab attaches to all of them.",
            "by the variable `FAILPOINTS`.",
        ),
        words(
            "A hook gets the message itself, and the lab decides what it shows of it.",
            "A hook gets the message itself.",
        ),
        paragraph("The lab publishes hops on core NATS."),
        block("* [The lab's pages in one folder, above the rest]"),
        section("The lab's pages in one folder, above the rest"),
        block("* [A terminal that is no shell]"),
        section("A terminal that is no shell"),
        block("* [A supervisor that obeys a page]"),
        section("A supervisor that obeys a page"),
        words("so links of the lab and of the admin work", "so links of the admin work"),
        words("(and one of the lab's)"),
    ),
    "docs/dead-letters.md": (
        paragraph("In the [lab](lab.md) the page of a dead letter"),
        paragraph("**See it** in the running shop:"),
    ),
    "docs/differences.md": (
        words("; `image_resizer` and `beat` use their users only to report hops to the lab"),
        block("| what the lab's experiments start |"),
        words("; an experiment of the lab makes one for itself"),
        block("| break something |"),
        block("| stop, pause, kill or scale a worker from a page |"),
        words(
            '`make manage ARGS="fault on job.polling … or `docker compose stop image_resizer` (not',
            "end the demo | `docker compose stop image_resizer` (not",
        ),
        words(
            "`/lab/reset/`; only prices, stock and photos: `make manage",
            "only prices, stock and photos: `make manage",
        ),
        words("`/lab/reset/`; `docker compose", "the same with `docker compose"),
    ),
    "docs/extending.md": (
        section("What the lab shows of it"),
        words("The user's lines that end in `# lab` allow it to publish hops."),
    ),
    "docs/from-the-terminal.md": (
        paragraph("Without either client, type the same lines"),
        words("(<http://127.0.0.1:8000/lab/dead-letters/>)"),
        words(
            "reads the same queue, and is fast. To stop it from receiving for ten minutes:",
            "reads the same queue, and is fast: repeat the lines until yours was quicker.",
        ),
        words('```sh make manage ARGS="fault on job.polling … ```'),
        words("`fault off` ends this. (Do not", "(Do not"),
        words("Watch it, break it", "Another gateway"),
        paragraph("The map at <http://127.0.0.1:8000/lab/>"),
    ),
    "docs/glossary.md": (
        words("[the lab](lab.md)", "[`journey.py`](../apps/messaging/operations/journey.py)"),
    ),
    "docs/index.md": (
        block("| watch messages, and inject faults |"),
        block("| do it by hand, in lessons that notice what you do |"),
    ),
    "docs/operations.md": (section("Breaking a running demo"),),
    "docs/production.md": (
        words("`FAILPOINTS` or the lab outside the demo", "`FAILPOINTS` outside the demo"),
        words(
            "The lab does not run in production. … deploy/nats.conf > shop.conf … "
            "The environment of each server",
            "The environment of each server",
        ),
        words("include ./shop.conf", "include ./nats.conf"),
    ),
    "docs/rights.md": (words("It does not show the rights that the [lab](lab.md) adds."),),
    "docs/testing.md": (
        block(".venv/bin/python -m pytest -p playwright -m browser tests/browser/test_lab.py"),
        words("In a running demo … the [lab](lab.md) do the same."),
    ),
    "docs/tracing.md": (words("The lab links to the trace of each way."),),
    "docs/traps.md": (
        words("`tests/deploy/test_lab_rights.py` `test_the_lab_may_do_nothing_else` ·"),
        words("· `test_an_advisory_whose_message_may_not_be_fetched_blocks_no_other`"),
    ),
    "docs/working-on-it.md": (paragraph("In a demo that runs already, stop the worker"),),
    "docs/where.md": (
        block("| [`apps/lab`](../apps/lab) |"),
        block("| [`by_hand`](../apps/messaging/by_hand) |"),
        words("Inside `apps/demo` and `apps/lab`", "Inside `apps/demo`"),
        words(
            "each has a test of its own, with the list of its floors",
            "a test of its own has the list of its floors",
        ),
        block("| [`lab/map`]"),
        block("| [`lab/faults`]"),
        block("| [`lab/patterns`]"),
        block("| [`lab/consumer`]"),
        block("| [`lab/processes`]"),
        block("| [`lab/course`]"),
        block("| [`lab/member`]"),
        block("| [`lab/terminal`]"),
        block("| [`lab/pages`]"),
        block("| files of `apps/lab` in no folder |"),
    ),
}
