import java.io.*;
import java.time.Duration;
import java.util.*;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.TopicPartition;

/** Groups: every assignor of 2.1, a member that crashes, more partitions, patterns. Static members came with 2.3. */
class Groups {
    static final String CRASH = "java-2.1-crash";

    /** A member that polls in its own thread until it is closed. */
    static class Member implements AutoCloseable {
        final Set<String> keys = Collections.synchronizedSet(new HashSet<>());
        volatile Set<TopicPartition> share = Set.of();
        private volatile boolean closing;
        private final Thread thread;

        Member(KafkaConsumer<byte[], byte[]> consumer) {
            thread = new Thread(() -> {
                try (consumer) {
                    while (!closing) {
                        consumer.poll(Duration.ofMillis(50)).forEach(record -> keys.add(Data.text(record.key())));
                        share = Set.copyOf(consumer.assignment());
                        consumer.commitAsync();
                    }
                }
            });
            thread.start();
        }

        @Override
        public void close() throws InterruptedException {
            closing = true;
            thread.join();
        }
    }

    static Member join(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        consumer.subscribe(List.of(topic));
        return new Member(consumer);
    }

    static boolean shared(Member first, Member second, int total) {
        return first.share.size() == total / 2 && second.share.size() == total / 2 && Collections.disjoint(first.share, second.share);
    }

    static void fill(String topic, int partitions) throws Exception {
        Suite.create(topic, partitions, Map.of());
        try (var producer = Suite.producer()) {
            Suite.sendAll(producer, topic, 100, "g-");
        }
    }

    static void assignors() throws Exception {
        String topic = "java-2.1-assignors";
        fill(topic, 4);
        for (var assignor : List.of(RangeAssignor.class, RoundRobinAssignor.class, StickyAssignor.class)) {
            String name = assignor.getSimpleName();
            String group = "java-2.1-" + name;
            Object[] config = {"group.id", group, "partition.assignment.strategy", assignor.getName()};
            try (var first = join(Suite.consumer(config), topic); var admin = Suite.admin()) {
                var second = join(Suite.consumer(config), topic);
                Suite.check("groups", Suite.until(() -> shared(first, second, 4)), "two members share the partitions evenly (" + name + ")");
                var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
                Suite.check("groups", described.state() == ConsumerGroupState.STABLE && described.members().size() == 2
                    && described.members().stream().allMatch(member -> member.assignment().topicPartitions().size() == 2), "the group is described as stable (" + name + ")", described);
                second.close();
                Suite.check("groups", Suite.until(() -> first.share.size() == 4), "the member that stays gets all partitions when the other leaves (" + name + ")");
                Suite.check("groups", Suite.until(() -> {
                    var keys = new HashSet<>(first.keys);
                    keys.addAll(second.keys);
                    return keys.size() == 100;
                }), "the group reads all records (" + name + ")");
            }
        }
    }

    /** The process of a member that is going to be killed. */
    static void member() throws Exception {
        var member = join(Suite.consumer("group.id", CRASH), CRASH);
        Suite.until(() -> !member.share.isEmpty());
        System.out.println("assigned");
        member.thread.join();
    }

    static void crash() throws Exception {
        fill(CRASH, 4);
        try (var first = join(Suite.consumer("group.id", CRASH), CRASH)) {
            var child = new ProcessBuilder(ProcessHandle.current().info().command().orElse("java"), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), "Suite", Suite.bootstrap, "member").start();
            new BufferedReader(new InputStreamReader(child.getInputStream())).readLine();
            Suite.check("groups", Suite.until(() -> first.share.size() == 2), "a member in another process takes its share");
            child.destroyForcibly().waitFor();
            Suite.check("groups", Suite.until(() -> first.share.size() == 4), "the partitions of a member that crashed go to the other after its session timeout");
        }
    }

    static void growing() throws Exception {
        String topic = "java-2.1-growing";
        Suite.create(topic, 1, Map.of());
        try (var member = join(Suite.consumer("group.id", topic), topic); var admin = Suite.admin()) {
            Suite.until(() -> member.share.size() == 1);
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
            Suite.check("groups", Suite.until(() -> member.share.size() == 3), "a running group gets the partitions that are added");
        }
    }

    static void pattern() throws Exception {
        Suite.create("java-2.1-pattern-1", 1, Map.of());
        var consumer = Suite.consumer("group.id", "java-2.1-pattern");
        consumer.subscribe(Pattern.compile("java-2\\.1-pattern-.*"));
        try (var member = new Member(consumer)) {
            Suite.check("groups", Suite.until(() -> member.share.size() == 1), "a pattern subscribes to a topic that matches");
            Suite.create("java-2.1-pattern-2", 2, Map.of());
            Suite.check("groups", Suite.until(() -> member.share.size() == 3), "a pattern takes up a topic that is created later");
        }
    }
}
