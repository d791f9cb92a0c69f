"""Parcels: what was sent, its label, and the notice to its receiver.

One small app with an event and its consumer, a job, and a request with its answer. Read `services`
first, then `handlers`, `jobs` and `responders`.
"""
