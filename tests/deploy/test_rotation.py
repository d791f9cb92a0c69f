"""`docs/rotation.md`: each secret is replaced on a real server, and everyone stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.test import override_settings

from tests.deploy.postgresql_shop import APP, OWNER, PICTURES, WORKERS, Shop
from tests.deploy.rotation_page import typed
from tests.support.postgresql import postgresql
from tests.support.waiting import eventually

COUNT = """
import django; django.setup()
from django.apps import apps
print(apps.get_model("{model}").objects.count())
"""
NEW = "the-new-password"
USED = {APP: "orders.Order", WORKERS: "orders.Order", PICTURES: "images.Photo"}
"""What each role may read and, but for the last, change."""


# --- SECRET_KEY ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_session_outlives_the_key_that_signed_it(client: Browser) -> None:
    old, new = settings.SECRET_KEY, "n" * 50
    client.force_login(User.objects.create_superuser("alice"))
    for present, former in ((old, [new]), (new, [old]), (new, [])):
        with override_settings(SECRET_KEY=present, SECRET_KEY_FALLBACKS=former):
            assert client.get("/admin/").status_code == 200, (present, former)


@pytest.mark.django_db
def test_a_web_that_lacks_the_new_key_would_sign_out(client: Browser) -> None:
    """Why the page begins with the new key as a fallback."""
    client.force_login(User.objects.create_superuser("alice"))
    old = settings.SECRET_KEY
    with override_settings(SECRET_KEY="n" * 50, SECRET_KEY_FALLBACKS=[old]):
        assert client.get("/admin/").status_code == 200
    assert client.get("/admin/").status_code == 302


# --- PostgreSQL ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def database() -> Iterator[Shop]:
    """A server that asks for passwords."""
    with postgresql() as port:
        shop = Shop(port)
        shop.make_tables()
        with superuser(shop) as connection:
            (file,) = connection.execute("SHOW hba_file").fetchone() or ("",)
            rules = Path(file).read_text()
            # With a sign those who work as the role are asked too; the superuser is an owner.
            asked = [*(f"+{role}" for role in USED), OWNER]
            lines = "".join(f"host all {each} 127.0.0.1/32 scram-sha-256\n" for each in asked)
            Path(file).write_text(f"{lines}{rules}")
            connection.execute("SELECT pg_reload_conf()")
        yield shop


def superuser(shop: Shop) -> psycopg.Connection[tuple[Any, ...]]:
    url = f"postgres://postgres@127.0.0.1:{shop.port}/shop"
    return psycopg.connect(url, autocommit=True)


def signed_in(shop: Shop, role: str, password: str) -> psycopg.Connection[tuple[Any, ...]]:
    url = f"postgres://{role}:{password}@127.0.0.1:{shop.port}/shop"
    return psycopg.connect(url, autocommit=True)


def is_rejected(shop: Shop, role: str, password: str) -> bool:
    try:
        signed_in(shop, role, password).close()
    except psycopg.OperationalError:
        return True
    return False


def of(role: str, sql: str) -> bytes:
    """Return what the page types for `shop_app`, for this role."""
    return sql.replace(APP, role).encode()


@pytest.mark.parametrize("role", USED)
def test_a_second_login_takes_over_at_postgresql(database: Shop, role: str) -> None:
    old, second = f"of-{role}", f"{role}_2"
    table = USED[role].lower().replace(".", "_")
    eventually(lambda: is_rejected(database, role, "wrong"), what="passwords are asked for")
    with signed_in(database, role, old) as before, superuser(database) as operator:
        operator.execute(of(role, typed("sql", "CREATE ROLE")))
        assert not is_rejected(database, role, old)
        with signed_in(database, second, NEW) as after:
            assert after.execute("SELECT current_user").fetchone() == (role,)
            url = f"postgres://{second}:{NEW}@127.0.0.1:{database.port}/shop"
            count = COUNT.format(model=USED[role])
            assert database.run(role, "-c", count, DATABASE_URL=url) == "0\n"
        operator.execute(of(role, typed("sql", "NOLOGIN")))
        before.execute(f"SELECT count(*) FROM {table}".encode())  # An open connection stays.
    assert is_rejected(database, role, old)
    assert not is_rejected(database, second, NEW)


@pytest.mark.parametrize("role", USED)
def test_the_next_time_goes_the_other_way_round(database: Shop, role: str) -> None:
    with superuser(database) as operator:
        operator.execute(of(role, typed("sql", "CREATE ROLE").replace("_2", "_3")))
        operator.execute(of(role, typed("sql", "NOLOGIN")))
        operator.execute(f"ALTER ROLE {role} LOGIN PASSWORD 'the-third'".encode())
        assert not is_rejected(database, role, "the-third")
        operator.execute(f"DROP ROLE {role}_3".encode())
    assert is_rejected(database, f"{role}_3", NEW)


def test_the_role_of_migrations_changes_its_password_at_once(database: Shop) -> None:
    with superuser(database) as operator:
        operator.execute(f"ALTER ROLE {OWNER} PASSWORD '{NEW}'".encode())
    assert is_rejected(database, OWNER, f"of-{OWNER}")
    url = f"postgres://{OWNER}:{NEW}@127.0.0.1:{database.port}/shop"
    assert database.manage(OWNER, "migrate", "--check", DATABASE_URL=url) == ""
