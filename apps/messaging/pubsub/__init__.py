"""Core NATS publish-subscribe and queue groups: fast, without storage, at most once.

A message reaches those who are subscribed at that moment; in a queue group one member gets it. Do
not use it for what must not be lost: `outbox` and `events` are for that. Read `broadcast` first.
"""
