"""What every part of the suite uses: waiting for a condition, producers and consumers."""
import asyncio
import contextlib
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from checks import bootstrap

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


async def until(condition, seconds=30):
    """Waits for a condition, which may be a coroutine; the answer is whether it came true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if await answer if asyncio.iscoroutine(answer) else answer:
            return True
        await asyncio.sleep(0.02)
    return False


@contextlib.asynccontextmanager
async def producer(codec="none", **more):
    config = {"acks": "all", "linger_ms": 5, "compression_type": None if codec == "none" else codec}
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, **{**config, **more}) as client:
        yield client


@contextlib.asynccontextmanager
async def consumer(*topics, **more):
    config = {"auto_offset_reset": "earliest", "enable_auto_commit": False, "session_timeout_ms": 1500,
              "heartbeat_interval_ms": 200, "fetch_max_wait_ms": 100, "metadata_max_age_ms": 500}
    async with AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, **{**config, **more}) as client:
        yield client


@contextlib.asynccontextmanager
async def administrator():
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def create(topic, partitions=1, **configs):
    async with administrator() as client:
        response = await client.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs)])
        return response.topic_errors[0][1]


def all_of(topic, partitions=1):
    return [TopicPartition(topic, partition) for partition in range(partitions)]


async def read(client, count, seconds=30):
    records, deadline = [], time.monotonic() + seconds
    while len(records) < count and time.monotonic() < deadline:
        for batch in (await client.getmany(timeout_ms=100)).values():
            records += batch
    return records


async def send_all(client, topic, count, prefix, **more):
    futures = [await client.send(topic, f"value-{prefix}{i}".encode(), f"{prefix}{i}".encode(), **more) for i in range(count)]
    return await asyncio.gather(*futures)
