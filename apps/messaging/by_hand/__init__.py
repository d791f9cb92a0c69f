"""What only the lab does at the brokers, for a person; no pattern uses it.

`own_durable` and `own_queue` take one message at a time, and answer it from any process.
`nats_at_terminal` and `sqs_at_terminal` make one call, as the commands `nats` and `aws` do;
`nats_messages` has what comes back. `durable_state` reads what the server knows of a durable.
`nats_without_hooks` sends the lab's own messages, from each process.

It promises one try: nothing is sent again, and no failure becomes a dead letter. Do not use it in
an app: an app uses a pattern. Read `own_durable` first.
"""
