"""Durable events from JetStream: delivered at least once, effective once by the inbox.

The consumer acknowledges after the commit, never before. Do not use it for work that one worker
does and no other reads: that is a job. `streams` has the declarations, `consumer` the loop,
`delivery` handles one delivery, and `inbox` stores which messages were handled. Read `consumer`
first.
"""
