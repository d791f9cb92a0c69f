"""What the two roles of deploy/postgresql.sql may do on a real server, and what is refused."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import NamedTuple

import psycopg
import pytest
from psycopg import sql

from tests.postgresql import postgresql, program
from tests.processes import ROOT

ROLES = ("shop_migrate", "shop_app")
TABLE = "catalog_product"
TAKE_AN_ORDER = """
from tests.catalog.products import make_product
from tests.orders.making import make_order
make_product()
make_order()
"""
ROW_BY_ROW = {
    "SELECT": "SELECT {column} FROM {table} WHERE false",
    "INSERT": "INSERT INTO {table} SELECT * FROM {table} WHERE false",
    "UPDATE": "UPDATE {table} SET {column} = {column} WHERE false",
    "DELETE": "DELETE FROM {table} WHERE false",
}
COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = 'public' AND ordinal_position = 1
"""
BEYOND = [
    "CREATE TABLE mine (id int)",
    f"ALTER TABLE {TABLE} ADD COLUMN mine int",
    f"DROP TABLE {TABLE} CASCADE",
    f"TRUNCATE {TABLE} CASCADE",
    f"CREATE INDEX ON {TABLE} (id)",
    f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "SET ROLE shop_migrate",
    "SET ROLE postgres",
]
BEYOND_BOTH = [
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "ALTER ROLE shop_app SUPERUSER",
    "ALTER SYSTEM SET fsync = off",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/hostname')",
    "SELECT rolpassword FROM pg_authid",
    "SET ROLE postgres",
]


class Shop(NamedTuple):
    """A server on which the file was run, and the migrations as who may."""

    port: int

    def url(self, role: str) -> str:
        return f"postgres://{role}@127.0.0.1:{self.port}/shop"

    def manage(self, role: str, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "orders_site.settings",
                "DATABASE_URL": self.url(role),
            },
            check=True,
        )

    def tables(self) -> dict[str, str]:
        """Return the first column of each."""
        with psycopg.connect(self.url("shop_migrate")) as connection:
            return dict(connection.execute(COLUMNS).fetchall())


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with postgresql() as port:
        words = [f"{role.removeprefix('shop_')}_password=of-{role}" for role in ROLES]
        variables = [word for each in words for word in ("-v", each)]
        server = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q"]
        file = ["-f", str(ROOT / "deploy" / "postgresql.sql"), "postgres"]
        subprocess.run([program("psql"), *server, *variables, *file], check=True)
        shop = Shop(port)
        shop.manage("shop_migrate", "migrate", "--verbosity=0")
        yield shop


def refused(shop: Shop, role: str, statement: str) -> bool:
    with psycopg.connect(shop.url(role), autocommit=True) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def test_the_app_takes_an_order(shop: Shop) -> None:
    """Rows of several tables, with keys that the database counts."""
    shop.manage("shop_app", "shell", "-v", "0", "-c", TAKE_AN_ORDER)
    with psycopg.connect(shop.url("shop_app")) as connection:
        found = connection.execute("SELECT count(*) FROM messaging_outboxmessage").fetchone()
    assert found
    assert found[0]


@pytest.mark.parametrize("right", ROW_BY_ROW)
def test_the_app_has_each_right_to_the_rows_of_every_table(shop: Shop, right: str) -> None:
    tables = shop.tables()
    assert TABLE in tables
    with psycopg.connect(shop.url("shop_app")) as connection:
        for table, column in tables.items():
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            connection.execute(sql.SQL(ROW_BY_ROW[right]).format(**names))


@pytest.mark.parametrize("statement", BEYOND)
def test_what_is_not_the_apps_business_is_refused(shop: Shop, statement: str) -> None:
    assert refused(shop, "shop_app", statement)


@pytest.mark.parametrize("statement", BEYOND_BOTH)
@pytest.mark.parametrize("role", ROLES)
def test_neither_is_a_superuser(shop: Shop, role: str, statement: str) -> None:
    assert refused(shop, role, statement)


def test_nobody_else_gets_in(shop: Shop) -> None:
    with psycopg.connect(
        f"postgres://postgres@127.0.0.1:{shop.port}/postgres", autocommit=True
    ) as server:
        server.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(shop.url("stranger"))
