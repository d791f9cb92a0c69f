"""`manage.py new_responder stock.lookup --app catalog`: a request, and the process that answers."""

from pathlib import Path

from apps.scaffold.management.scaffold_command import ScaffoldCommand
from apps.scaffold.new_responder import new_responder
from apps.scaffold.tree import Tree


class Command(ScaffoldCommand):
    help = "Write a new responder: contract, client, worker, service, rights, map and test."
    named, example = "SUBJECT", "stock.lookup"

    def edits(self, root: Path, name: str, app: str) -> Tree:
        return new_responder(root, name, app)
