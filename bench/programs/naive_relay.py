"""The relay that one writes first: read a row, publish it, save it, take the next one."""

import asyncio
import json
import os

import nats
from django.utils import timezone

from apps.messaging.models import OutboxMessage


async def main() -> None:
    """Relay what is unsent, then wait to be stopped."""
    nc = await nats.connect(os.environ["NATS_URL"])
    jetstream = nc.jetstream()
    async for row in OutboxMessage.objects.filter(sent_at=None).order_by("id"):
        headers = json.loads(row.headers) | {"Nats-Msg-Id": str(row.message_id)}
        await jetstream.publish(row.destination, row.body.encode(), headers=headers)
        row.sent_at = timezone.now()
        await row.asave(update_fields=["sent_at"])
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
