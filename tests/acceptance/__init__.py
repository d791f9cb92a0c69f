"""The shop as strangers meet it: over HTTP, NATS and SQS addresses, with clients of their own.

Nothing here imports the shop. What is played here runs against the demo, against compose, and
against any shop whose addresses are given: see `fixtures.py`.
"""
