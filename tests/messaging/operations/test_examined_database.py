"""What `manage.py doctor` says of the database: migrations, workers, its clock."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from apps.messaging.finding import Finding
from apps.messaging.models import WorkerInstance
from apps.messaging.operations import clock_difference, examined_database
from tests.support.migrated import migrated_back
from tests.support.ports import free_port


def found() -> dict[str, Finding]:
    return {each.name: each for each in examined_database.findings()}


@pytest.mark.django_db
def test_a_migrated_database_with_its_workers_is_well(settings: Settings) -> None:
    settings.WORKERS = {"brewer": 1}
    now = timezone.now()
    WorkerInstance.objects.create(
        name="brewer",
        instance="1",
        pid=1,
        is_ready=True,
        **dict.fromkeys(("started_at", "seen_at", "last_step_at"), now),
    )
    assert {each.state for each in found().values()} == {"ok"}


@pytest.mark.django_db
def test_a_worker_without_a_sign_of_life_is_a_warning(settings: Settings) -> None:
    settings.WORKERS = {"brewer": 1, "drinker": 1}
    said = found()["workers"]
    assert said.state == "warning"
    assert said.seen == "no sign of life of brewer, drinker"


@pytest.mark.django_db(transaction=True)
def test_a_pending_migration_is_named() -> None:
    with migrated_back("messaging", "0007_attempts_of_one_message"):
        said = found()
    assert said["migrations"].state == "broken"
    seen = said["migrations"].seen
    assert seen.startswith("not applied: messaging.0008_stream_checks")
    assert said["migrations"].mend == "manage.py migrate"
    assert "workers" not in said, "its tables may not be there"


@pytest.mark.django_db(transaction=True)
def test_a_role_of_workers_need_not_read_the_migrations(settings: Settings) -> None:
    if connection.vendor == "sqlite":
        return  # It has no roles.
    settings.WORKERS = {"brewer": 1}
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE looker")
        cursor.execute("GRANT SELECT ON messaging_workerinstance TO looker")
        cursor.execute("SET ROLE looker")
        try:
            said = found()
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute("DROP OWNED BY looker")
            cursor.execute("DROP ROLE looker")
    assert said["migrations"].state == "skipped"
    assert said["workers"].seen == "no sign of life of brewer"


@pytest.mark.django_db
def test_a_wrong_clock_is_named_with_the_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        assert "clock" not in found(), "SQLite's clock is this machine's"
        return
    early = timedelta(minutes=3)
    monkeypatch.setattr(clock_difference, "now", lambda: datetime.now(UTC) + early)
    said = found()["clock"]
    assert said.state == "warning"
    assert "s ahead of that of the database" in said.seen


def test_the_time_that_an_answer_takes_is_no_difference() -> None:
    asked = datetime(2026, 1, 1, tzinfo=UTC)
    said = asked + timedelta(seconds=20)
    answered = asked + timedelta(seconds=30)
    compared = clock_difference.finding("NATS", asked_at=asked, said=said, answered_at=answered)
    assert compared.state == "ok"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_one_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict, "NAME", "/no/such/folder/db.sqlite3")
    else:
        monkeypatch.setitem(connection.settings_dict, "PORT", free_port())
    connection.close()
    (said,) = found().values()
    assert (said.name, said.state) == ("database", "broken")
    assert "DATABASE_URL" in said.mend
