"""One order's way as a waterfall: each step with its waiting, its working and its cause.

Read `span` first. `records` reads what is stored about an order: rows, and the hops of the feed.
`from_web`, `from_outbox` and `from_mails` make spans of it, and `drawn` places them on one scale.
A time that no row and no hop has is None: the page says that it is not recorded.
"""
