"""Durable events, continued: the same from a terminal, and the page's questions."""

from apps.lab.patterns.pattern import Command, QuizQuestion

TERMINAL = (
    Command(
        does="Receive the events as they are published",
        line='nats sub "orders.>"',
        sdk='events = await nc.subscribe("orders.>")\nprint(await events.next_msg(timeout=60))',
        js='const events = nc.subscribe("orders.>");\nfor await (const event of events) {\n'
        "  console.log(event.subject, event.string());\n}",
        note="You receive what is published while you listen, and nothing from before.",
    ),
    Command(
        does="What the stream stores, and the last message of a subject",
        line="nats stream info ORDERS\nnats stream get ORDERS --last-for orders.placed",
        sdk='print((await js.stream_info("ORDERS")).state)\n'
        'print((await js.get_last_msg("ORDERS", "orders.placed")).data)',
        js='console.log((await jsm.streams.info("ORDERS")).state);\n'
        'const last = { last_by_subj: "orders.placed" };\n'
        'console.log((await jsm.streams.getMessage("ORDERS", last)).string());\n'
        "await nc.drain();",
        note="The stream of a new shop is empty, and the answer is `no message found`: buy "
        "something first.",
    ),
    Command(
        does="Who reads it, and how far each has come",
        line="nats consumer report ORDERS",
        sdk='for each in await js.consumers_info("ORDERS"):\n'
        "    print(each.name, each.num_pending, each.num_ack_pending)",
        js='for await (const each of jsm.consumers.list("ORDERS")) {\n'
        "  console.log(each.name, each.num_pending, each.num_ack_pending);\n}\n"
        "await nc.drain();",
    ),
    Command(
        does="A durable of your own: one event, acknowledged",
        line="nats consumer add ORDERS workers --pull --ack explicit --defaults\n"
        "nats consumer next ORDERS workers --ack",
        sdk='mine = await js.pull_subscribe("orders.>", durable="workers", stream="ORDERS")\n'
        "for event in await mine.fetch(1, timeout=5):\n"
        "    print(event.subject, event.metadata.sequence.stream)\n    await event.ack()",
        js='await jsm.consumers.add("ORDERS", { durable_name: "workers", ack_policy: "explicit" });'
        '\nconst mine = await js.consumers.get("ORDERS", "workers");\n'
        "const event = await mine.next();\n"
        "console.log(event.subject, event.seq);\nevent.ack();\nawait nc.drain();",
        note="It begins at the first event that is stored. Without an acknowledgement the same "
        "event comes again after the ack wait. Afterwards: `nats consumer rm ORDERS workers "
        "--force`",
    ),
    Command(
        does="Publish something that is no event of the shop",
        line='nats pub orders.placed \'{"id": 42, "total": 19.99}\'',
        sdk='ack = await js.publish("orders.placed", b\'{"id": 42, "total": 19.99}\')\n'
        "print(ack.stream, ack.seq)",
        js="const body = JSON.stringify({ id: 42, total: 19.99 });\n"
        'const ack = await js.publish("orders.placed", body);\n'
        "console.log(ack.stream, ack.seq);\nawait nc.drain();",
        note="It is stored, and each consumer of `orders.placed` makes a dead letter of it.",
    ),
)

QUESTIONS = (
    QuizQuestion(
        slug="when-jetstream",
        asks="When are the disk and the acknowledgements of JetStream worth their cost?",
        choices=(
            "When latency must be as low as possible",
            "When messages must survive a restart, or be read by a later consumer",
            "When there is no subscriber",
            "When you want an answer",
        ),
        answer=1,
        why="Core NATS is faster, and stores nothing. A stream is for messages that must not be "
        "lost, and for later consumers, which may read it from the beginning.",
        experiment="replay-sales",
    ),
    QuizQuestion(
        slug="crash-before-ack",
        asks="A consumer commits its transaction and dies before it acknowledges. What happens?",
        choices=(
            "The event is lost",
            "The event comes again, and its effect happens twice",
            "The event comes again, and the inbox shows that it was handled",
            "JetStream sees the commit and does not deliver again",
        ),
        answer=2,
        why="The broker does not know your commit, and delivers again after the ack wait. The same "
        "commit stored the event's id in the inbox, so the handler is not called.",
        experiment="crash-before-ack",
    ),
    QuizQuestion(
        slug="published-twice",
        asks="The relay publishes an event, and dies before it can mark its row as sent. How many "
        "times is the event in the stream?",
        choices=("Never", "Once", "Twice"),
        answer=1,
        why="The next relay publishes the row again with the same `Nats-Msg-Id`. Within its "
        "duplicate window of ten minutes the stream drops the repeat; later, the inbox skips it.",
        experiment="duplicate-publish",
    ),
    QuizQuestion(
        slug="without-outbox",
        asks="Why not publish to JetStream right after the commit, without an outbox?",
        choices=(
            "It would be slower",
            "If NATS is away, or the process dies in between, an order has no event",
            "JetStream rejects publishers that hold a transaction",
        ),
        answer=1,
        why="A database and a broker cannot commit together. The outbox row is committed with the "
        "order, so the event follows whatever happens in between.",
        experiment="outbox-off",
    ),
)
