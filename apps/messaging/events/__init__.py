"""Durable events from JetStream: delivered at least once, effective once by the inbox.

The consumer acknowledges after the commit, never before. Do not use it for work that one worker
does and no other reads: that is a job. `streams` declares, `consumer` is the loop, `delivering`
handles one delivery, `inbox` knows what was handled. Read `consumer` first.
"""
