import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.BooleanSupplier;
import java.util.stream.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/** Checks, sections that run side by side, and the clients that the sections use. */
class Harness {
    static String bootstrap;
    static Admin admin;
    static volatile boolean failed;

    interface Section {
        void run() throws Exception;
    }

    static synchronized void check(String area, String what, boolean holds, Object... why) {
        failed |= !holds;
        System.out.println(holds ? "ok - " + area + ": " + what : "not ok - " + area + ": " + what + ": " + Arrays.deepToString(why));
    }

    /** Checks that an action ends with an error of this type. */
    static void refused(String area, String what, Class<?> type, Section action) {
        try {
            action.run();
            check(area, what, false, "it was accepted");
        } catch (Exception error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            check(area, what, type.isInstance(cause), cause);
        }
    }

    /** Runs sections side by side; one that throws counts as a failed check of its area. */
    static void runSections(Map<String, Section> sections) throws Exception {
        var pool = Executors.newFixedThreadPool(6);
        for (var entry : sections.entrySet())
            pool.execute(() -> {
                try {
                    entry.getValue().run();
                } catch (Throwable error) {
                    check(entry.getKey().split(" ")[0], "section " + entry.getKey(), false, error, Arrays.copyOf(error.getStackTrace(), 4));
                }
            });
        pool.shutdown();
        pool.awaitTermination(140, TimeUnit.SECONDS);
    }

    /** Takes steps until it holds. */
    static boolean until(BooleanSupplier condition, Runnable step) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) step.run();
        return condition.getAsBoolean();
    }

    static boolean until(BooleanSupplier condition) {
        return until(condition, () -> java.util.concurrent.locks.LockSupport.parkNanos(20_000_000));
    }

    static String create(String topic, int partitions, String... configs) throws Exception {
        var map = new HashMap<String, String>();
        for (int i = 0; i < configs.length; i += 2) map.put(configs[i], configs[i + 1]);
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(map))).all().get();
        settle(topic, partitions);
        return topic;
    }

    /** Waits until the broker knows a topic as the controller made it, each partition with a leader. */
    static void settle(String topic, int count) {
        until(() -> {
            try {
                var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
                return partitions.size() == count && partitions.stream().allMatch(p -> p.leader() != null && !p.leader().isEmpty());
            } catch (Exception e) {
                return false;
            }
        });
    }

    static ProducerRecord<byte[], byte[]> record(String topic, Integer partition, Long timestamp, String key, String value) {
        return new ProducerRecord<>(topic, partition, timestamp, key == null ? null : key.getBytes(), value == null ? null : value.getBytes());
    }

    static List<ProducerRecord<byte[], byte[]>> numbered(String topic, String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> record(topic, null, null, prefix + i, "value-" + prefix + i)).toList();
    }

    static KafkaProducer<byte[], byte[]> producer(Map<String, ?> more) {
        var config = new HashMap<String, Object>(Map.of("bootstrap.servers", bootstrap, "linger.ms", 2, "reconnect.backoff.max.ms", 200));
        config.putAll(more);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends records and gives what came back. */
    static List<RecordMetadata> produce(Map<String, ?> config, List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (var producer = producer(config)) {
            var sent = records.stream().map(producer::send).toList();
            var result = new ArrayList<RecordMetadata>();
            for (var future : sent) result.add(future.get());
            return result;
        }
    }

    static List<RecordMetadata> produce(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        return produce(Map.of(), records);
    }

    static KafkaConsumer<byte[], byte[]> consumer(String group, Object... more) {
        var config = new HashMap<String, Object>(Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest", "enable.auto.commit", false,
            "session.timeout.ms", 6000, "heartbeat.interval.ms", 200, "fetch.max.wait.ms", 100, "metadata.max.age.ms", 300, "reconnect.backoff.max.ms", 200));
        if (group != null) config.put("group.id", group);
        for (int i = 0; i < more.length; i += 2) config.put((String) more[i], more[i + 1]);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static void poll(Consumer<byte[], byte[]> consumer, List<ConsumerRecord<byte[], byte[]>> into) {
        consumer.poll(Duration.ofMillis(50)).forEach(into::add);
    }

    static List<TopicPartition> partitions(String topic, int count) {
        return IntStream.range(0, count).mapToObj(i -> new TopicPartition(topic, i)).toList();
    }

    /** Reads so many records of a topic without a group, from an offset. */
    static List<ConsumerRecord<byte[], byte[]>> read(String topic, int count, int partitions, long from, Object... more) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var consumer = consumer(null, more)) {
            consumer.assign(partitions(topic, partitions));
            for (var partition : consumer.assignment()) consumer.seek(partition, from);
            until(() -> records.size() >= count, () -> poll(consumer, records));
        }
        return records;
    }

    static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? null : new String(record.key());
    }

    static Set<String> keys(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(Harness::key).collect(Collectors.toCollection(TreeSet::new));
    }

    static Set<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).collect(Collectors.toCollection(TreeSet::new));
    }
}
