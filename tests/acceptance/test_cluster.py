"""Parts of a cluster are killed while customers order: nothing is lost, nothing comes twice."""

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.acceptance.cluster import FILES, SERVERS, Cluster, Customers
from tests.acceptance.compose import Project, engine_answers
from tests.acceptance.shop import CONFIRMED_WAY, Shop
from tests.support.ports import free_port
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

AWAY_AT_MOST_SECONDS = 15.0
"""docs/cluster.md says so too."""
SETTLED_WITHIN_SECONDS = 120.0
OLD, NEW = "demo", "pepper"
"""Passwords of the store of rate limits; the first is that of deploy/compose.cluster.yml."""
AFTER_EACH = 10
"""Orders that are placed while a part is away, and as many when it is back."""


@dataclass(frozen=True)
class Course:
    """What was seen in one run: `stored` and `sold` are counts of events and of pieces."""

    customers: Customers
    stored: int
    sold: int


@pytest.fixture(scope="module")
def project() -> Iterator[Project]:
    if not engine_answers():
        pytest.skip("no Docker engine answers")
    ports = {name: str(free_port()) for name in ("PORT", "NATS_PORT", "AWS_PORT")}
    project = Project(f"cluster-{uuid.uuid4().hex[:8]}", ports, files=FILES)
    try:
        project.run("up", "--build", "--detach", "--wait", "--wait-timeout", "480")
        yield project
    finally:
        project.vanish()


@pytest.fixture(scope="module")
def shop(project: Project) -> Shop:
    address = project.run("port", "proxy", "8000").strip()
    shop = Shop(f"http://{address}")
    eventually(lambda: shop.get("/api/products").status == 200, within=30, what="web is served")
    return shop


@pytest.fixture(scope="module")
def cluster(project: Project) -> Cluster:
    return Cluster(project)


@pytest.fixture(scope="module")
def course(cluster: Cluster, shop: Shop) -> Course:
    """Kill a follower of NATS, a `web`, a consumer, a relay and the leader, one after another."""
    goods = shop.get("/api/products?limit=100").json["items"]
    most = max(goods, key=lambda each: int(each["stock"]))
    before = cluster.stream()["state"]["messages"]
    customers = Customers(shop, most["sku"])
    try:
        follower = next(name for name in SERVERS if name != cluster.leader())
        for service in (follower, "web", "fulfilment_consumer", "outbox_relay"):
            with cluster.away(service):
                customers.more(AFTER_EACH)
            customers.more(AFTER_EACH)
        with cluster.away(cluster.leader()):
            customers.more(AFTER_EACH)
        customers.more(AFTER_EACH)
    finally:
        customers.leave()
    wait_for_all(shop, customers.orders)
    return Course(
        customers=customers,
        stored=cluster.stream()["state"]["messages"] - before,
        sold=int(most["stock"]) - shop.stock(most["sku"]),
    )


def wait_for_all(shop: Shop, orders: list[str]) -> None:
    waiting = set(orders)

    def all_are_through() -> bool:
        waiting.difference_update([each for each in waiting if shop.way(each) >= CONFIRMED_WAY])
        return not waiting

    eventually(all_are_through, within=SETTLED_WITHIN_SECONDS, what="all orders are through")


def test_every_order_is_confirmed_and_each_step_happens_once(shop: Shop, course: Course) -> None:
    assert (course.customers.refused, len(course.customers.orders) > 0) == ([], True)
    for order in course.customers.orders:
        steps = Counter((hop["kind"], hop["name"]) for hop in shop.hops(order))
        handled_events = {("handled", "sales"): 2}  # It reads both.
        assert steps == Counter(dict.fromkeys(CONFIRMED_WAY, 1)) | Counter(handled_events), order


def test_the_stream_keeps_each_event_once_and_three_times(cluster: Cluster, course: Course) -> None:
    """Placed and confirmed; two servers follow the leader, and have what it has."""
    assert course.stored == 2 * len(course.customers.orders)
    eventually(lambda: [each["current"] for each in copies(cluster)] == [True, True])


def copies(cluster: Cluster) -> list[dict[str, bool]]:
    found: list[dict[str, bool]] = cluster.stream(cluster.leader())["cluster"]["replicas"]
    return found


def test_stock_and_mails_follow_the_orders(cluster: Cluster, course: Course) -> None:
    assert course.sold == len(course.customers.orders)
    mails = cluster.mails()
    assert all(any(order in mail for mail in mails) for order in course.customers.orders)
    assert {mail: times for mail, times in mails.items() if times > 1} == {}


def test_no_customer_waits_longer_than_the_page_says(course: Course) -> None:
    assert course.customers.longest_wait < AWAY_AT_MOST_SECONDS


def refused_logins(shop: Shop) -> int:
    """Return how many of twelve attempts of one name are above its limit of ten a minute."""
    form = f"username={uuid.uuid4().hex}&password=wrong".encode()
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    answers = [shop.send("POST", "/admin/login/", form, sent).status for _ in range(12)]
    return answers.count(429)


def test_both_web_count_the_logins_of_a_name_together(shop: Shop) -> None:
    assert refused_logins(shop) == 2


def test_the_store_of_rate_limits_has_a_new_password_while_it_runs(
    project: Project, shop: Shop
) -> None:
    """As docs/rotation.md has it: a second password, each `web` again, the first one no more."""

    def at_the_store(password: str, *command: str) -> str:
        client = ("valkey-cli", "--no-auth-warning", "-a", password)
        return project.run("exec", "--no-TTY", "redis", *client, *command).strip()

    assert at_the_store(OLD, "ACL", "SETUSER", "default", f">{NEW}") == "OK"
    project.run("up", "--detach", "--no-deps", "--wait", "web", REDIS_PASSWORD=NEW)
    assert at_the_store(NEW, "ACL", "SETUSER", "default", f"<{OLD}") == "OK"
    assert at_the_store(OLD, "PING") != "PONG"
    # What this test's address has asked for before counts too.
    assert at_the_store(NEW, "FLUSHALL") == "OK"
    eventually(lambda: shop.get("/api/products").status == 200, within=30, what="web is served")
    assert refused_logins(shop) == 2
    assert "requests are not counted" not in project.run("logs", "--no-color", "web")


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/readyz", "/readyz/all", "/api/status", "/%6Detrics", "/readyz%2Fall"],
)
def test_the_proxy_keeps_what_is_for_operators_to_itself(shop: Shop, path: str) -> None:
    assert shop.get(path).status == 404
