"""The whole shop on one machine: `manage.py demo` runs it, `manage.py prove` breaks it.

Read `start` first: the order in which the demo starts. `supervisor` runs its processes, `seed`
fills its shop, `chaos` is the test behind `prove`, `retail` imports a retailer's files.
"""
