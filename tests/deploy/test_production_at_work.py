"""Production's own settings at work: TLS to all, a cluster of NATS, and a role instead of keys."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.deploy.production import PASSWORD, Production, passwords, production
from tests.images.drawn import draw, encode
from tests.support.served import is_up
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

VISITOR = {"Host": "shop.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
MAKE = """
from apps.catalog.models import Product
Product.objects.create(sku="TEA", name="Tea", price="5.00", stock=10)
from django.contrib.auth.models import User
User.objects.create_superuser("ann", password="long-enough-for-nobody")
"""
JSON = {"Content_Type": "application/json"}
WORKERS = (
    "price_responder",
    "outbox_relay",
    "fulfilment_consumer",
    "notification_consumer",
    "image_resizer",
)
CELERY = ("celery", "--quiet", "--app=orders_site", "worker", "--pool=threads", "--concurrency=1")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """The shop with what an order and a photo need, made ready as docs/production.md says."""
    with pytest.MonkeyPatch.context() as patch:
        for name in passwords():
            patch.setenv(name, PASSWORD)
        with production(tmp_path_factory.mktemp("production")) as shop:
            assert shop.manage("collectstatic", "--no-input", "-v0").returncode == 0
            shop.make_bucket()
            shop.make_ready()
            assert shop.manage("shell", "-v0", "-c", MAKE).returncode == 0
            for name in WORKERS:
                shop.start(name, f"workers.{name}")
            shop.start("celery", *CELERY)
            options = ("--no-ws", f"--port={shop.web_port}", "--log-level=error")
            shop.start(
                "web", "granian", "--interface=rsgi", *options, "orders_site.rsgi:application"
            )
            eventually(lambda: is_up(shop.web_port), within=30)
            yield shop


def ask(shop: Production, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    """Return the answer's JSON, to a request that came by TLS to the proxy."""
    connection = HTTPConnection("127.0.0.1", shop.web_port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body or None, VISITOR | named)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status < 300, (answer.status, text[:500])
        return json.loads(text)
    finally:
        connection.close()


def test_an_order_is_confirmed_and_its_mail_comes_by_tls(shop: Production) -> None:
    order = {"email": "ann@example.com", "lines": [{"sku": "TEA", "quantity": 2}]}

    def place() -> Any:
        try:
            return ask(shop, "POST", "/api/orders", json.dumps(order).encode(), **JSON)
        except AssertionError:
            return None  # The responder may not answer yet.

    placed = eventually(place, within=30)
    path = f"/api/orders/{placed['id']}"
    eventually(lambda: ask(shop, "GET", path)["status"] == "confirmed", within=30)
    eventually(lambda: [mail for mail in shop.mail_server.taken if placed["id"].encode() in mail])
    signed_in = [is_secure for is_secure, line in shop.mail_server.received if b"AUTH" in line]
    assert signed_in
    assert all(signed_in)


def test_a_photo_is_resized_into_the_bucket_with_the_keys_of_a_role(shop: Production) -> None:
    token = shop.manage("api_token", "ann").stdout.split()[-1]
    picture = encode(draw(800, 600))
    body = (
        b'--part\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + picture + b"\r\n--part--\r\n"
    )
    sent = {
        "Content_Type": "multipart/form-data; boundary=part",
        "Authorization": f"Bearer {token}",
    }
    photo = ask(shop, "POST", "/api/products/TEA/photos", body, **sent)
    path = f"/api/photos/{photo['id']}"
    eventually(lambda: ask(shop, "GET", path)["status"] == "ready", within=60)
    (first, *_) = ask(shop, "GET", path)["renditions"]
    assert first["url"].startswith("https://pictures.example.com/")
    assert shop.role.asked >= len({"web", "outbox_relay", "image_resizer", "celery"})


def test_one_server_of_nats_is_killed_and_the_next_order_goes_through(shop: Production) -> None:
    victim = shop.nats[0]  # The one that all have reached first.
    victim.kill()
    try:
        test_an_order_is_confirmed_and_its_mail_comes_by_tls(shop)
    finally:
        victim.start()
