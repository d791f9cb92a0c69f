"""Everything that knows NATS and SQS, and nothing that knows the shop.

The patterns, a file each:

    broadcast        core publish-subscribe, fire and forget
    queue_group      core queue group: one member gets each
    request_reply    ask, and be answered or told why not; `responder` is the other side
    outbox, relay    a message leaves if and only if its transaction commits; the relay sends it
    streams          what JetStream keeps, and who reads it
    consumer, inbox  delivered at least once, effective once; `delivery` handles each delivery
    job_queue        SQS, the sending side; `job_worker`: receive, process, delete
    judging          what becomes of a message after one attempt, of either broker; `verdicts`
    dead_letters     what was given up, with its reason; `redrive` lets it out again
    replay           a stream is read again, for a projection that is built anew

What they stand on:

    message, errors, models      the wire format, what can go wrong, the tables; `leases` on rows
    connection, background_loop  NATS from a worker, and from Django's threads
    provisioning                 the only place that may create streams, durables and queues
    emptying                     the only place that purges them, for a shop that begins anew
    liveness, status, journey    who lives, what waits, where an order is; `jetstream_state`,
                                 `status_warnings`: what the status is made of
    looking, outage              how long a question waits, what the log says of what lasts
    hooks, faults                where all of it can be watched, or broken on purpose
    side_channel                 what those who watch tell each other
"""
