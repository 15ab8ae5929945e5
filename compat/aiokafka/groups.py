"""Groups: every assignor, static members, a member that crashes, more partitions, patterns."""
import asyncio
import os
import sys

from aiokafka import ConsumerRebalanceListener
from aiokafka.admin import NewPartitions
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from checks import bootstrap, check
from harness import administrator, consumer, create, producer, read, send_all, until

CRASH = "aiokafka-crash"


class Rebalances(ConsumerRebalanceListener):
    """Counts the assignments that a member got."""

    def __init__(self):
        self.count = 0

    async def on_partitions_revoked(self, revoked):
        pass

    async def on_partitions_assigned(self, assigned):
        self.count += 1


def shared(first, second, total):
    a, b = first.assignment(), second.assignment()
    return bool(a) and bool(b) and len(a) + len(b) == total and not a & b


async def assignors():
    topic = "aiokafka-assignors"
    await create(topic, 4)
    async with producer() as client:
        await send_all(client, topic, 100, "g-")
    for assignor in (RangePartitionAssignor, RoundRobinPartitionAssignor, StickyPartitionAssignor):
        name = assignor.name
        config = {"group_id": f"aiokafka-{name}", "partition_assignment_strategy": (assignor,)}
        async with consumer(topic, **config) as first:
            async with consumer(topic, **config) as second:
                check("groups", f"two members share the partitions ({name})", await until(lambda: shared(first, second, 4)))
                check("groups", f"the shares are even ({name})", len(first.assignment()) == 2)
                async with administrator() as admin:
                    [answer] = await admin.describe_consumer_groups([config["group_id"]])
                    group = answer.groups[0]
                    check("groups", f"the group is described as stable ({name})", group[0] == 0 and group[2] == "Stable" and group[4] == name and len(group[5]) == 2, group)
            check("groups", f"the member that stays gets all partitions when the other leaves ({name})", await until(lambda: len(first.assignment()) == 4))
            keys = {r.key for r in await read(first, 100)}
            check("groups", f"the group reads all records ({name})", len(keys) == 100)


async def static():
    topic, config = "aiokafka-static", {"group_id": "aiokafka-static"}
    await create(topic, 4)
    rebalances = Rebalances()
    async with consumer(group_instance_id="one", **config) as first:
        first.subscribe([topic], listener=rebalances)
        async with consumer(topic, group_instance_id="two", **config) as second:
            check("groups", "two static members share the partitions", await until(lambda: shared(first, second, 4)))
            had = second.assignment()
        count = rebalances.count
        async with consumer(topic, group_instance_id="two", **config) as again:
            check("groups", "a static member that comes back has its partitions again", await until(lambda: again.assignment() == had))
            check("groups", "its return is no rebalance for the other member", rebalances.count == count and len(first.assignment()) == 2)


async def member():
    """The process of a member that is going to be killed."""
    async with consumer(CRASH, group_id=CRASH) as client:
        await until(client.assignment)
        print("assigned", flush=True)
        await asyncio.Event().wait()


async def crash():
    await create(CRASH, 4)
    async with producer() as client:
        await send_all(client, CRASH, 100, "c-")
    async with consumer(CRASH, group_id=CRASH) as first:
        child = await asyncio.create_subprocess_exec(sys.executable, os.path.join(os.path.dirname(__file__), "suite.py"), bootstrap, "member", stdout=asyncio.subprocess.PIPE)
        await child.stdout.readline()
        await until(lambda: len(first.assignment()) == 2)
        check("groups", "a member in another process takes its share", len(first.assignment()) == 2)
        child.kill()
        await child.wait()
        check("groups", "the partitions of a member that crashed go to the other after its session timeout", await until(lambda: len(first.assignment()) == 4))
        await first.seek_to_beginning()
        check("groups", "the member that stays reads all records", len({r.key for r in await read(first, 100)}) == 100)


async def growing():
    topic = "aiokafka-growing"
    await create(topic, 1)
    async with consumer(topic, group_id="aiokafka-growing") as client:
        await until(lambda: len(client.assignment()) == 1)
        async with administrator() as admin:
            await admin.create_partitions({topic: NewPartitions(3)})
        check("groups", "a running group gets the partitions that are added", await until(lambda: len(client.assignment()) == 3))


async def pattern():
    await create("aiokafka-pattern-1", 1)
    async with consumer(group_id="aiokafka-pattern") as client:
        client.subscribe(pattern="^aiokafka-pattern-.*")
        check("groups", "a pattern subscribes to a topic that matches", await until(lambda: len(client.assignment()) == 1))
        await create("aiokafka-pattern-2", 2)
        check("groups", "a pattern takes up a topic that is created later", await until(lambda: len(client.assignment()) == 3))


async def before():
    await asyncio.gather(assignors(), static(), crash(), growing(), pattern())
