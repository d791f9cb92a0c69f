"""One module for each figure; its `figure(bench)` says which cases are compared."""

FIGURES = (
    "relay",
    "consumers",
    "latency",
    "chain",
    "machines",
    "growth",
    "prices",
    "price_responder",
    "placing",
    "jobs",
    "resize",
    "pages",
    "demo",
)
"""In the order in which they are measured and shown."""
