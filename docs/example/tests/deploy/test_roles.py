"""The rights of the three roles of deploy/*.sql on a real server, and refused operations."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from tests.deploy.postgresql_shop import APP, OWNER, ROLES, WORKERS, Shop
from tests.support.postgresql import postgresql

SEND_A_PARCEL = "from apps.parcels.services import send_parcel; send_parcel(address='1 Quay Lane')"
PREPARE_WORK = "from tests.deploy.parcels_at_work import prepare; prepare()"
DO_ALL_WORK = "from tests.deploy.parcels_at_work import tell; tell()"
BEYOND = [
    "CREATE TABLE mine (id int)",
    "ALTER TABLE parcels_parcel ADD COLUMN mine int",
    "DROP TABLE parcels_parcel CASCADE",
    "TRUNCATE parcels_parcel CASCADE",
    "CREATE SCHEMA mine",
    "CREATE TEMPORARY TABLE mine (id int)",
    "SET ROLE shop_migrate",
    "SELECT setval('parcels_parcel_id_seq', 1)",
]
BEYOND_ALL = [
    "CREATE ROLE mine",
    "CREATE DATABASE mine",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT rolpassword FROM pg_authid",
    "SET ROLE postgres",
]
BEYOND_WORKERS = [
    "SELECT password FROM auth_user",
    "INSERT INTO auth_user SELECT * FROM auth_user",
    "SELECT session_data FROM django_session",
    "UPDATE parcels_parcel SET address = ''",
    "DELETE FROM parcels_parcel",
    "UPDATE parcels_notice SET made_at = now()",
    "INSERT INTO django_migrations SELECT * FROM django_migrations",
    "SET ROLE shop_app",
]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with postgresql() as port:
        shop = Shop(port)
        shop.make_tables()
        yield shop


def refused(shop: Shop, role: str, statement: str) -> bool:
    with psycopg.connect(shop.url(role), autocommit=True) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def test_the_app_role_may_send_a_parcel(shop: Shop) -> None:
    shop.manage(APP, "shell", "-v", "0", "-c", SEND_A_PARCEL)
    assert shop.ask("SELECT count(*) > 1 FROM messaging_outboxmessage") == [(True,)]


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
    assert len(rights["needed"]) > 20


@pytest.mark.parametrize("statement", BEYOND)
@pytest.mark.parametrize("role", [APP, WORKERS])
def test_each_role_may_do_nothing_else(shop: Shop, role: str, statement: str) -> None:
    assert refused(shop, role, statement)


@pytest.mark.parametrize("statement", BEYOND_WORKERS)
def test_the_workers_role_may_touch_no_account_and_no_address(shop: Shop, statement: str) -> None:
    assert refused(shop, WORKERS, statement)


@pytest.mark.parametrize("statement", BEYOND_ALL)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_a_superuser(shop: Shop, role: str, statement: str) -> None:
    assert refused(shop, role, statement)
