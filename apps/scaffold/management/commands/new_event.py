"""`manage.py new_event orders.shipped --app orders`: an event, and the process that handles it."""

from pathlib import Path

from apps.scaffold.management.scaffold_command import ScaffoldCommand
from apps.scaffold.new_event import new_event
from apps.scaffold.tree import Tree


class Command(ScaffoldCommand):
    help = "Write a new event: contract, outbox, handler, worker, service, rights, map and test."
    named, example = "SUBJECT", "orders.shipped"

    def edits(self, root: Path, name: str, app: str) -> Tree:
        return new_event(root, name, app)
