"""A peer: django-nats-consumer at the durable `fulfilment`, with a handler written by hand."""

import os

import nats
import uvloop
from asgiref.sync import sync_to_async
from django.conf import settings
from nats.aio.msg import Msg

# Its settings are read when it is imported.
settings.NATS_CONSUMER = {"connect_args": {"servers": [os.environ["NATS_URL"]]}}

from nats_consumer.consumer import JetstreamPullConsumer  # noqa: E402

from bench.peers.by_hand import reserve  # noqa: E402


class Fulfilment(JetstreamPullConsumer):
    """It pulls a hundred events and handles them side by side."""

    stream_name = "ORDERS"
    subjects = ("orders.placed",)
    durable_name = "fulfilment"

    async def handle_message(self, message: Msg) -> None:
        """Handle one event; the package acknowledges it afterwards."""
        await sync_to_async(reserve)(message.data, message.headers or {})


async def main() -> None:
    """Consume until the process is stopped."""
    consumer = Fulfilment(nats_client=await nats.connect(os.environ["NATS_URL"]))
    await consumer.run(timeout=1)


if __name__ == "__main__":
    uvloop.run(main())
