"""The scenes of a build: a shop with products, a full outbox, a stream full of events."""

from dataclasses import dataclass
from functools import cache

from bench.kit.builds import Build
from bench.kit.multiply import Ids, multiply, the_order, the_unsent_message
from bench.kit.sizes import Size
from bench.kit.stage import Scene, Stage
from bench.kit.waiting import until
from bench.kit.world import World

PRODUCTS = 30
STOCK = 1_000_000_000
_ENDLESS_SECONDS = 600.0
"""A build may need minutes to fill a stream."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Scenes:
    """What was prepared already is not prepared again."""

    world: World
    size: Size

    @cache  # noqa: B019 - one object, as long as the bench runs
    def shop(self, build: Build) -> Scene:
        """Tables, streams, durables and products; one order is placed, its event is unsent."""
        return self.world.prepare(build, None, _open_shop)

    @cache  # noqa: B019
    def full_outbox(self, build: Build, rows: int, *, is_one_key: bool = False) -> Scene:
        """So many events of placed orders in the outbox, without their orders."""

        def fill(stage: Stage) -> None:
            ids = Ids(
                order=the_order(stage.db),
                message=the_unsent_message(stage.db),
                is_one_key=is_one_key,
            )
            multiply(stage.db, "messaging_outboxmessage", ids, copies=rows - 1)

        return self.world.prepare(build, self.shop(build), fill)

    @cache  # noqa: B019
    def large_tables(self, build: Build, rows: int) -> Scene:
        """So many rows in each table that grows with the orders; most of them are done with."""

        def fill(stage: Stage) -> None:
            stage.run(stage.program("programs.fill_tables", str(rows)))

        return self.world.prepare(build, self.shop(build), fill)

    @cache  # noqa: B019
    def placed_orders(self, build: Build, count: int) -> Scene:
        """So many placed orders; their events are in the outbox."""

        def fill(stage: Stage) -> None:
            _multiply_orders(stage, count)

        return self.world.prepare(build, self.shop(build), fill)

    @cache  # noqa: B019
    def placed_events(self, build: Build, count: int) -> Scene:
        """So many placed orders; their events are in the stream, and consumers have seen none."""

        def send(stage: Stage) -> None:
            _send_all(stage, count)

        return self.world.prepare(build, self.placed_orders(build, count), send)

    @cache  # noqa: B019
    def confirmed_events(self, build: Build, count: int) -> Scene:
        """So many confirmed orders; the stream has `orders.confirmed` of each."""

        def fill(stage: Stage) -> None:
            _send_all(stage, 1)
            stage.worker("fulfilment_consumer")
            until(lambda: stage.count(_CONFIRMED), what="the first order is confirmed")
            stage.stop_processes()
            _multiply_orders(stage, count)
            stage.run(stage.program("floors.purge"))
            _send_all(stage, count)

        return self.world.prepare(build, self.shop(build), fill)


_CONFIRMED = "SELECT count(*) FROM orders_order WHERE status = 'confirmed'"
_UNSENT = "SELECT count(*) FROM messaging_outboxmessage WHERE sent_at IS NULL"


def _open_shop(stage: Stage) -> None:
    stage.run(stage.build.manage("migrate", "-v0"))
    stage.run(stage.build.manage("provision", "--only", "nats"))
    stage.db.execute(
        "INSERT INTO catalog_product"
        " (sku, name, description, price, currency, price_version, stock, is_active)"
        " SELECT 'SKU-' || lpad(n::text, 4, '0'), 'Product ' || n, '', 4.00, 'GBP', 1, %s, true"
        " FROM generate_series(1, %s) AS n",
        [STOCK, PRODUCTS],
    )
    stage.run(stage.program("programs.place_orders", "1"))


def _multiply_orders(stage: Stage, count: int) -> None:
    db, order = stage.db, the_order(stage.db)
    for table in ("orders_order", "orders_orderline", "fulfilment_reservation"):
        multiply(db, table, Ids(order=order), copies=count - 1)
    ids = Ids(order=order, message=the_unsent_message(db))
    multiply(db, "messaging_outboxmessage", ids, copies=count - 1)


def _send_all(stage: Stage, count: int) -> None:
    """Let the build's own relay send the outbox, and empty it."""
    stage.worker("outbox_relay")
    until(
        lambda: stage.nats.stored() >= count and not stage.count(_UNSENT),
        what="the outbox is sent",
        within=_ENDLESS_SECONDS,
    )
    stage.stop_processes()
    stage.db.execute("TRUNCATE messaging_outboxmessage")
