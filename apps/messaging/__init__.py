"""Everything that knows NATS and SQS, and nothing that knows the shop: a folder for each pattern.

    pubsub           core publish-subscribe and queue groups: fast, not stored
    request_reply    a question and its answer, within a time limit
    outbox           a message leaves if and only if its transaction commits
    events           JetStream: delivered at least once, effective once
    jobs             SQS: receive, process, delete
    recovery         dead letters sent again, streams read again

What the patterns stand on, the lowest first; nothing imports a folder above its own:

    message, errors, models     the wire format, what can go wrong, the tables
    hooks, worker               points to watch or to break; lifecycle, heartbeat, time limits
    handling, brokers           one attempt and its verdict; connections to NATS and SQS

Above them all is `operations`: provisioning, status, metrics. Each folder's `__init__` says what
it promises, when not to use it, and which file to read first.
"""
