"""Five of the six patterns on NATS and SQS, a folder for each; nothing here knows the shop.

    pubsub           core publish-subscribe and queue groups: fast, not stored
    request_reply    a request and its answer, within a time limit
    outbox           a message leaves if and only if its transaction commits
    events           JetStream: delivered at least once, effective once
    jobs             SQS: receive, process, delete
    recovery         dead letters sent again, streams read again

The sixth pattern is Celery on SQS: its application and its transport are in
`orders_site/celery`, because the project has one Celery application. Its tasks are in
`tasks.py` of the apps.

The patterns use these, the lowest first; no folder imports one above its own:

    errors, hooks, models       the errors, points to watch or to break, the tables
    message, worker             the wire format; lifecycle, heartbeat, time limits
    handling, brokers           one attempt and its verdict; connections to NATS and SQS

`operations` is above them all: provisioning, status, metrics. The `__init__` of each folder says
what it promises, when not to use it, and which file to read first.
"""
