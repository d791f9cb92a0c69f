"""The map's lines of what a visitor types in the terminal: a job, a preview, an event."""

from apps.lab.map.parts import Edge, runs
from apps.lab.map.typed_points import JETSTREAM, RECEIVED, SENT, SETTLED, SQS

TYPED = "terminal"
"""The page of what is typed by hand."""
TYPED_EDGES = (
    Edge(
        "typed-job",
        "terminal",
        "jobs",
        TYPED,
        runs(f"{SENT} <{RECEIVED} {SETTLED}", consumer=SQS, destination="jobs"),
    ),
    Edge("typed-preview", "terminal", "resizers", TYPED, runs(SENT, destination="jobs.")),
    Edge(
        "typed-event",
        "terminal",
        "stream",
        TYPED,
        runs(SENT, destination="orders.") + runs(f"<{RECEIVED} {SETTLED}", consumer=JETSTREAM),
    ),
)
