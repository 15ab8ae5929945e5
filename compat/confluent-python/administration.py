"""The admin sections of suite.py: topics, configs, groups and offsets."""
from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, TopicCollection, TopicPartition
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType
from checks import check, refused, until
from harness import admin, consumer, create, numbered, poll, produce, read, settle


def admin_topics():
    a = admin()
    create("admin-topic", 3, retention_ms=-1)
    check("admin", "creates a topic and lists it", len(a.list_topics().topics["admin-topic"].partitions) == 3)
    refused("admin", "a topic that exists is refused", lambda: create("admin-topic"), "TOPIC_ALREADY_EXISTS")
    refused("admin", "a name with a slash is refused", lambda: create("a/b"), "TOPIC_EXCEPTION")
    refused("admin", "a replication factor above the number of brokers is refused", lambda: a.create_topics([NewTopic("wide", 1, 2)])["wide"].result(), "INVALID_REPLICATION_FACTOR")
    refused("admin", "a config that does not exist is refused", lambda: create("odd", no_such="1"), "INVALID_CONFIG")
    a.create_topics([NewTopic("only-checked", 2, 1)], validate_only=True)["only-checked"].result()
    check("admin", "a topic is checked without being made", "only-checked" not in a.list_topics().topics)
    described = a.describe_topics(TopicCollection(["admin-topic"]))["admin-topic"].result()
    check("admin", "describes a topic: its id, leaders, replicas", len(described.partitions) == 3 and described.partitions[0].leader.id == described.partitions[0].isr[0].id and described.topic_id is not None)
    refused("admin", "a topic that does not exist is not described", lambda: a.describe_topics(TopicCollection(["nowhere"]))["nowhere"].result(), "UNKNOWN_TOPIC_OR_PART")
    a.create_partitions([NewPartitions("admin-topic", 5)])["admin-topic"].result()
    settle("admin-topic", 5)
    check("admin", "adds partitions", len(a.describe_topics(TopicCollection(["admin-topic"]))["admin-topic"].result().partitions) == 5)
    refused("admin", "fewer partitions are refused", lambda: a.create_partitions([NewPartitions("admin-topic", 2)])["admin-topic"].result(), "INVALID_PARTITIONS")
    produce("admin-topic", [dict(value=str(i), partition=0, timestamp=1_700_000_000_000 + i) for i in range(10)])
    zero = TopicPartition("admin-topic", 0)
    specs = {"earliest": OffsetSpec.earliest(), "latest": OffsetSpec.latest(), "max_timestamp": OffsetSpec.max_timestamp(), "time": OffsetSpec.for_timestamp(1_700_000_000_004)}
    offsets = {name: a.list_offsets({zero: spec})[zero].result().offset for name, spec in specs.items()}
    check("admin", "lists offsets: first, next, of the largest timestamp, by time", offsets == {"earliest": 0, "latest": 10, "max_timestamp": 9, "time": 4}, offsets)
    deleted = a.delete_records([TopicPartition("admin-topic", 0, 6)])[zero]
    check("admin", "deletes records up to an offset", deleted.result().low_watermark == 6 and [m.offset() for m in read("admin-topic", 4)] == [6, 7, 8, 9])
    a.delete_topics(["admin-topic"])["admin-topic"].result()
    check("admin", "deletes a topic", until(lambda: "admin-topic" not in a.list_topics().topics))
    refused("admin", "a topic that does not exist is not deleted", lambda: a.delete_topics(["nowhere"])["nowhere"].result(), "UNKNOWN_TOPIC_OR_PART")
    cluster = a.describe_cluster().result()
    check("admin", "describes the cluster", len(cluster.nodes) == 1 and cluster.controller.id == cluster.nodes[0].id and len(cluster.cluster_id) > 0)


