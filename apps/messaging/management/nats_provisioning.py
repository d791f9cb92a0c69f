"""Creates streams and durables for commands: for `provision` all, for `outbox resend` lost ones."""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings

from apps.messaging.brokers import nats_for_threads
from apps.messaging.brokers.nats_address import address
from apps.messaging.brokers.nats_connection import NOT_SERVED
from apps.messaging.errors import BrokerAway, NotProvisioned
from apps.messaging.events.streams import Consumer, Stream
from apps.messaging.operations.provisioning import provision_jetstream

PATIENCE_SECONDS = 30.0
"""Seconds for NATS: a server that starts beside us is waited for."""


def provision_nats(
    streams: list[Stream], consumers: list[Consumer], *, write: Callable[[str], object]
) -> list[str]:
    """Create or update these; write what was made, and return a line for each problem."""
    made: list[str] = []
    work = partial(
        provision_jetstream,
        streams=streams,
        consumers=consumers,
        made=made.append,
    )
    hosts = (urlsplit(each).netloc for each in address(settings.NATS_URL).servers)
    server = f"NATS {', '.join(hosts)}"
    try:
        nats_for_threads.call(work, timeout=PATIENCE_SECONDS)
    except NotProvisioned as error:
        return list(error.args)
    except (BrokerAway, *NOT_SERVED) as error:
        return [f"{server}: {str(error) or 'it does not answer'}; run provision again"]
    finally:
        if made:
            write(f"{server}: {', '.join(made)}")
    return []
