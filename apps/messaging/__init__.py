"""Everything that knows NATS and SQS: one file a pattern, named after it.

broadcast.py        core publish-subscribe, fire and forget
queue_group.py      core queue group: one member gets each
request_reply.py responder.py
                    ask, and be answered or told why not
outbox.py relay.py  events and jobs that leave if and only if the transaction commits
streams.py          what JetStream keeps, and who reads it
consumer.py inbox.py dead_letters.py
                    durable consumption: at least once here, effectively once there
job_queue.py        SQS: receive, process, delete
seams.py            where all of it can be broken on purpose
"""
