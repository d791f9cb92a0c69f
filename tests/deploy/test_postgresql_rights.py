"""The rights of the four roles of deploy/*.sql on a real server, and refused operations."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.deploy.one_row import one_row_each
from tests.deploy.postgresql_shop import APP, OWNER, PICTURES, ROLES, WORKERS, Shop
from tests.deploy.rights_by_need import held
from tests.support.postgresql import make_database, postgresql

TABLE = "catalog_product"
TAKE_AN_ORDER = """
from tests.catalog.products import make_product
from tests.orders.factories import make_order
make_product()
make_order()
"""
PHOTOS_AS_SEEDED = """
from tests.images.drawn import make_photo
print(make_photo(id=7).pk, make_photo().pk)
"""
DO_AND_TELL = "from tests.deploy.pictures_at_work import tell; tell()"
PREPARE_WORK = "from tests.deploy.workers_at_work import prepare; prepare()"
DO_ALL_WORK = "from tests.deploy.workers_at_work import tell; tell()"
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
    "SELECT setval('orders_orderline_id_seq', 1)",
]
BEYOND_ALL = [
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "ALTER ROLE shop_app SUPERUSER",
    "ALTER SYSTEM SET fsync = off",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/hostname')",
    "SELECT rolpassword FROM pg_authid",
    "SET ROLE postgres",
]
BEYOND_PICTURES = [
    "SELECT email FROM orders_order",
    "SELECT password FROM auth_user",
    "SELECT session_data FROM django_session",
    "INSERT INTO messaging_outboxmessage SELECT * FROM messaging_outboxmessage",
    f"UPDATE {TABLE} SET price = 0",
    "DELETE FROM images_photo",
    "INSERT INTO images_photo SELECT * FROM images_photo",
    "SELECT setval('images_photo_id_seq', 1)",
    "SET ROLE shop_app",
]

BEYOND_WORKERS = [
    "SELECT password FROM auth_user",
    "INSERT INTO auth_user SELECT * FROM auth_user",
    "SELECT session_data FROM django_session",
    "SELECT digest FROM catalog_apitoken",
    "SELECT * FROM orders_cartitem, auth_permission",
    f"UPDATE {TABLE} SET price = 0",
    f"DELETE FROM {TABLE}",
    "UPDATE orders_order SET total = 0",
    "UPDATE orders_order SET token = ''",
    "INSERT INTO orders_order SELECT * FROM orders_order",
    "DELETE FROM orders_order",
    "DELETE FROM orders_orderline",
    "DELETE FROM sales_salesday",
    "INSERT INTO django_migrations SELECT * FROM django_migrations",
    "SET ROLE shop_app",
]

GRANTS_OF = "SELECT 1 FROM information_schema.role_table_grants WHERE grantee"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with postgresql() as port:
        shop = Shop(port)
        shop.make_tables()
        yield shop


def by_column(granted: set[str], columns: list[tuple[str, str]]) -> Iterator[str]:
    """Yield each right, and for that to read or update a whole table one for each column."""
    of_table: dict[str, list[str]] = {}
    for table, column in columns:
        of_table.setdefault(table, []).append(column)
    for right in granted:
        table, kind, *one = right.split()
        if kind in ("SELECT", "UPDATE") and table in of_table and not one:
            yield from (f"{right} {each}" for each in of_table[table])
        else:
            yield right


def refused(shop: Shop, role: str, statement: str) -> bool:
    with psycopg.connect(shop.url(role), autocommit=True) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def test_the_app_role_may_place_an_order(shop: Shop) -> None:
    """Rows of several tables, with keys that the database counts."""
    shop.manage(APP, "shell", "-v", "0", "-c", TAKE_AN_ORDER)
    assert shop.ask("SELECT count(*) > 0 FROM messaging_outboxmessage") == [(True,)]


@pytest.mark.parametrize("role", [APP, WORKERS, PICTURES])
def test_each_granted_right_is_used_on_a_row_and_every_other_is_refused(
    shop: Shop, role: str
) -> None:
    """Of every column, table and sequence: what is accepted is what deploy/*.sql has granted."""
    with psycopg.connect(shop.url(OWNER)) as owner:
        granted = set(held(owner, role))
    with one_row_each(shop) as tables:
        allowed = tables.allowed(role)
    assert allowed == set(by_column(granted, shop.columns()))
    assert len(allowed) > 50


def test_the_app_role_may_read_and_change_rows_of_every_table(shop: Shop) -> None:
    with one_row_each(shop) as tables:
        allowed = tables.allowed(APP)
    assert (TABLE, "stock") in shop.columns()
    for table, column in shop.columns():
        of_one = {f"{table} {right}" for right in ("INSERT", "DELETE")}
        assert of_one | {f"{table} {right} {column}" for right in ("SELECT", "UPDATE")} <= allowed


def test_the_pictures_role_has_exactly_the_rights_it_needs(shop: Shop, tmp_path: Path) -> None:
    """The seed's numbered photo first, as the app; then the work of those who decode it."""
    media = {"MEDIA_ROOT": str(tmp_path)}
    photos = shop.manage(APP, "shell", "-v", "0", "-c", PHOTOS_AS_SEEDED, **media)
    assert photos.split()[-2:] == ["7", "8"]
    work = {"OWNER_URL": shop.url(OWNER), "PHOTO": "7"}
    output = shop.manage(PICTURES, "shell", "-v", "0", "-c", DO_AND_TELL, **work, **media)
    refusals = json.loads(output.splitlines()[-1])
    assert refusals.pop("nothing") == []
    assert len(refusals) == len(shop.ask(f"{GRANTS_OF} = '{PICTURES}'")) > 10
    assert [taken for taken, noted in refusals.items() if not noted] == []


def test_the_workers_role_has_exactly_the_rights_it_needs(shop: Shop) -> None:
    shop.manage(APP, "shell", "-v", "0", "-c", PREPARE_WORK)
    work = ("shell", "-v", "0", "-c", DO_ALL_WORK)
    try:
        output = shop.manage(WORKERS, *work, OWNER_URL=shop.url(OWNER))
    finally:
        shop.grant()
    rights = {name: set(held) for name, held in json.loads(output.splitlines()[-1]).items()}
    assert rights["needed"] - rights["given"] == set(), "rights that the work lacks"
    assert rights["given"] - rights["needed"] == set(), "rights that no work needs"
    assert len(rights["needed"]) > 40


@pytest.mark.parametrize("statement", BEYOND)
@pytest.mark.parametrize("role", [APP, WORKERS, PICTURES])
def test_each_role_may_do_nothing_else(shop: Shop, role: str, statement: str) -> None:
    assert refused(shop, role, statement)


@pytest.mark.parametrize("statement", BEYOND_PICTURES)
def test_the_pictures_role_may_read_nothing_else(shop: Shop, statement: str) -> None:
    assert refused(shop, PICTURES, statement)


@pytest.mark.parametrize("statement", BEYOND_WORKERS)
def test_the_workers_role_may_touch_no_account_and_no_price(shop: Shop, statement: str) -> None:
    assert refused(shop, WORKERS, statement)


@pytest.mark.parametrize("statement", BEYOND_ALL)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_a_superuser(shop: Shop, role: str, statement: str) -> None:
    assert refused(shop, role, statement)


def test_other_roles_cannot_connect(shop: Shop) -> None:
    with psycopg.connect(
        f"postgres://postgres@127.0.0.1:{shop.port}/postgres", autocommit=True
    ) as server:
        server.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(shop.url("stranger"))


def test_an_older_database_is_handed_over_with_its_rows() -> None:
    """As on a volume of compose's from when one superuser was all of the shop."""
    with postgresql() as port:
        shop = Shop(port)
        make_database(port, "shop")
        shop.manage("postgres", "migrate", "--verbosity=0")
        shop.manage("postgres", "shell", "-v", "0", "-c", TAKE_AN_ORDER)
        for _ in range(2):
            shop.make_tables()
        owners = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
        assert shop.ask(owners) == [(OWNER,)]
        again = TAKE_AN_ORDER.replace("make_product()\n", "")
        shop.manage(APP, "shell", "-v", "0", "-c", again)
        assert shop.ask("SELECT count(*) FROM orders_order") == [(2,)]
