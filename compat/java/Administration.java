import java.util.*;
import java.util.stream.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.*;

/** Admin: topics, configs, groups and offsets. */
class Administration extends Harness {
    static void topics() throws Exception {
        String topic = create("admin-topic", 3, "retention.ms", "-1");
        check("admin", "creates a topic and lists it", admin.listTopics().names().get().contains(topic));
        refused("admin", "a topic that exists is refused", TopicExistsException.class, () -> create(topic, 1));
        refused("admin", "a name with a slash is refused", InvalidTopicException.class, () -> create("a/b", 1));
        refused("admin", "a replication factor above the number of brokers is refused", InvalidReplicationFactorException.class,
            () -> admin.createTopics(List.of(new NewTopic("wide", 1, (short) 2))).all().get());
        refused("admin", "a config that does not exist is refused", InvalidConfigurationException.class, () -> create("odd", 1, "no.such", "1"));
        var made = admin.createTopics(List.of(new NewTopic("only-checked", 2, (short) 1)), new CreateTopicsOptions().validateOnly(true));
        check("admin", "a topic is checked without being made", made.numPartitions("only-checked").get() == 2 && !admin.listTopics().names().get().contains("only-checked"));
        var assigned = new NewTopic("assigned", Map.of(0, List.of(1), 1, List.of(1)));
        admin.createTopics(List.of(assigned)).all().get();
        settle("assigned", 2);
        var description = admin.describeTopics(List.of(topic, "assigned")).allTopicNames().get();
        check("admin", "describes topics: ids, leaders, replicas", description.get(topic).partitions().size() == 3 && description.get("assigned").partitions().size() == 2
            && description.get(topic).partitions().get(0).isr().get(0).id() == description.get(topic).partitions().get(0).leader().id());
        var id = description.get(topic).topicId();
        check("admin", "describes a topic by its id", admin.describeTopics(TopicCollection.ofTopicIds(List.of(id))).allTopicIds().get().get(id).name().equals(topic));
        refused("admin", "a topic that does not exist is not described", UnknownTopicOrPartitionException.class, () -> admin.describeTopics(List.of("nowhere")).allTopicNames().get());
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
        settle(topic, 5);
        check("admin", "adds partitions", admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size() == 5);
        refused("admin", "fewer partitions are refused", InvalidPartitionsException.class, () -> admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get());
        for (int i = 0; i < 10; i++) produce(List.of(record(topic, 0, 1_700_000_000_000L + i, "k", "v")));
        var zero = new TopicPartition(topic, 0);
        var offsets = new ArrayList<Long>();
        for (var spec : List.of(OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp(), OffsetSpec.forTimestamp(1_700_000_000_004L)))
            offsets.add(admin.listOffsets(Map.of(zero, spec)).partitionResult(zero).get().offset());
        check("admin", "lists offsets: first, next, of the largest timestamp, by time", offsets.equals(List.of(0L, 10L, 9L, 4L)), offsets);
        long low = admin.deleteRecords(Map.of(zero, RecordsToDelete.beforeOffset(6))).lowWatermarks().get(zero).get().lowWatermark();
        check("admin", "deletes records up to an offset", low == 6 && read(topic, 4, 1, 6).get(0).offset() == 6);
        refused("admin", "records beyond the end are not deleted", org.apache.kafka.common.errors.OffsetOutOfRangeException.class, () -> admin.deleteRecords(Map.of(zero, RecordsToDelete.beforeOffset(99))).all().get());
        var producers = admin.describeProducers(List.of(zero)).all().get().get(zero).activeProducers();
        check("admin", "describes the producers of a partition", !producers.isEmpty());
        var dirs = admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1).values();
        check("admin", "describes the folders of the logs", dirs.stream().anyMatch(dir -> dir.replicaInfos().containsKey(zero) && dir.replicaInfos().get(zero).size() > 0));
        admin.deleteTopics(List.of(topic)).all().get();
        check("admin", "deletes a topic", until(() -> {
            try { return !admin.listTopics().names().get().contains(topic); } catch (Exception e) { return false; }
        }));
        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(description.get("assigned").topicId()))).all().get();
        check("admin", "deletes a topic by its id", until(() -> {
            try { return !admin.listTopics().names().get().contains("assigned"); } catch (Exception e) { return false; }
        }));
        refused("admin", "a topic that does not exist is not deleted", UnknownTopicOrPartitionException.class, () -> admin.deleteTopics(List.of("nowhere")).all().get());
    }

    static void cluster() throws Exception {
        var cluster = admin.describeCluster();
        check("admin", "describes the cluster", cluster.nodes().get().size() == 1 && cluster.controller().get().id() == 1 && !cluster.clusterId().get().isEmpty());
        check("admin", "describes the features", admin.describeFeatures().featureMetadata().get().finalizedFeatures().containsKey("metadata.version"));
        var quorum = admin.describeMetadataQuorum().quorumInfo().get();
        check("admin", "describes the quorum of the metadata", quorum.leaderId() == 1 && quorum.voters().size() == 1);
    }

    static String value(ConfigResource resource, String name) {
        try {
            return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(name).value();
        } catch (Exception e) {
            throw new RuntimeException(e);
        }
    }

    static void alter(ConfigResource resource, String name, String value, AlterConfigOp.OpType type) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(name, value), type)))).all().get();
    }

    static void configs() throws Exception {
        create("admin-configs", 1, "retention.ms", "1000000");
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, "admin-configs");
        var first = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        check("admin", "describes configs: set ones and defaults", first.get("retention.ms").value().equals("1000000") && !first.get("retention.ms").isDefault()
            && first.get("cleanup.policy").value().equals("delete") && first.get("cleanup.policy").isDefault());
        var full = admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true)).all().get().get(resource).get("retention.ms");
        check("admin", "describes the synonyms, type and text of a config", full.synonyms().get(0).name().equals("retention.ms") && full.type() == ConfigEntry.ConfigType.LONG && !full.documentation().isEmpty(), full);
        alter(resource, "segment.ms", "3000000", AlterConfigOp.OpType.SET);
        check("admin", "changes one config, the others stay", until(() -> value(resource, "segment.ms").equals("3000000") && value(resource, "retention.ms").equals("1000000")));
        alter(resource, "retention.ms", null, AlterConfigOp.OpType.DELETE);
        check("admin", "a config that is deleted has its default again", until(() -> value(resource, "retention.ms").equals("604800000")));
        alter(resource, "cleanup.policy", "compact", AlterConfigOp.OpType.APPEND);
        check("admin", "appends to a list", until(() -> value(resource, "cleanup.policy").contains(",")));
        alter(resource, "cleanup.policy", "compact", AlterConfigOp.OpType.SUBTRACT);
        check("admin", "takes from a list", until(() -> value(resource, "cleanup.policy").equals("delete")));
        refused("admin", "a value that is no number is refused", InvalidConfigurationException.class, () -> alter(resource, "retention.ms", "soon", AlterConfigOp.OpType.SET));
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        check("admin", "describes the configs of the broker", value(broker, "group.initial.rebalance.delay.ms").equals("0"));
        alter(broker, "log.cleaner.threads", "2", AlterConfigOp.OpType.SET);
        check("admin", "changes a config of the broker", until(() -> value(broker, "log.cleaner.threads").equals("2")));
        refused("admin", "a config that needs a restart is not changed", InvalidRequestException.class, () -> alter(broker, "broker.rack", "r", AlterConfigOp.OpType.SET));
    }

    static void groups() throws Exception {
        String topic = create("admin-groups", 2);
        for (int i = 0; i < 20; i++) produce(List.of(record(topic, i % 2, null, "" + i, "v")));
        var zero = new TopicPartition(topic, 0);
        var one = new TopicPartition(topic, 1);
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var member = consumer(topic, "client.id", "a-client");
        member.subscribe(List.of(topic));
        until(() -> got.size() >= 20, () -> poll(member, got));
        member.commitSync();
        check("admin", "lists a group", admin.listGroups().all().get().stream().anyMatch(group -> group.groupId().equals(topic)));
        var empty = admin.listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.EMPTY))).all().get();
        var stable = admin.listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE)).withTypes(Set.of(GroupType.CLASSIC))).all().get();
        check("admin", "lists groups by state and type", stable.stream().anyMatch(g -> g.groupId().equals(topic)) && empty.stream().noneMatch(g -> g.groupId().equals(topic)));
        var described = admin.describeConsumerGroups(List.of(topic)).all().get().get(topic);
        var first = described.members().iterator().next();
        check("admin", "describes a group: its members and what they hold", described.groupState() == GroupState.STABLE && first.clientId().equals("a-client") && first.assignment().topicPartitions().size() == 2);
        refused("admin", "a group with members is not deleted", GroupNotEmptyException.class, () -> admin.deleteConsumerGroups(List.of(topic)).all().get());
        member.close();
        check("admin", "a group without members is empty", admin.describeConsumerGroups(List.of(topic)).all().get().get(topic).groupState() == GroupState.EMPTY);
        check("admin", "lists the offsets of a group", offsets(topic).equals(Map.of(zero, 10L, one, 10L)), offsets(topic));
        admin.alterConsumerGroupOffsets(topic, Map.of(zero, new OffsetAndMetadata(4))).all().get();
        check("admin", "changes the offsets of a group", offsets(topic).equals(Map.of(zero, 4L, one, 10L)));
        got.clear();
        try (var again = consumer(topic)) {
            again.subscribe(List.of(topic));
            until(() -> got.size() >= 6, () -> poll(again, got));
        }
        check("admin", "the group goes on at the changed offsets", keys(got).equals(new TreeSet<>(List.of("8", "10", "12", "14", "16", "18"))), keys(got));
        admin.deleteConsumerGroupOffsets(topic, Set.of(one)).all().get();
        check("admin", "deletes the offset of a partition", offsets(topic).equals(Map.of(zero, 4L)), offsets(topic));
        admin.deleteConsumerGroups(List.of(topic)).all().get();
        check("admin", "deletes a group", admin.listGroups().all().get().stream().noneMatch(group -> group.groupId().equals(topic)));
        refused("admin", "a group that does not exist is not deleted", GroupIdNotFoundException.class, () -> admin.deleteConsumerGroups(List.of("nowhere")).all().get());
        refused("admin", "a group that does not exist is not described", GroupIdNotFoundException.class, () -> admin.describeConsumerGroups(List.of("nowhere")).all().get());
    }

    static Map<TopicPartition, Long> offsets(String group) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().offset()));
    }
}