def admin_configs():
    a = admin()
    create("admin-configs", retention_ms=1000000)
    resource = ConfigResource(ResourceType.TOPIC, "admin-configs")

    def changed(holds):
        return until(lambda: holds(configs()))

    def configs():
        return a.describe_configs([resource])[resource].result()
    found = configs()
    check("admin", "describes configs: set ones and defaults", found["retention.ms"].value == "1000000" and not found["retention.ms"].is_default and found["cleanup.policy"].value == "delete" and found["cleanup.policy"].is_default)

    def alter(name, value, operation):
        entry = ConfigEntry(name, value, incremental_operation=operation)
        change = ConfigResource(ResourceType.TOPIC, "admin-configs", incremental_configs=[entry])
        a.incremental_alter_configs([change])[change].result()
    alter("retention.ms", "2000000", AlterConfigOpType.SET)
    alter("segment.ms", "3000000", AlterConfigOpType.SET)
    check("admin", "changes one config, the others stay", changed(lambda c: c["retention.ms"].value == "2000000" and c["segment.ms"].value == "3000000"))
    alter("retention.ms", None, AlterConfigOpType.DELETE)
    check("admin", "a config that is deleted has its default again", changed(lambda c: c["retention.ms"].value == "604800000"))
    alter("cleanup.policy", "compact", AlterConfigOpType.APPEND)
    check("admin", "appends to a list", changed(lambda c: sorted(c["cleanup.policy"].value.split(",")) == ["compact", "delete"]))
    alter("cleanup.policy", "compact", AlterConfigOpType.SUBTRACT)
    check("admin", "takes from a list", changed(lambda c: c["cleanup.policy"].value == "delete"))
    refused("admin", "a value that is no number is refused", lambda: alter("retention.ms", "soon", AlterConfigOpType.SET), "INVALID_CONFIG")
    whole = ConfigResource(ResourceType.TOPIC, "admin-configs", set_config={"max.message.bytes": "2000000"})
    a.alter_configs([whole])[whole].result()
    check("admin", "the older request replaces all configs", changed(lambda c: c["max.message.bytes"].value == "2000000" and c["segment.ms"].is_default))
    broker = ConfigResource(ResourceType.BROKER, str(a.describe_cluster().result().nodes[0].id))
    check("admin", "describes the configs of the broker", a.describe_configs([broker])[broker].result()["group.initial.rebalance.delay.ms"].value == "0")


def admin_groups():
    a = admin()
    topic, group = create("admin-groups", 2), "admin-groups"
    produce(topic, [dict(value=str(i), partition=i % 2) for i in range(20)])
    member, got = consumer(group, client_id="a-client"), []
    member.subscribe([topic])
    until(lambda: len(got) >= 20, lambda: poll(member, got))
    member.commit(asynchronous=False)
    listed = {g.group_id: g for g in a.list_consumer_groups().result().valid}
    check("admin", "lists a group", group in listed and listed[group].state == ConsumerGroupState.STABLE, listed.get(group))
    stable = {g.group_id for g in a.list_consumer_groups(states={ConsumerGroupState.EMPTY}).result().valid}
    check("admin", "lists groups by state", group not in stable)
    described = a.describe_consumer_groups([group])[group].result()
    check("admin", "describes a group: its members and what they hold", described.state == ConsumerGroupState.STABLE and described.members[0].client_id == "a-client" and len(described.members[0].assignment.topic_partitions) == 2)
    refused("admin", "a group with members is not deleted", lambda: a.delete_consumer_groups([group])[group].result(), "NON_EMPTY_GROUP")
    member.close()
    check("admin", "a group without members is empty", a.describe_consumer_groups([group])[group].result().state == ConsumerGroupState.EMPTY)

    def offsets():
        wanted = ConsumerGroupTopicPartitions(group)
        return {p.partition: p.offset for p in a.list_consumer_group_offsets([wanted])[group].result().topic_partitions}
    check("admin", "lists the offsets of a group", offsets() == {0: 10, 1: 10}, offsets())
    a.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 4)])])[group].result()
    check("admin", "changes the offsets of a group", offsets() == {0: 4, 1: 10})
    member, got = consumer(group), []
    member.subscribe([topic])
    until(lambda: len(got) >= 6, lambda: poll(member, got))
    check("admin", "the group goes on at the changed offsets", sorted((m.partition(), m.offset()) for m in got) == [(0, i) for i in range(4, 10)])
    member.close()
    a.delete_consumer_groups([group])[group].result()
    check("admin", "deletes a group", group not in {g.group_id for g in a.list_consumer_groups().result().valid})
    refused("admin", "a group that does not exist is not deleted", lambda: a.delete_consumer_groups(["nowhere"])["nowhere"].result(), "GROUP_ID_NOT_FOUND")
