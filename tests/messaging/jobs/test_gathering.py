"""What a thread has done reaches the event loop: all of it, in order, several at once."""

import asyncio
from threading import Thread

import pytest

from apps.messaging.jobs import gathering
from apps.messaging.jobs.gathering import ENOUGH, Gathering

LONG = 60.0


async def all_of(gathered: Gathering[int]) -> list[list[int]]:
    taken = []
    while items := await gathered.take():
        taken.append(items)
    return taken


def test_everything_arrives_in_order() -> None:
    async def gather() -> list[list[int]]:
        gathered = Gathering[int]()

        def put() -> None:
            for number in range(2000):
                gathered.put(number)
            loop.call_soon_threadsafe(gathered.end)

        loop = asyncio.get_running_loop()
        Thread(target=put).start()
        return await asyncio.wait_for(all_of(gathered), 30)

    assert [number for items in asyncio.run(gather()) for number in items] == [*range(2000)]


def test_one_alone_waits_neither_for_others_nor_for_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gathering, "GATHER_SECONDS", LONG)

    async def gather() -> list[int]:
        gathered = Gathering[int]()
        Thread(target=gathered.put, args=(1,)).start()
        return await asyncio.wait_for(gathered.take(), 30)

    assert asyncio.run(gather()) == [1]


def test_ten_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "GATHER_SECONDS", LONG)
    monkeypatch.setattr(gathering, "LONGEST_SECONDS", LONG)

    async def gather() -> list[int]:
        gathered = Gathering[int]()

        def put() -> None:
            for number in range(ENOUGH):
                gathered.put(number)

        Thread(target=put).start()
        return await asyncio.wait_for(gathered.take(), 30)

    assert asyncio.run(gather()) == [*range(ENOUGH)]


def test_those_of_some_milliseconds_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "GATHER_SECONDS", 0.0)
    monkeypatch.setattr(gathering, "LONGEST_SECONDS", LONG)

    async def gather() -> list[int]:
        gathered = Gathering[int]()
        Thread(target=gathered.put, args=(1,)).start()
        return await asyncio.wait_for(gathered.take(), 30)

    assert asyncio.run(gather()) == [1]


def test_what_is_urgent_does_not_wait_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "GATHER_SECONDS", LONG)
    monkeypatch.setattr(gathering, "LONGEST_SECONDS", LONG)

    async def gather() -> list[int]:
        gathered = Gathering[int]()

        def put() -> None:
            gathered.put(1)
            gathered.put(2, is_urgent=True)

        Thread(target=put).start()
        return await asyncio.wait_for(gathered.take(), 30)

    assert asyncio.run(gather()) == [1, 2]
