from __future__ import annotations

import asyncio
import threading

from app.event_bus import EventBus
from app.server.waking import PacedMailbox
from things.events import Event, PropertyChanged


def changed(number: int) -> PropertyChanged:
    return PropertyChanged(thing="demo", name="counter", value=number)


def taken_by(mailbox_of: list[list[Event]]) -> list[int]:
    return [e.value for batch in mailbox_of for e in batch if isinstance(e, PropertyChanged)]


async def until(batches: list[list[Event]], wanted: int) -> None:
    async with asyncio.timeout(30):
        while len(taken_by(batches)) < wanted:  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(0.001)


def test_every_event_of_another_thread_is_taken_in_order():
    bus, batches = EventBus(), list[list[Event]]()

    def publish() -> None:
        for number in range(900):
            bus.publish(changed(number))

    async def listen() -> None:
        mailbox = PacedMailbox(bus, batches.append)
        publisher = threading.Thread(target=publish)
        publisher.start()
        await until(batches, 900)
        publisher.join()
        mailbox.close()

    asyncio.run(listen())

    assert taken_by(batches) == list(range(900))


def test_events_that_come_faster_than_the_loop_turns_are_taken_at_once():
    bus, batches = EventBus(), list[list[Event]]()

    async def listen() -> None:
        mailbox = PacedMailbox(bus, batches.append)
        for number in range(900):
            bus.publish(changed(number))
        await until(batches, 900)
        mailbox.close()

    asyncio.run(listen())

    assert len(batches) == 1


def test_after_a_silence_the_next_event_is_taken_too():
    bus, batches = EventBus(), list[list[Event]]()

    async def listen() -> None:
        mailbox = PacedMailbox(bus, batches.append, every_s=0.001)
        for number in range(3):
            bus.publish(changed(number))
            await until(batches, number + 1)
            while mailbox._awake:  # noqa: ASYNC110 - it tells nobody that it goes to sleep
                await asyncio.sleep(0.001)
        mailbox.close()

    asyncio.run(listen())

    assert taken_by(batches) == [0, 1, 2]


def test_what_waits_can_be_taken_before_its_time():
    bus, batches = EventBus(), list[list[Event]]()

    async def listen() -> None:
        mailbox = PacedMailbox(bus, batches.append, every_s=60)
        bus.publish(changed(1))
        await until(batches, 1)
        bus.publish(changed(2))
        mailbox.take_now()
        mailbox.close()

    asyncio.run(listen())

    assert taken_by(batches) == [1, 2]


def test_one_that_fails_to_take_events_in_gets_the_next_ones():
    bus, batches = EventBus(), list[list[Event]]()

    def take_in(events: list[Event]) -> None:
        batches.append(events)
        if len(batches) == 1:
            raise ValueError("once")

    async def listen() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
        mailbox = PacedMailbox(bus, take_in, every_s=0.001)
        bus.publish(changed(1))
        await until(batches, 1)
        bus.publish(changed(2))
        await until(batches, 2)
        mailbox.close()

    asyncio.run(listen())

    assert taken_by(batches) == [1, 2]
