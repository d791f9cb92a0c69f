"""Real orders that the lab places, what became of them, and the reset.

Read `shopping` first: it places one order as a customer does. `load` places up to 50 a second,
`snapshot` reads the state of all parts once a second, `reset` restores the seeded shop.
"""
