"""Topics, partitions, configs and records by the admin client."""
from aiokafka import TopicPartition
from aiokafka.admin import NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from checks import check
from harness import administrator, create, producer, send_all, until

TOPIC = "aiokafka-admin"


async def config(client, topic, name):
    answers = await client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    return {entry[0]: entry[1] for entry in answers[0].resources[0][4]}[name]


async def exists(client, topic):
    """Metadata may lag behind what the controller answered."""
    return topic in await client.list_topics()


async def gone(client, topic):
    return topic not in await client.list_topics()


async def width(client, topic):
    return len((await client.describe_topics([topic]))[0]["partitions"])


async def has_width(client, topic, count):
    return await width(client, topic) == count


async def has_config(client, topic, name, value):
    return await config(client, topic, name) == value


async def before():
    check("admin", "creates a topic with a config", await create(TOPIC, 3, **{"retention.ms": "86400000"}) == 0)
    check("admin", "refuses the topic a second time", await create(TOPIC, 3) == 36)
    check("admin", "refuses a name that is not allowed", await create("not/a/name") == 17)
    check("admin", "refuses a topic without partitions", await create("aiokafka-none", 0) == 37)
    check("admin", "refuses a config that is not a number", await create("aiokafka-none", 1, **{"retention.ms": "soon"}) == 40)
    async with administrator() as client:
        await client.create_topics([NewTopic("aiokafka-dry", 1, 1)], validate_only=True)
        check("admin", "lists topics; validate_only made none", await until(lambda: exists(client, TOPIC)) and await gone(client, "aiokafka-dry"))
        [topic] = await client.describe_topics([TOPIC])
        check("admin", "describes the partitions of a topic",
              sorted(p["partition"] for p in topic["partitions"]) == [0, 1, 2] and all(p["leader"] == p["replicas"][0] for p in topic["partitions"]), topic)
        cluster = await client.describe_cluster()
        check("admin", "describes the cluster", len(cluster["brokers"]) == 1 and cluster["controller_id"] == cluster["brokers"][0]["node_id"], cluster)
        check("admin", "describes the configs of a topic", await config(client, TOPIC, "retention.ms") == "86400000")
        await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC, {"retention.ms": "7200000", "cleanup.policy": "compact"})])
        check("admin", "alters configs", await until(lambda: has_config(client, TOPIC, "retention.ms", "7200000")) and await config(client, TOPIC, "cleanup.policy") == "compact")
        await client.create_partitions({TOPIC: NewPartitions(5)})
        check("admin", "adds partitions", await until(lambda: has_width(client, TOPIC, 5)))
        try:
            await client.create_partitions({TOPIC: NewPartitions(2)})
            refused = False
        except Exception as error:  # the class of error is what is asked
            refused = getattr(error, "errno", 0) == 37
        check("admin", "refuses fewer partitions", refused)
        await create("aiokafka-cut", 1)
        async with producer() as sender:
            await send_all(sender, "aiokafka-cut", 10, "cut-")
        low = await client.delete_records({TopicPartition("aiokafka-cut", 0): RecordsToDelete(6)})
        check("admin", "deletes records up to an offset", list(low.values()) == [6], low)
        answer = await client.delete_topics(["aiokafka-cut"])
        check("admin", "deletes a topic", answer.topic_error_codes[0][1] == 0 and await until(lambda: gone(client, "aiokafka-cut")))
        answer = await client.delete_topics(["aiokafka-cut"])
        check("admin", "tells that a topic to delete is unknown", answer.topic_error_codes[0][1] == 3)


async def after():
    async with administrator() as client:
        check("restart", "topics and configs are as before the restart", await width(client, TOPIC) == 5 and await config(client, TOPIC, "retention.ms") == "7200000")
        await client.delete_topics([TOPIC])
        check("admin", "deletes a topic after the restart", await until(lambda: gone(client, TOPIC)))
