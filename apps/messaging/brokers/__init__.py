"""Connections to the two brokers, NATS and SQS, and the fixes that their clients need.

Nothing here knows a pattern. There are two ways to NATS: `nats_for_workers` from a worker's event
loop, and `nats_for_threads` from Django's threads. Both use `nats_connection`. `sqs` is the way to
SQS. `sqs_repeated_calls` and `nats_quick_sends` make the most frequent calls quick. `nats_py_fixes`
lists the bugs of nats-py, and works around them; so do `jetstream_fixes` for publishing and
`jetstream_pull` for pulling.

It promises a connection that is made again after an outage, not that a message arrives. Do not use
it in an app: an app uses a pattern. Read `nats_for_workers` first.
"""
