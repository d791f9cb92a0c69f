"""Operations: functions for the operator, over HTTP and on the command line.

`provisioning` is the only place that creates declared streams and durables, `purging` the only one
that purges streams and queues. `status` shows the processes and the waiting messages, `metrics`
the same for Prometheus, `journey` the way of one key. `pruning` deletes old rows (`sent_rows` says
which of the outbox), `erasure` personal data.

Provisioning can be repeated at any time, and deletes nothing. Do not use it for a decision
of the domain: a status is read without locks, and may be old at once. Read `status` first.
"""
