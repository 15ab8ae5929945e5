"""Offsets of groups: manual and automatic commits, metadata, and what the admin client says of them."""
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError
from aiokafka.structs import OffsetAndMetadata

from checks import check
from harness import administrator, consumer, create, producer, read, send_all, until

TOPIC = "aiokafka-commits"
PARTITION = TopicPartition(TOPIC, 0)


async def stored(group):
    async with administrator() as client:
        return (await client.list_consumer_group_offsets(group)).get(PARTITION)


async def before():
    await create(TOPIC)
    async with producer() as client:
        await send_all(client, TOPIC, 100, "m-")
    async with consumer(TOPIC, group_id="aiokafka-manual", max_poll_records=40) as client:
        check("commits", "a new group has no offset", await client.committed(PARTITION) is None)
        await until(client.assignment)
        records = await read(client, 40)
        await client.commit()
        check("commits", "commits the position", len(records) == 40 and await client.committed(PARTITION) == 40)
        await client.commit({PARTITION: OffsetAndMetadata(60, "told by m\u00e4x")})
        check("commits", "commits an offset of its own", await client.committed(PARTITION) == 60)
    async with administrator() as admin:
        groups = await admin.list_consumer_groups()
        check("admin", "lists groups", any(group[0] == "aiokafka-manual" and group[1] == "consumer" for group in groups), groups)
        [answer] = await admin.describe_consumer_groups(["aiokafka-manual"])
        check("admin", "describes a group without members as empty", answer.groups[0][0] == 0 and answer.groups[0][2] == "Empty", answer)
        [answer] = await admin.describe_consumer_groups(["aiokafka-nowhere"])
        check("admin", "describes an unknown group as dead", answer.groups[0][2] == "Dead", answer)
    offset = await stored("aiokafka-manual")
    check("commits", "keeps the metadata of a commit", offset == OffsetAndMetadata(60, "told by m\u00e4x"), offset)
    check("admin", "lists the offsets of a group", offset.offset == 60)
    async with consumer(TOPIC, group_id="aiokafka-manual") as client:
        records = await read(client, 40)
        check("commits", "a new member goes on at the committed offset", [r.offset for r in records] == list(range(60, 100)))
        try:
            await client.commit({PARTITION: OffsetAndMetadata(1, "x" * 5000)})
            error = None
        except KafkaError as caught:
            error = caught
        check("commits", "metadata over the limit is refused", getattr(error, "errno", None) == 12, error)
    async with consumer(TOPIC, group_id="aiokafka-auto", enable_auto_commit=True, auto_commit_interval_ms=100) as client:
        await read(client, 100)
        seen = []
        for _ in range(300):
            seen.append(await client.committed(PARTITION))
            if seen[-1] == 100:
                break
        check("commits", "commits by itself", seen[-1] == 100)
    async with consumer(group_id="aiokafka-alone") as client:
        client.assign([PARTITION])
        await client.commit({PARTITION: OffsetAndMetadata(7, "")})
        check("commits", "commits without being a member of the group", await client.committed(PARTITION) == 7)
    async with consumer(TOPIC, group_id="aiokafka-fenced") as client:
        await until(client.assignment)
        async with consumer(group_id="aiokafka-fenced") as other:
            other.assign([PARTITION])
            try:
                await other.commit({PARTITION: OffsetAndMetadata(7, "")})
                error = None
            except KafkaError as caught:
                error = caught
        check("commits", "refuses a commit from outside while the group has members", isinstance(error, CommitFailedError), error)


async def after():
    offset = await stored("aiokafka-manual")
    check("restart", "committed offsets and metadata are there after the restart", offset == OffsetAndMetadata(60, "told by m\u00e4x"), offset)
    async with producer() as client:
        await send_all(client, TOPIC, 10, "after-")
    async with consumer(TOPIC, group_id="aiokafka-auto") as client:
        records = await read(client, 10)
        check("restart", "a group goes on at its committed offsets after the restart", [r.key for r in records] == [b"after-%d" % i for i in range(10)])
