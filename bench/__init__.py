"""How fast the shop is, beside floors, peers and an earlier build: `make bench`.

Read `docs/performance.md` first, then `figures/relay.py`, then `kit/`.
"""
