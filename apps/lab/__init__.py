"""The lab: web pages on which every message of the shop is seen, broken on purpose, and recovers.

The shop runs without it: delete the folder. Read `live` first: it starts the lab in each process.

    map          the drawing of all processes and brokers, and which message belongs on which line
    feed         hops: each process reports the messages that pass its hooks; `web` keeps the last
    faults       what can be broken at a hook, and each process's copy of the table of faults
    orders       real orders: one, up to 50 a second, and the way back to the seeded state
    consumer     a durable and a queue of a visitor's own, from which they take messages
    patterns     the text, buttons and code of each pattern's page, and the way of one message
    waterfall    one order: what waited, what worked, and what caused what
    inside       the stream's cursors, the queues' timers, and the members of each group
    experiments  a prediction, a run, and what was counted
    terminal     lines of `nats` and `aws`, typed in the page and run on the real brokers
    course       lessons, each of which hears in the shop whether its steps are done
    member       a process that an experiment starts, and may kill
    pages        the views of all this

The lab uses the shop through its public services and queries.
"""
