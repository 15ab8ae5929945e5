"""What is produced is read: codecs, acks, sizes, records of every shape, positions and limits of a fetch."""
import asyncio
import time

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, OffsetOutOfRangeError

from checks import check
from harness import CODECS, all_of, consumer, create, producer, read, send_all

TOPIC = "aiokafka-data"
SHAPES = "aiokafka-shapes"
BIG = "aiokafka-big"
EXPECTED = {f"{codec}-{i}".encode() for codec in CODECS for i in range(100)}


async def codecs():
    for codec in CODECS:
        async with producer(codec) as client:
            sent = await send_all(client, TOPIC, 100, f"{codec}-", headers=[("codec", codec.encode()), ("codec", b"again")])
            check("codecs", f"produces 100 records with {codec}", all(one.offset >= 0 for one in sent))
    async with consumer() as client:
        client.assign(all_of(TOPIC, 3))
        records = await read(client, 500)
        check("codecs", "reads back all 500 records of every codec", len(records) == 500 and {r.key for r in records} == EXPECTED)
        check("codecs", "keeps values and headers under every codec",
              all(r.value == b"value-" + r.key and r.headers == (("codec", r.key.split(b"-")[0]), ("codec", b"again")) for r in records))


async def acks():
    for level in (0, 1, "all"):
        topic = f"aiokafka-acks-{level}"
        await create(topic)
        async with producer(acks=level) as client:
            sent = await send_all(client, topic, 50, "a-")
        answered = all(one is None for one in sent) if level == 0 else [one.offset for one in sent] == list(range(50))
        check("produce", f"acks={level} answers {'nothing' if level == 0 else 'offsets'}", answered, sent[:2])
        async with consumer() as client:
            client.assign(all_of(topic))
            check("produce", f"keeps records and their order with acks={level}", [r.key for r in await read(client, 50)] == [b"a-%d" % i for i in range(50)])


async def sizes():
    await create(BIG)
    value = bytes(range(256)) * 3900  # 998,400 bytes
    async with producer(max_request_size=3_000_000) as client:
        sent = await client.send_and_wait(BIG, value)
        check("produce", "produces a record near 1 MB", sent.offset == 0)
        try:
            await client.send_and_wait(BIG, bytes(1_200_000))
            error = None
        except KafkaError as caught:
            error = caught
        check("produce", "a record that is too large is refused as MESSAGE_TOO_LARGE", isinstance(error, MessageSizeTooLargeError), error)
        sent = await client.send_and_wait(BIG, b"small")
        check("produce", "goes on after a refused record", sent.offset == 1)
    async with consumer(max_partition_fetch_bytes=1000, fetch_max_bytes=1000) as client:
        client.assign(all_of(BIG))
        records = await read(client, 2)
        check("consume", "a record larger than the limits of a fetch is read all the same", [r.value for r in records] == [value, b"small"])


async def shapes():
    await create(SHAPES)
    stamp = 1_600_000_000_123
    rows = [(b"k", b"v", [("h", b"1"), ("h", None), ("h", b""), ("\u00e9", b"2")]), (None, b"no key", []), (b"dead", None, []), (b"", b"", [])]
    async with producer() as client:
        for i, (key, value, headers) in enumerate(rows):
            await client.send_and_wait(SHAPES, value, key, headers=headers, timestamp_ms=stamp + i)
    async with consumer() as client:
        client.assign(all_of(SHAPES))
        first, second, third, fourth = await read(client, 4)
        check("records", "keeps headers: doubled keys, null and empty values", first.headers == (("h", b"1"), ("h", None), ("h", b""), ("\u00e9", b"2")), first.headers)
        check("records", "keeps a null key", second.key is None and second.value == b"no key")
        check("records", "keeps a tombstone", third.key == b"dead" and third.value is None)
        check("records", "tells empty from null", (fourth.key, fourth.value) == (b"", b""))
        check("records", "keeps timestamps", [r.timestamp - stamp for r in (first, second, third, fourth)] == list(range(4)) and first.timestamp_type == 0)
        found = await client.offsets_for_times({TopicPartition(SHAPES, 0): stamp + 2})
        check("consume", "finds an offset by time", found[TopicPartition(SHAPES, 0)].offset == 2 and found[TopicPartition(SHAPES, 0)].timestamp == stamp + 2)
        found = await client.offsets_for_times({TopicPartition(SHAPES, 0): stamp + 100})
        check("consume", "finds no offset for a time after the last record", found[TopicPartition(SHAPES, 0)] is None)
    await create("aiokafka-appended", 1, **{"message.timestamp.type": "LogAppendTime"})
    started = int(time.time() * 1000)
    async with producer() as client:
        sent = await client.send_and_wait("aiokafka-appended", b"v", timestamp_ms=stamp)
    async with consumer() as client:
        client.assign(all_of("aiokafka-appended"))
        [record] = await read(client, 1)
        check("records", "LogAppendTime gives the broker's time", record.timestamp >= started and record.timestamp_type == 1 and sent.timestamp == record.timestamp, record, sent)


async def positions():
    partition = TopicPartition("aiokafka-line", 0)
    await create(partition.topic)
    async with producer() as client:
        for start in range(0, 1000, 100):
            await asyncio.gather(*[await client.send(partition.topic, b"%d" % i, partition=0) for i in range(start, start + 100)])
    async with consumer(auto_offset_reset="none", max_partition_fetch_bytes=500, fetch_max_bytes=700) as client:
        client.assign([partition])
        check("consume", "tells the first and the last offset", (await client.beginning_offsets([partition]))[partition] == 0 and (await client.end_offsets([partition]))[partition] == 1000)
        client.seek(partition, 437)
        records = await read(client, 100)
        check("consume", "seeks to an offset in the middle of a batch", [r.offset for r in records[:100]] == list(range(437, 537)) and records[0].value == b"437")
        await client.seek_to_end(partition)
        check("consume", "seeks to the end", await client.position(partition) == 1000)
        await client.seek_to_beginning(partition)
        records = await read(client, 1000)
        check("consume", "reads all in order under small limits of a fetch", [r.offset for r in records] == list(range(1000)))
        client.seek(partition, 5000)
        try:
            await client.getmany(timeout_ms=5000)
            error = None
        except OffsetOutOfRangeError as caught:
            error = caught
        check("consume", "an offset out of range is an error when there is no reset", isinstance(error, OffsetOutOfRangeError), error)
        client.pause(partition)
        client.seek(partition, 0)
        check("consume", "a paused partition gives nothing", await client.getmany(timeout_ms=150) == {})
        client.resume(partition)
        check("consume", "a resumed partition goes on", (await read(client, 1))[0].offset == 0)
    async with consumer(fetch_min_bytes=1_000_000, fetch_max_wait_ms=400) as client:
        client.assign([partition])
        client.seek(partition, 990)
        started = time.monotonic()
        records = await read(client, 10)
        check("consume", "waits for min bytes no longer than the longest wait", len(records) == 10 and time.monotonic() - started > 0.3)


async def before():
    await create(TOPIC, 3)
    await codecs()
    await acks()
    await sizes()
    await shapes()
    await positions()


async def after():
    async with consumer() as client:
        client.assign(all_of(TOPIC, 3))
        records = await read(client, 500)
        check("restart", "all records are there after the restart", {r.key for r in records} == EXPECTED and len(records) == 500)
    async with producer("zstd") as client:
        sent = await send_all(client, "aiokafka-line", 10, "after-", partition=0)
        check("restart", "offsets go on where they were", [one.offset for one in sent] == list(range(1000, 1010)))
