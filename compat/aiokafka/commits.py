"""Offsets of groups: manual and automatic commits, metadata, and what the admin client says of them."""
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError
from aiokafka.structs import OffsetAndMetadata

from harness import administrator, check, consumer, create, producer, read, send_all, until

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
        check("commits", await client.committed(PARTITION) is None, "a new group has no offset")
        await until(client.assignment)
        records = await read(client, 40)
        await client.commit()
        check("commits", len(records) == 40 and await client.committed(PARTITION) == 40, "commits the position")
        await client.commit({PARTITION: OffsetAndMetadata(60, "told by m\u00e4x")})
        check("commits", await client.committed(PARTITION) == 60, "commits an offset of its own")
    async with administrator() as admin:
        groups = await admin.list_consumer_groups()
        check("admin", any(group[0] == "aiokafka-manual" and group[1] == "consumer" for group in groups), "lists groups", groups)
        [answer] = await admin.describe_consumer_groups(["aiokafka-manual"])
        check("admin", answer.groups[0][0] == 0 and answer.groups[0][2] == "Empty", "describes a group without members as empty", answer)
        [answer] = await admin.describe_consumer_groups(["aiokafka-nowhere"])
        check("admin", answer.groups[0][2] == "Dead", "describes an unknown group as dead", answer)
    offset = await stored("aiokafka-manual")
    check("commits", offset == OffsetAndMetadata(60, "told by m\u00e4x"), "keeps the metadata of a commit", offset)
    check("admin", offset.offset == 60, "lists the offsets of a group")
    async with consumer(TOPIC, group_id="aiokafka-manual") as client:
        records = await read(client, 40)
        check("commits", [r.offset for r in records] == list(range(60, 100)), "a new member goes on at the committed offset")
        try:
            await client.commit({PARTITION: OffsetAndMetadata(1, "x" * 5000)})
            error = None
        except KafkaError as caught:
            error = caught
        check("commits", getattr(error, "errno", None) == 12, "metadata over the limit is refused", error)
    async with consumer(TOPIC, group_id="aiokafka-auto", enable_auto_commit=True, auto_commit_interval_ms=100) as client:
        await read(client, 100)
        seen = []
        for _ in range(300):
            seen.append(await client.committed(PARTITION))
            if seen[-1] == 100:
                break
        check("commits", seen[-1] == 100, "commits by itself")
    async with consumer(group_id="aiokafka-alone") as client:
        client.assign([PARTITION])
        await client.commit({PARTITION: OffsetAndMetadata(7, "")})
        check("commits", await client.committed(PARTITION) == 7, "commits without being a member of the group")
    async with consumer(TOPIC, group_id="aiokafka-fenced") as client:
        await until(client.assignment)
        async with consumer(group_id="aiokafka-fenced") as other:
            other.assign([PARTITION])
            try:
                await other.commit({PARTITION: OffsetAndMetadata(7, "")})
                error = None
            except KafkaError as caught:
                error = caught
        check("commits", isinstance(error, CommitFailedError), "refuses a commit from outside while the group has members", error)


async def after():
    offset = await stored("aiokafka-manual")
    check("restart", offset == OffsetAndMetadata(60, "told by m\u00e4x"), "committed offsets and metadata are there after the restart", offset)
    async with producer() as client:
        await send_all(client, TOPIC, 10, "after-")
    async with consumer(TOPIC, group_id="aiokafka-auto") as client:
        records = await read(client, 10)
        check("restart", [r.key for r in records] == [b"after-%d" % i for i in range(10)], "a group goes on at its committed offsets after the restart")
