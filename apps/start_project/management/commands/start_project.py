"""`manage.py start_project NAME DEST`: a project of your own, as a copy of this one."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.start_project.copying import start_project
from apps.start_project.errors import CannotStart
from apps.start_project.parts.offered import PARTS, parts_of
from apps.start_project.project_name import project_name


class Command(BaseCommand):
    """Asks nothing, needs no network, and leaves nothing behind where it fails."""

    help = "Copy this repository under a new name: package, image, database, roles, metrics, pages."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="small letters and digits, like tea_house")
        parser.add_argument("dest", type=Path, help="a folder that is not there yet, or empty")
        parser.add_argument("--git", action="store_true", help="make it a repository, one commit")
        parser.add_argument(
            "--without",
            action="append",
            default=[],
            choices=PARTS,
            help="; ".join(f"{part.name}: {part.what}" for part in PARTS.values()),
        )

    def handle(self, *, name: str, dest: Path, git: bool, without: list[str], **_: Any) -> None:
        root = Path(settings.BASE_DIR)
        labels = [config.label for config in apps.get_app_configs()]
        try:
            chosen = project_name(name, root=root, labels=labels)
            parts = parts_of(without)
            start_project(chosen, dest, root=root, git=git, parts=parts)
        except CannotStart as error:
            raise CommandError(str(error)) from error
        if along := [part.name for part in parts if part.name not in without]:
            self.stdout.write(
                f"{' and '.join(along)} went along, which cannot stay without {', '.join(without)}."
            )
        self.stdout.write(f"{chosen.title} is in {dest}. Run `make demo` there.")
