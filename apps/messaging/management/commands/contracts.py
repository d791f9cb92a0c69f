"""`manage.py contracts`: write the schemas of all messages, or check them and compare releases."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.messaging.contracts.declared import ContractIncomplete, declared_contracts
from apps.messaging.contracts.declaring import Contract
from apps.messaging.contracts.folder import (
    RELEASED,
    expected_files,
    files_in,
    schemas,
    verdicts,
    write,
)

BREAKING = (
    "a released version may not change so: give the message a new version (docs/extending.md). "
    "If no other reader or writer is left, `manage.py contracts --release` accepts it."
)


class Command(BaseCommand):
    help = "Write docs/contracts from the code, and say what differs from the last release."

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_mutually_exclusive_group()
        doing.add_argument("--check", action="store_true", help="write nothing; fail if it is old")
        doing.add_argument(
            "--release", action="store_true", help="write also the schemas of this release"
        )
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs/contracts")

    def handle(self, *args: Any, check: bool, release: bool, folder: Path, **options: Any) -> None:
        contracts = declared_contracts()
        try:
            files = expected_files(contracts, folder)
        except ContractIncomplete as error:
            raise CommandError(str(error)) from error
        if check:
            self._require_current(files, folder)
        else:
            write(files, folder)
        if release:
            write(schemas(contracts), folder / RELEASED)
        self._judge(contracts, folder)

    def _require_current(self, files: dict[str, str], folder: Path) -> None:
        found = files_in(folder)
        stale = sorted(name for name in {*files, *found} if files.get(name) != found.get(name))
        if stale:
            raise CommandError(
                f"not what the code says: {', '.join(stale)} in {folder}; "
                "run `manage.py contracts`, and commit what it writes"
            )

    def _judge(self, contracts: list[Contract], folder: Path) -> None:
        found = list(verdicts(contracts, folder))
        for verdict in found:
            self.stdout.write(str(verdict))
        if not found:
            self.stdout.write("The contracts are those of the last release.")
        if any(verdict.hits for verdict in found):
            raise CommandError(BREAKING)
