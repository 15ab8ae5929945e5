import java.util.*;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.TopicPartition;

/** Offsets of groups: manual and automatic commits, metadata, and what the admin client says of them. */
class Commits {
    static final String TOPIC = "java-2.1-commits";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    static final List<TopicPartition> ALL = List.of(PARTITION);

    static OffsetAndMetadata stored(AdminClient admin, String group) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(PARTITION);
    }

    static String commit(Consumer<byte[], byte[]> consumer, long offset, String metadata) {
        try {
            consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(offset, metadata)));
            return "none";
        } catch (RuntimeException error) {
            return error.getClass().getSimpleName();
        }
    }

    static void before() throws Exception {
        Groups.fill(TOPIC, 1);
        try (var consumer = Suite.consumer("group.id", "java-2.1-manual", "max.poll.records", 40)) {
            Suite.check("commits", consumer.committed(PARTITION) == null, "a new group has no offset");
            consumer.subscribe(List.of(TOPIC));
            int count = Suite.read(consumer, 40).size();
            consumer.commitSync();
            Suite.check("commits", count == 40 && consumer.committed(PARTITION).offset() == 40, "commits the position");
            Suite.check("commits", commit(consumer, 60, "told by m\u00e4x").equals("none") && consumer.committed(PARTITION).offset() == 60, "commits an offset of its own");
            Suite.check("commits", consumer.committed(PARTITION).metadata().equals("told by m\u00e4x"), "keeps the metadata of a commit");
            Suite.check("commits", commit(consumer, 1, "x".repeat(5000)).equals("OffsetMetadataTooLarge"), "metadata over the limit is refused", commit(consumer, 1, "x".repeat(5000)));
        }
        try (var admin = Suite.admin()) {
            Suite.check("admin", admin.listConsumerGroups().all().get().stream().anyMatch(group -> group.groupId().equals("java-2.1-manual")), "lists groups");
            Suite.check("admin", stored(admin, "java-2.1-manual").equals(new OffsetAndMetadata(60, "told by m\u00e4x")), "lists the offsets of a group");
            var described = admin.describeConsumerGroups(List.of("java-2.1-manual")).all().get().get("java-2.1-manual");
            Suite.check("admin", described.state() == ConsumerGroupState.EMPTY, "describes a group without members as empty", described);
            try (var consumer = Suite.consumer("group.id", "java-2.1-manual")) {
                consumer.subscribe(List.of(TOPIC));
                var records = Suite.read(consumer, 40);
                Suite.check("commits", records.size() == 40 && records.get(0).offset() == 60, "a new member goes on at the committed offset");
            }
            try (var consumer = Suite.consumer("group.id", "java-2.1-auto", "enable.auto.commit", true, "auto.commit.interval.ms", 50); var outside = Suite.consumer("group.id", "java-2.1-auto")) {
                consumer.subscribe(List.of(TOPIC));
                Suite.check("commits", Suite.until(() -> {
                    consumer.poll(java.time.Duration.ofMillis(20));
                    var offset = stored(admin, "java-2.1-auto");
                    return offset != null && offset.offset() == 100;
                }), "commits by itself");
                outside.assign(ALL);
                String error = commit(outside, 1, "");
                Suite.check("commits", error.equals("CommitFailedException"), "refuses a commit from outside while the group has members", error);
                error = Suite.errorOf(admin.deleteConsumerGroups(List.of("java-2.1-auto")).all());
                Suite.check("admin", error.equals("GroupNotEmptyException"), "refuses to delete a group that has members", error);
            }
            try (var consumer = Suite.consumer("group.id", "java-2.1-alone")) {
                consumer.assign(ALL);
                Suite.check("commits", commit(consumer, 7, "").equals("none") && consumer.committed(PARTITION).offset() == 7, "commits without being a member of the group");
            }
            admin.deleteConsumerGroups(List.of("java-2.1-alone")).all().get();
            Suite.check("admin", admin.listConsumerGroups().all().get().stream().noneMatch(group -> group.groupId().equals("java-2.1-alone")), "deletes a group");
            String error = Suite.errorOf(admin.deleteConsumerGroups(List.of("java-2.1-alone")).all());
            Suite.check("admin", error.equals("GroupIdNotFoundException"), "tells that a group to delete is unknown", error);
        }
    }

    static void after() throws Exception {
        try (var admin = Suite.admin()) {
            Suite.check("restart", stored(admin, "java-2.1-manual").equals(new OffsetAndMetadata(60, "told by m\u00e4x")), "committed offsets and metadata are there after the restart");
        }
        try (var producer = Suite.producer(); var consumer = Suite.consumer("group.id", "java-2.1-auto")) {
            Suite.sendAll(producer, TOPIC, 10, "after-");
            consumer.subscribe(List.of(TOPIC));
            var records = Suite.read(consumer, 10);
            Suite.check("restart", records.size() == 10 && records.get(0).offset() == 100, "a group goes on at its committed offsets after the restart");
        }
    }
}
