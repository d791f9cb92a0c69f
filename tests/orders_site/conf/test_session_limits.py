"""The session timeouts at PostgreSQL, in a server's process and in a command."""

import os

import pytest
from django.db import connection

from tests.support.processes import database_url
from tests.support.python import run_python

LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
SHOW = (
    "from django.db import connection as c; cursor = c.cursor(); shown = []\n"
    f"for name in {LIMITS}:\n"
    "    cursor.execute(f'SHOW {name}'); shown.append(cursor.fetchone()[0])\n"
    "print(*shown)"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("these are PostgreSQL's")


def shown(command: list[str], **environment: str) -> str:
    ours = {"DJANGO_SETTINGS_MODULE": "orders_site.settings", "DATABASE_URL": database_url()}
    return run_python(*command, env=os.environ | ours | environment, check=True).stdout.strip()


def test_a_process_that_serves_has_short_ones() -> None:
    serving = ["-c", f"import workers\n{SHOW}"]
    assert shown(serving) == "30s 5s 15s"
    variables = {"DATABASE_STATEMENT_SECONDS": "2.5", "DATABASE_LOCK_SECONDS": "0"}
    assert shown(serving, **variables) == "2500ms 0 15s"


def test_a_command_may_take_its_time() -> None:
    command = ["manage.py", "shell", "-v", "0", "-c", SHOW]
    assert shown(command) == "0 5s 5min"
    assert shown(command, DATABASE_STATEMENT_SECONDS="60") == "1min 5s 5min"
