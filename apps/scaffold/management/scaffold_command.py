"""What the three commands share: the arguments, the patch, the list of what was written."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.scaffold.errors import ScaffoldError
from apps.scaffold.tree import Tree
from apps.scaffold.trial import try_out


class ScaffoldCommand(BaseCommand):
    """Writes all of a new message, or nothing."""

    requires_system_checks = ()
    named = "name"
    example = ""

    @abstractmethod
    def edits(self, root: Path, name: str, app: str) -> Tree:
        """Return the edits. Raises `ScaffoldError`."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar=self.named, help=f"like {self.example}")
        parser.add_argument("--app", required=True, help="the folder in apps/ that it goes to")
        parser.add_argument("--dry-run", action="store_true", help="print the patch, write nothing")

    def handle(self, *, name: str, app: str, dry_run: bool, **_: Any) -> None:
        try:
            tree = self.edits(Path(settings.BASE_DIR), name, app)
            try_out(tree)
            tree.check_lengths()
        except ScaffoldError as error:
            raise CommandError(str(error)) from error
        if dry_run:
            self.stdout.write(tree.diff(), ending="")
            return
        for path in tree.save():
            self.stdout.write(path)
        self.stdout.write("Restart the demo: it provisions what is new, and starts its process.")
