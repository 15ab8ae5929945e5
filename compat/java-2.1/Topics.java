import java.util.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** Topics, partitions, configs and records by the admin client. */
class Topics {
    static final String TOPIC = "java-2.1-admin";
    static final ConfigResource RESOURCE = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);

    static String valueOf(AdminClient admin, String name) throws Exception {
        return admin.describeConfigs(List.of(RESOURCE)).all().get().get(RESOURCE).get(name).value();
    }

    static boolean exists(AdminClient admin, String topic) throws Exception {
        return admin.listTopics().names().get().contains(topic);
    }

    static void before() throws Exception {
        Suite.check("admin", Suite.create(TOPIC, 3, Map.of("retention.ms", "86400000")).equals("none"), "creates a topic with a config");
        Suite.check("admin", Suite.create(TOPIC, 3, Map.of()).equals("TopicExistsException"), "refuses the topic a second time");
        Suite.check("admin", Suite.create("not/a/name", 1, Map.of()).equals("InvalidTopicException"), "refuses a name that is not allowed");
        Suite.check("admin", Suite.create("java-2.1-none", 0, Map.of()).equals("InvalidPartitionsException"), "refuses a topic without partitions");
        Suite.check("admin", Suite.create("java-2.1-none", 1, Map.of("retention.ms", "soon")).equals("InvalidConfigurationException"), "refuses a config that is not a number");
        try (var admin = Suite.admin()) {
            admin.createTopics(List.of(new NewTopic("java-2.1-dry", 1, (short) 1)), new CreateTopicsOptions().validateOnly(true)).all().get();
            Suite.check("admin", exists(admin, TOPIC) && !exists(admin, "java-2.1-dry"), "lists topics; validateOnly made none");
            var partition = admin.describeTopics(List.of(TOPIC)).all().get().get(TOPIC).partitions().get(0);
            Suite.check("admin", Suite.width(admin, TOPIC) == 3 && partition.leader().equals(partition.replicas().get(0)) && partition.isr().size() == 1, "describes the partitions of a topic", partition);
            Suite.check("admin", Suite.errorOf(admin.describeTopics(List.of("java-2.1-nowhere")).all()).equals("UnknownTopicOrPartitionException"), "tells that a topic is unknown");
            var cluster = admin.describeCluster();
            Suite.check("admin", cluster.nodes().get().size() == 1 && cluster.controller().get().id() == cluster.nodes().get().iterator().next().id() && cluster.clusterId().get() != null, "describes the cluster");
            Suite.check("admin", valueOf(admin, "retention.ms").equals("86400000"), "describes the configs of a topic");
            admin.alterConfigs(Map.of(RESOURCE, new Config(List.of(new ConfigEntry("cleanup.policy", "compact"))))).all().get();
            Suite.check("admin", Suite.until(() -> valueOf(admin, "cleanup.policy").equals("compact") && valueOf(admin, "retention.ms").equals("604800000")), "alters all configs at once");
            admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(5))).all().get();
            Suite.check("admin", Suite.until(() -> Suite.width(admin, TOPIC) == 5), "adds partitions");
            String error = Suite.errorOf(admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(2))).all());
            Suite.check("admin", error.equals("InvalidPartitionsException"), "refuses fewer partitions", error);
            Suite.create("java-2.1-cut", 1, Map.of());
            try (var producer = Suite.producer()) {
                Suite.sendAll(producer, "java-2.1-cut", 10, "cut-");
            }
            var cut = new TopicPartition("java-2.1-cut", 0);
            long low = admin.deleteRecords(Map.of(cut, RecordsToDelete.beforeOffset(6))).lowWatermarks().get(cut).get().lowWatermark();
            Suite.check("admin", low == 6, "deletes records up to an offset", low);
            int node = cluster.controller().get().id();
            Suite.check("admin", admin.describeLogDirs(List.of(node)).all().get().get(node).values().stream().anyMatch(folder -> folder.replicaInfos.containsKey(cut)), "describes the log directories");
            admin.deleteTopics(List.of("java-2.1-cut")).all().get();
            Suite.check("admin", Suite.until(() -> !exists(admin, "java-2.1-cut")), "deletes a topic");
            error = Suite.errorOf(admin.deleteTopics(List.of("java-2.1-cut")).all());
            Suite.check("admin", error.equals("UnknownTopicOrPartitionException"), "tells that a topic to delete is unknown", error);
        }
    }

    static void after() throws Exception {
        try (var admin = Suite.admin()) {
            Suite.check("restart", Suite.width(admin, TOPIC) == 5 && valueOf(admin, "cleanup.policy").equals("compact"), "topics and configs are as before the restart");
            admin.deleteTopics(List.of(TOPIC)).all().get();
            Suite.check("admin", Suite.until(() -> !exists(admin, TOPIC)), "deletes a topic after the restart");
        }
    }
}
