"""What the shop has in the commands for new messages."""

from apps.start_project.parts.cuts import lines, words
from apps.start_project.parts.part import Cuts

_COMMANDS = "apps/scaffold/management/commands"

SCAFFOLD: Cuts = {
    "apps/scaffold/trial.py": (
        lines('"docs/rights.md",'),
        words('("docs/contracts", "docs/rights.md")', '("docs/contracts",)'),
        lines('("-m", "tests.deploy.rights_page", "--keep-tables"),'),
        words(
            "What makes them from the code and from the rights.", "What makes them from the code."
        ),
        words("in the contracts and the rights.", "in the contracts."),
    ),
    f"{_COMMANDS}/new_event.py": (
        words(
            "orders.shipped --app orders`: an event, and the process that handles it",
            "parcels.shipped --app parcels`: an event, and its process",
        ),
        words('"orders.shipped"', '"parcels.shipped"'),
    ),
    f"{_COMMANDS}/new_job.py": (words("--app orders", "--app parcels"),),
    f"{_COMMANDS}/new_responder.py": (
        words("stock.lookup --app catalog", "van.lookup --app parcels"),
        words('"stock.lookup"', '"van.lookup"'),
    ),
    "apps/scaffold/new_job.py": (
        lines('"logical": names.camel(queue),'),
        lines("add_to_stack(tree, names.camel(queue))"),
    ),
    "apps/scaffold/processes.py": (
        lines('("deploy/prometheus.yml", "          - {}", ""),'),
        lines('("deploy/compose.cluster.yml", "  {}:", " *two"),'),
    ),
}
