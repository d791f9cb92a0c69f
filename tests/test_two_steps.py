"""A migration leaves what the running release uses: a new version is rolled out without a stop."""

import io
import shutil
import uuid
from pathlib import Path, PurePosixPath

import pytest
from django.core.management import call_command
from django.db import connection
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser
from pytest_django.fixtures import Settings

from tests.released_migrations import LIST, ROOT, present

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="its SQL is that of PostgreSQL"),
]

MIGRATION = """
from django.db import migrations, models
from django.db.models import F

class Migration(migrations.Migration):
    dependencies = [("messaging", "{last}")]
    operations = [migrations.{operation}]
"""
BREAKS = {
    'RemoveField("inboxentry", "handled_at")': "DROPPING columns",
    'RenameField("inboxentry", "consumer", "reader")': "RENAMING columns",
    'DeleteModel("InboxEntry")': "DROPPING table",
    'AlterModelTable("inboxentry", "handled")': "RENAMING tables",
    'AddField("inboxentry", "by", models.TextField(default=""))': "NOT NULL constraint on columns",
}
LEAVES_ALL = [
    'AddField("inboxentry", "by", models.TextField(null=True))',
    'AddField("inboxentry", "by", models.TextField(db_default=""))',
    'CreateModel("Box", [("id", models.BigAutoField(primary_key=True))])',
    'AddIndex("inboxentry", models.Index(F("handled_at"), name="inbox_age"))',
]


def what_breaks(app: str, migration: str) -> list[str]:
    """Return what the code of the release before could no longer do beside this migration."""
    statements = call_command("sqlmigrate", app, migration, stdout=io.StringIO())
    errors, *_ = analyse_sql_statements(PostgresqlAnalyser, statements.splitlines())
    return [error.message for error in errors]


def test_no_new_migration_takes_what_the_running_release_uses() -> None:
    """Do it in two releases: the first no longer uses it, the second has this migration."""
    released = {line.split()[1] for line in LIST.read_text().splitlines()}
    new = [PurePosixPath(path) for path in present() if path not in released]
    broken = {str(path): what_breaks(path.parts[1], path.stem) for path in new}
    assert {path: found for path, found in broken.items() if found} == {}


@pytest.fixture
def migrate_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Path:
    """Make a next migration of `messaging`, whose operation the test writes."""
    package = f"migrations_{uuid.uuid4().hex}"  # Python loads a module of one name once.
    shutil.copytree(ROOT / "apps/messaging/migrations", tmp_path / package)
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"messaging": package}
    return tmp_path / package


def judged(folder: Path, operation: str) -> list[str]:
    last = max(path.stem for path in folder.glob("0*.py"))
    (folder / "9999_next.py").write_text(MIGRATION.format(last=last, operation=operation))
    return what_breaks("messaging", "9999_next")


@pytest.mark.parametrize(("operation", "reason"), BREAKS.items())
def test_what_old_code_needs_may_not_go(migrate_by: Path, operation: str, reason: str) -> None:
    assert reason in judged(migrate_by, operation)


@pytest.mark.parametrize("operation", LEAVES_ALL)
def test_what_is_only_added_may_come(migrate_by: Path, operation: str) -> None:
    assert judged(migrate_by, operation) == []
