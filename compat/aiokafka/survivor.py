"""Clients that live through the restart: an idempotent producer that never pauses and a group that reads along."""
import asyncio
import contextlib
import sys

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from checks import check
from harness import all_of, consumer, create, producer, read, until

TOPIC = "aiokafka-survivor"


async def run():
    await create(TOPIC)
    stop, waiting, acknowledged, failed, seen = asyncio.Event(), set(), [], [], {}

    def answered(future):
        waiting.discard(future)
        if future.exception():
            failed.append(future.exception())
        else:
            acknowledged.append(future.result().offset)

    async def produce(client):
        count = 0
        while not stop.is_set():
            future = await client.send(TOPIC, b"%d" % count, partition=0)
            count += 1
            waiting.add(future)
            future.add_done_callback(answered)
            await asyncio.sleep(0.005)  # the rate
        await asyncio.gather(*waiting, return_exceptions=True)

    async def follow(client):
        while not stop.is_set() or waiting or len(seen) < len(acknowledged):
            # A member that has to join again reads from its committed offset.
            seen.update({int(r.value): None for r in await read(client, 1, 0.5)})
            with contextlib.suppress(CommitFailedError):
                await client.commit()

    async with producer(enable_idempotence=True) as sender, consumer(TOPIC, group_id=TOPIC) as reader:
        work = asyncio.gather(produce(sender), follow(reader))
        check("idempotence", "an idempotent producer writes while a group reads", await until(lambda: len(seen) > 100))
        print("restart", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        goal = len(acknowledged) + 200
        check("restart", "a producer that lives on goes on after the restart", await until(lambda: len(acknowledged) > goal), len(acknowledged), failed[:1])
        check("restart", "a member of a group that lives on goes on after the restart", await until(lambda: len(seen) > goal), len(seen))
        stop.set()
        await work
        total = len(acknowledged)
        check("idempotence", "each record is acknowledged once, in order, over the restart", not failed and acknowledged == list(range(total)), failed[:1])
        check("restart", "the group missed no record over the restart", list(seen) == list(range(total)), len(seen), total)
        await reader.commit()
        check("commits", "the group commits after the restart", await reader.committed(TopicPartition(TOPIC, 0)) == total)
    async with consumer() as client:
        client.assign(all_of(TOPIC))
        check("idempotence", "the log holds each record once, in order", [int(r.value) for r in await read(client, total)] == list(range(total)))
