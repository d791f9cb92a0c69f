"""Core NATS publish-subscribe and queue groups: fast, without storage, at most once.

A message reaches the present subscribers; in a queue group one member gets it. Do not use it for
messages that must not be lost: `outbox` and `events` are for these. Read `broadcast` first.
"""
