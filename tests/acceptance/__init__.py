"""The shop as foreign clients use it: only by its HTTP, NATS and SQS addresses.

Nothing here imports the shop. The tests run against the demo, against compose, and against any shop
whose addresses are given: see `fixtures.py`.
"""
