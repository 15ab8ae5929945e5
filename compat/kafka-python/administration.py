"""The admin sections of suite.py: topics, configs, groups and offsets."""
from kafka import OffsetAndMetadata, TopicPartition
from kafka.admin import AlterConfigOp, ConfigResource, NewTopic, OffsetSpec

from checks import check, refused, until
from harness import admin, commit, consumer, create, places, poll, produce, read, settle


def admin_topics():
    a = admin()
    create("admin-topic", 3, retention_ms=-1)
    check("admin", "creates a topic and lists it", "admin-topic" in a.list_topics())
    refused("admin", "a topic that exists is refused", lambda: create("admin-topic"), "TopicAlreadyExistsError")
    refused("admin", "a name with a slash is refused", lambda: create("a/b"), "InvalidTopicError")
    refused("admin", "a replication factor above the number of brokers is refused", lambda: a.create_topics([NewTopic("wide", 1, 2)]), "InvalidReplicationFactorError")
    refused("admin", "a config that does not exist is refused", lambda: create("odd", no_such="1"), "InvalidConfigurationError")
    a.create_topics([NewTopic("only-checked", 2, 1)], validate_only=True)
    check("admin", "a topic is checked without being made", "only-checked" not in a.list_topics())
    described = a.describe_topics(["admin-topic"])[0]
    check("admin", "describes a topic: leaders and replicas", len(described["partitions"]) == 3 and described["partitions"][0]["leader_id"] == described["partitions"][0]["isr_nodes"][0], described)
    a.create_partitions({"admin-topic": 5})
    settle("admin-topic", 5)
    check("admin", "adds partitions", len(a.describe_topics(["admin-topic"])[0]["partitions"]) == 5)
    refused("admin", "fewer partitions are refused", lambda: a.create_partitions({"admin-topic": 2}), "InvalidPartitionsError")
    produce("admin-topic", [dict(value=str(i).encode(), partition=0, timestamp_ms=1_700_000_000_000 + i) for i in range(10)])
    zero = TopicPartition("admin-topic", 0)
    specs = {"earliest": OffsetSpec.EARLIEST, "latest": OffsetSpec.LATEST, "max_timestamp": OffsetSpec.MAX_TIMESTAMP, "time": 1_700_000_000_004}
    offsets = {name: a.list_partition_offsets({zero: spec})[zero].offset for name, spec in specs.items()}
    check("admin", "lists offsets: first, next, of the largest timestamp, by time", offsets == {"earliest": 0, "latest": 10, "max_timestamp": 9, "time": 4}, offsets)
    a.delete_records({zero: 6})
    check("admin", "deletes records up to an offset", [r.offset for r in read("admin-topic", 4)] == [6, 7, 8, 9])
    a.delete_topics(["admin-topic"])
    check("admin", "deletes a topic", until(lambda: "admin-topic" not in a.list_topics()))
    refused("admin", "a topic that does not exist is not deleted", lambda: a.delete_topics(["nowhere"]), "UnknownTopicOrPartitionError")
    cluster = a.describe_cluster()
    check("admin", "describes the cluster", len(cluster["brokers"]) == 1 and len(cluster["cluster_id"]) > 0)
    check("admin", "describes the quorum of the metadata", a.describe_metadata_quorum() is not None)


def admin_configs():
    a = admin()
    create("admin-configs", retention_ms=1000000)

    def value(name):
        return a.describe_configs([ConfigResource("TOPIC", "admin-configs", [name])], config_filter="all")["topic"]["admin-configs"][name]["value"]

    def alter(**changes):
        a.alter_configs([ConfigResource("TOPIC", "admin-configs", {name.replace("_", "."): change for name, change in changes.items()})])
    check("admin", "describes configs: set ones and defaults", value("retention.ms") == "1000000" and value("cleanup.policy") == "delete")
    alter(retention_ms="2000000", segment_ms="3000000")
    check("admin", "changes configs", until(lambda: value("retention.ms") == "2000000" and value("segment.ms") == "3000000"))
    alter(retention_ms=(AlterConfigOp.DELETE, None))
    check("admin", "a config that is deleted has its default again, the other stays", until(lambda: value("retention.ms") == "604800000") and value("segment.ms") == "3000000")
    alter(cleanup_policy=(AlterConfigOp.APPEND, "compact"))
    check("admin", "appends to a list", until(lambda: sorted(value("cleanup.policy").split(",")) == ["compact", "delete"]))
    alter(cleanup_policy=(AlterConfigOp.SUBTRACT, "compact"))
    check("admin", "takes from a list", until(lambda: value("cleanup.policy") == "delete"))
    a.reset_configs([ConfigResource("TOPIC", "admin-configs", ["segment.ms"])])
    check("admin", "resets a config", until(lambda: value("segment.ms") == "604800000"))


def admin_groups():
    a = admin()
    topic, group = create("admin-groups", 2), "admin-groups"
    zero, one = TopicPartition(topic, 0), TopicPartition(topic, 1)
    produce(topic, [dict(value=str(i).encode(), partition=i % 2) for i in range(20)])
    member, got = consumer(group, client_id="a-client"), []
    member.subscribe([topic])
    until(lambda: len(places(got)) >= 20, lambda: poll(member, got))
    commit(member)

    def groups(**filters):
        return {g["group_id"] for g in a.list_groups(**filters)}
    check("admin", "lists a group", group in groups())
    check("admin", "lists groups by state", group in groups(states_filter=["Stable"]) and group not in groups(states_filter=["Empty"]))
    described = a.describe_groups([group])[group]
    check("admin", "describes a group and its members", described["group_state"] == "Stable" and described["members"][0]["client_id"] == "a-client", described)
    check("admin", "a group with members is not deleted", a.delete_groups([group])[group] == "NonEmptyGroupError")
    member.close()
    check("admin", "a group without members is empty", a.describe_groups([group])[group]["group_state"] == "Empty")

    def offsets():
        return {p.partition: o.offset for p, o in a.list_group_offsets(group)[group].items()}
    check("admin", "lists the offsets of a group", offsets() == {0: 10, 1: 10}, offsets())
    a.alter_group_offsets(group, {zero: OffsetAndMetadata(4, "", -1)})
    check("admin", "changes the offsets of a group", offsets() == {0: 4, 1: 10})
    member, got = consumer(group), []
    member.subscribe([topic])
    check("admin", "the group goes on at the changed offsets", until(lambda: places(got) == {(0, i) for i in range(4, 10)}, lambda: poll(member, got)), places(got))
    member.close()
    a.delete_group_offsets(group, [one])
    check("admin", "deletes the offset of a partition", offsets() == {0: 4})
    a.delete_groups([group])
    check("admin", "deletes a group", group not in groups())
    check("admin", "a group that does not exist is not deleted", a.delete_groups(["nowhere"])["nowhere"] == "GroupIdNotFoundError")
