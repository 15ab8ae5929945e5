import java.time.Duration;
import java.util.*;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/** The Java client: see ../README.md for the phases. */
public class Smoke {
    static final String TOPIC = "java-smoke";
    static final String GROUP = "java-group";
    static String bootstrap;

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError("not ok - " + what);
        System.out.println("ok - " + what);
    }

    static KafkaProducer<String, String> producer(String codec) {
        return new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap, "compression.type", codec, "acks", "all", "linger.ms", 5),
            new StringSerializer(), new StringSerializer());
    }

    static KafkaConsumer<String, String> consumer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest",
            "enable.auto.commit", false, "session.timeout.ms", 6000, "heartbeat.interval.ms", 300));
        config.putAll(more);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    static void produce(String codec, String prefix, int count) throws Exception {
        try (var producer = producer(codec)) {
            for (int i = 0; i < count; i++) {
                var record = new ProducerRecord<>(TOPIC, prefix + i, "value-" + prefix + i);
                record.headers().add("codec", codec.getBytes()).add("codec", null);
                producer.send(record);
            }
            producer.flush();
        }
    }

    static List<ConsumerRecord<String, String>> read(Consumer<String, String> consumer, int count) {
        var records = new ArrayList<ConsumerRecord<String, String>>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (records.size() < count && System.nanoTime() < deadline)
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        return records;
    }

    static Set<String> keys(List<ConsumerRecord<String, String>> records) {
        var keys = new HashSet<String>();
        for (var record : records) keys.add(record.key());
        return keys;
    }

    static void before() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 3, (short) 1).configs(Map.of("retention.ms", "86400000")))).all().get();
            check(admin.listTopics().names().get().contains(TOPIC), "creates a topic and lists it");
            var description = admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC);
            check(description.partitions().size() == 3, "describes its partitions");
            var resource = new org.apache.kafka.common.config.ConfigResource(org.apache.kafka.common.config.ConfigResource.Type.TOPIC, TOPIC);
            check(admin.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value().equals("86400000"), "describes its configs");
            try {
                admin.createTopics(List.of(new NewTopic(TOPIC, 3, (short) 1))).all().get();
                check(false, "refuses the topic a second time");
            } catch (java.util.concurrent.ExecutionException e) {
                check(e.getCause() instanceof org.apache.kafka.common.errors.TopicExistsException, "refuses the topic a second time");
            }
        }
        var partitions = List.of(new TopicPartition(TOPIC, 0), new TopicPartition(TOPIC, 1), new TopicPartition(TOPIC, 2));
        var expected = new HashSet<String>();
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            produce(codec, codec + "-", 100);
            for (int i = 0; i < 100; i++) expected.add(codec + "-" + i);
            check(true, "produces with " + codec + ", idempotent by default");
        }
        try (var consumer = consumer(Map.of())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var records = read(consumer, 500);
            check(records.size() == 500 && keys(records).equals(expected), "reads all 500 records from the start");
            boolean headers = true;
            for (var record : records) headers &= record.headers().toArray().length == 2 && record.value().equals("value-" + record.key());
            check(headers, "keeps values and doubled headers");
            Thread.sleep(50);
            long now = System.currentTimeMillis();
            produce("lz4", "late-", 50);
            var times = new HashMap<TopicPartition, Long>();
            for (var partition : partitions) times.put(partition, now);
            consumer.offsetsForTimes(times).forEach((partition, offset) -> {
                if (offset == null) consumer.seekToEnd(List.of(partition));
                else consumer.seek(partition, offset.offset());
            });
            var late = read(consumer, 50);
            check(late.size() == 50 && late.stream().allMatch(record -> record.key().startsWith("late-")), "reads by time the 50 records sent after it");
        }
        var first = consumer(Map.of("group.id", GROUP));
        var second = consumer(Map.of("group.id", GROUP));
        first.subscribe(List.of(TOPIC));
        second.subscribe(List.of(TOPIC));
        var seen = new ArrayList<ConsumerRecord<String, String>>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while ((first.assignment().isEmpty() || second.assignment().isEmpty() || first.assignment().size() + second.assignment().size() != 3) && System.nanoTime() < deadline) {
            first.poll(Duration.ofMillis(100)).forEach(seen::add);
            first.commitSync();
            second.poll(Duration.ofMillis(100)).forEach(seen::add);
            second.commitSync();
        }
        check(first.assignment().size() + second.assignment().size() == 3 && !first.assignment().isEmpty() && !second.assignment().isEmpty(),
            "two members of a group share the partitions");
        second.close();
        while (first.assignment().size() < 3 && System.nanoTime() < deadline) {
            first.poll(Duration.ofMillis(100)).forEach(seen::add);
            first.commitSync();
        }
        check(first.assignment().size() == 3, "the member that stays gets all partitions when the other leaves");
        while (keys(seen).size() < 550 && System.nanoTime() < deadline) first.poll(Duration.ofMillis(100)).forEach(seen::add);
        first.commitSync();
        check(keys(seen).size() == 550, "the group reads all 550 records");
        first.close();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            long committed = 0;
            for (var offset : admin.listConsumerGroupOffsets(GROUP).partitionsToOffsetAndMetadata().get().values()) committed += offset.offset();
            check(committed == 550, "committed offsets add up to 550");
            check(admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP).groupState() == org.apache.kafka.common.GroupState.EMPTY, "describes the group as empty");
        }
    }

    static void after() throws Exception {
        produce("zstd", "after-", 10);
        try (var consumer = consumer(Map.of("group.id", GROUP))) {
            consumer.subscribe(List.of(TOPIC));
            var records = read(consumer, 10);
            check(records.size() == 10 && records.stream().allMatch(record -> record.key().startsWith("after-")),
                "the group goes on at its committed offsets after a restart");
            consumer.commitSync();
        }
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.deleteConsumerGroups(List.of(GROUP)).all().get();
            check(admin.listGroups().all().get().stream().noneMatch(group -> group.groupId().equals(GROUP)), "deletes the group");
            admin.createPartitions(Map.of(TOPIC, NewPartitions.increaseTo(5))).all().get();
            check(admin.describeTopics(List.of(TOPIC)).allTopicNames().get().get(TOPIC).partitions().size() == 5, "adds partitions");
            admin.deleteTopics(List.of(TOPIC)).all().get();
            check(!admin.listTopics().names().get().contains(TOPIC), "deletes the topic");
        }
    }

    public static void main(String[] args) throws Exception {
        bootstrap = args[0];
        if (args[1].equals("before")) before();
        else after();
    }
}
