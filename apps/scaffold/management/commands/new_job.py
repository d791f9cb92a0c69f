"""`manage.py new_job invoice --app orders`: a job, its queue, and the process that works on it."""

from pathlib import Path

from apps.scaffold.management.scaffold_command import ScaffoldCommand
from apps.scaffold.new_job import new_job
from apps.scaffold.tree import Tree


class Command(ScaffoldCommand):
    help = "Write a new job: contract, outbox, queue, worker, service, rights, map and test."
    named, example = "QUEUE", "invoice"

    def edits(self, root: Path, name: str, app: str) -> Tree:
        return new_job(root, name, app)
