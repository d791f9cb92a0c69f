"""Operations: what an operator asks for and sees, over HTTP and on the command line.

`provisioning` is the only place that creates streams, durables and queues, `purging` the only one
that empties them. `status` says what runs and what waits, `metrics` the same for Prometheus,
`journey` where an order is. `pruning` and `erasure` delete what is old or must be forgotten.
"""
