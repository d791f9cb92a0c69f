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

from tests.deploy.postgresql_shop import APP, Shop
from tests.deploy.rotation_page import typed
from tests.support.postgresql import postgresql
from tests.support.waiting import eventually

COUNT_ORDERS = """
import django; django.setup()
from apps.orders.models import Order
print(Order.objects.count())
"""
OLD, NEW = f"of-{APP}", "the-new-password"


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
            Path(file).write_text(f"host all +shop_app 127.0.0.1/32 scram-sha-256\n{rules}")
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


def test_a_second_login_takes_over_at_postgresql(database: Shop) -> None:
    eventually(lambda: is_rejected(database, APP, "wrong"), what="passwords are asked for")
    with signed_in(database, APP, OLD) as before, superuser(database) as operator:
        operator.execute(typed("sql", "CREATE ROLE").encode())
        assert not is_rejected(database, APP, OLD)
        with signed_in(database, "shop_app_2", NEW) as after:
            assert after.execute("SELECT current_user").fetchone() == (APP,)
            after.execute("SELECT count(*) FROM orders_order")
            url = f"postgres://shop_app_2:{NEW}@127.0.0.1:{database.port}/shop"
            assert database.run(APP, "-c", COUNT_ORDERS, DATABASE_URL=url) == "0\n"
        operator.execute(typed("sql", "NOLOGIN").encode())
        before.execute("SELECT count(*) FROM orders_order")  # An open connection stays.
    assert is_rejected(database, APP, OLD)
    with signed_in(database, "shop_app_2", NEW) as after:
        after.execute("UPDATE orders_order SET total = total")
