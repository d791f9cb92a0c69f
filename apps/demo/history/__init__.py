"""The demo's past: fourteen days of orders by three customers, so that no page begins empty.

Read `past_orders` first: a table of what they ordered. `lives` makes the events of each, `adding`
stores what followed from them, `past_letter` the dead letter of one. No message of the past is in
the outbox or in a stream, so nothing is published again.
"""
