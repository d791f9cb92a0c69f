"""A real PostgreSQL server on which deploy/*.sql was run, and the shop's commands as its roles."""

import os
import subprocess
from typing import NamedTuple

import psycopg

from tests.deploy.compose_file import ROOT
from tests.support.postgresql import program
from tests.support.python import run_python

OWNER, APP, WORKERS, PICTURES = ROLES = (
    "shop_migrate",
    "shop_app",
    "shop_workers",
    "shop_pictures",
)
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""


class Shop(NamedTuple):
    """The server's port; trust lets any role in."""

    port: int

    def url(self, role: str) -> str:
        return f"postgres://{role}@127.0.0.1:{self.port}/shop"

    def make_roles(self) -> None:
        """Run deploy/postgresql.sql, as the server's superuser."""
        words = [f"{role.removeprefix('shop_')}_password=of-{role}" for role in ROLES]
        variables = [word for each in words for word in ("-v", each)]
        url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._psql(*variables, "-f", str(ROOT / "deploy" / "postgresql.sql"), url)

    def grant(self) -> None:
        """Run deploy/postgresql_tables.sql, as the tables' owner."""
        self._psql("-f", str(ROOT / "deploy" / "postgresql_tables.sql"), self.url(OWNER))

    def make_tables(self) -> None:
        """Do the steps of compose at each start."""
        self.make_roles()
        self.manage(OWNER, "migrate", "--verbosity=0")
        self.grant()

    def manage(self, role: str, *command: str, **environment: str) -> str:
        return self.run(role, "manage.py", *command, **environment)

    def run(self, role: str, *command: str, **environment: str) -> str:
        """Run Python as a process of the shop whose `DATABASE_URL` names the role."""
        done = run_python(
            *command,
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "orders_site.settings", "DATABASE_URL": self.url(role)}
            | environment,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def columns(self) -> list[tuple[str, str]]:
        """Return each column of each table, with its table before it."""
        return self.ask(COLUMNS)

    def ask(self, question: str, *values: str) -> list[tuple]:
        with psycopg.connect(self.url(OWNER)) as connection:
            return connection.execute(question.encode(), values).fetchall()

    def _psql(self, *arguments: str) -> None:
        subprocess.run([program("psql"), "-q", *arguments], check=True)
