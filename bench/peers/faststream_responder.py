"""A peer: FastStream as the price responder, with models for question and answer."""

import asyncio
import os

import uvloop
from faststream.nats import NatsBroker
from pydantic import BaseModel

broker = NatsBroker(os.environ["NATS_URL"], logger=None)


class Question(BaseModel):
    """What is asked."""

    sku: str


class Answer(BaseModel):
    """What is answered."""

    sku: str
    price: float
    currency: str


PRICES = {
    f"SKU-{number:04}": Answer(sku=f"SKU-{number:04}", price=4.0, currency="GBP")
    for number in range(1, 31)
}


@broker.subscriber("price.lookup", queue="pricing")
async def answer(question: Question) -> Answer:
    """Answer one question."""
    return PRICES[question.sku]


async def main() -> None:
    """Answer until the process is stopped."""
    async with broker:
        await broker.start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
