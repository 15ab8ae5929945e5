import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/** The Java client of 2019: see ../README.md for the phases. Phase `member` is a process that a check starts and kills. */
public class Suite {
    static String bootstrap;

    interface Condition { boolean holds() throws Exception; }
    interface Part { void run() throws Exception; }

    /** Prints the line of a behaviour. */
    static synchronized void check(String area, boolean holds, String what, Object... why) {
        System.out.println(holds ? "ok - " + area + ": " + what : "not ok - " + area + ": " + what + ": " + Arrays.toString(why).replace('\n', ' '));
    }

    static boolean until(Condition condition) throws Exception {
        for (long deadline = System.nanoTime() + 30_000_000_000L; System.nanoTime() < deadline; Thread.sleep(10))
            if (condition.holds()) return true;
        return false;
    }

    static Map<String, Object> with(Map<String, Object> config, Object... more) {
        var all = new HashMap<>(config);
        all.put("bootstrap.servers", bootstrap);
        for (int i = 0; i < more.length; i += 2) all.put((String) more[i], more[i + 1]);
        return all;
    }

    static AdminClient admin() { return AdminClient.create(with(Map.of())); }

    static KafkaProducer<byte[], byte[]> producer(Object... more) {
        return new KafkaProducer<>(with(Map.of("acks", "all", "linger.ms", 5), more), new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(Object... more) {
        return new KafkaConsumer<>(with(Map.of("auto.offset.reset", "earliest", "enable.auto.commit", false, "session.timeout.ms", 1500,
            "heartbeat.interval.ms", 200, "metadata.max.age.ms", 300, "fetch.max.wait.ms", 100), more), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** The error of a request of the admin client, by the name of its class; "none" when it succeeds. */
    static String errorOf(Future<?> future) throws InterruptedException {
        try {
            future.get();
            return "none";
        } catch (ExecutionException failure) {
            return failure.getCause().getClass().getSimpleName();
        }
    }

    static String create(String topic, int partitions, Map<String, String> configs) throws Exception {
        try (var admin = admin()) {
            String error = errorOf(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all());
            if (error.equals("none")) until(() -> width(admin, topic) == partitions); // Metadata may lag behind the controller's answer.
            return error;
        }
    }

    static int width(AdminClient admin, String topic) throws InterruptedException {
        try {
            return admin.describeTopics(List.of(topic)).all().get().get(topic).partitions().size();
        } catch (ExecutionException unknown) {
            return 0;
        }
    }

    static List<TopicPartition> all(String topic, int partitions) {
        var all = new ArrayList<TopicPartition>();
        for (int i = 0; i < partitions; i++) all.add(new TopicPartition(topic, i));
        return all;
    }

    static List<RecordMetadata> sendAll(Producer<byte[], byte[]> producer, String topic, int count, String prefix) throws Exception {
        var futures = new ArrayList<Future<RecordMetadata>>();
        for (int i = 0; i < count; i++) {
            var record = new ProducerRecord<>(topic, (prefix + i).getBytes(), ("value-" + prefix + i).getBytes());
            record.headers().add("codec", prefix.getBytes()).add("codec", null);
            futures.add(producer.send(record));
        }
        var sent = new ArrayList<RecordMetadata>();
        for (var future : futures) sent.add(future.get());
        return sent;
    }

    static List<ConsumerRecord<byte[], byte[]>> read(Consumer<byte[], byte[]> consumer, int count) {
        var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (records.size() < count && System.nanoTime() < deadline) consumer.poll(Duration.ofMillis(50)).forEach(records::add);
        return records;
    }

    static void together(Part... parts) throws Exception {
        var threads = Executors.newFixedThreadPool(parts.length);
        var running = new ArrayList<Future<?>>();
        for (var part : parts)
            running.add(threads.submit(() -> {
                part.run();
                return null;
            }));
        for (var one : running) one.get();
        threads.shutdown();
    }

    public static void main(String[] arguments) throws Exception {
        bootstrap = arguments[0];
        switch (arguments[1]) {
            case "before" -> {
                together(Topics::before, Data::codecs, Data::others, Groups::assignors, Groups::crash, Groups::growing, Groups::pattern, Commits::before);
                Survivor.run();
            }
            case "after" -> together(Topics::after, Data::after, Commits::after);
            case "member" -> Groups.member();
        }
        System.exit(0);
    }
}
