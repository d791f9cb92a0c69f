"""A responder in NATS's service discovery: its name, and an endpoint for each subject."""

import warnings
from collections.abc import Awaitable, Callable

from nats import micro
from nats.aio.client import Client
from nats.micro.request import Request
from nats.micro.service import Service


async def announced(nc: Client, *, name: str, version: str, description: str) -> Service:
    """Subscribe to the requests of service discovery."""
    with warnings.catch_warnings():
        # nats-py 2.16 reads the time in a way that Python deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        return await micro.add_service(nc, name=name, version=version, description=description)


async def add_endpoint(
    running: Service, subject: str, group: str, answer: Callable[[Request], Awaitable[None]]
) -> None:
    """Subscribe to the endpoint's subject, in its group."""
    await running.add_endpoint(
        name=subject.replace(".", "-"), subject=subject, queue_group=group, handler=answer
    )
