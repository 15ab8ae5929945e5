import java.io.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;

/** Clients that live through the restart: an idempotent producer that never pauses and a group that reads along. */
class Survivor {
    static final String TOPIC = "java-2.1-survivor";

    static void run() throws Exception {
        Suite.create(TOPIC, 1, Map.of());
        var acknowledged = new CopyOnWriteArrayList<Long>();
        var failures = new CopyOnWriteArrayList<Exception>();
        var seen = Collections.synchronizedSet(new LinkedHashSet<Integer>()); // A member that has to join again reads again from its committed offset.
        var stop = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var sender = new Thread(() -> {
            try (var producer = Suite.producer("enable.idempotence", true)) {
                for (int i = 0; !stop.await(5, TimeUnit.MILLISECONDS); i++)
                    producer.send(new ProducerRecord<>(TOPIC, String.valueOf(i).getBytes()), (metadata, error) -> {
                        if (error != null) failures.add(error);
                        else acknowledged.add(metadata.offset());
                    });
            } catch (InterruptedException error) {
                failures.add(error);
            }
        });
        var reader = new Thread(() -> {
            try (var consumer = Suite.consumer("group.id", TOPIC)) {
                consumer.subscribe(List.of(TOPIC));
                while (ended.getCount() > 0) {
                    consumer.poll(java.time.Duration.ofMillis(50)).forEach(record -> seen.add(Integer.valueOf(Data.text(record.value()))));
                    consumer.commitAsync();
                }
                consumer.commitSync();
            }
        });
        sender.start();
        reader.start();
        Suite.check("idempotence", Suite.until(() -> seen.size() > 100), "an idempotent producer writes while a group reads");
        System.out.println("restart");
        new BufferedReader(new InputStreamReader(System.in)).readLine();
        int goal = acknowledged.size() + 200;
        Suite.check("restart", Suite.until(() -> acknowledged.size() > goal), "a producer that lives on goes on after the restart", acknowledged.size(), failures);
        Suite.check("restart", Suite.until(() -> seen.size() > goal), "a member of a group that lives on goes on after the restart", seen.size());
        stop.countDown();
        sender.join();
        int total = acknowledged.size();
        var line = IntStream.range(0, total).boxed().toList();
        Suite.check("idempotence", failures.isEmpty() && acknowledged.equals(line.stream().map(Integer::longValue).toList()), "each record is acknowledged once, in order, over the restart", failures);
        Suite.until(() -> seen.size() >= total);
        ended.countDown();
        reader.join();
        Suite.check("restart", new ArrayList<>(seen).equals(line), "the group missed no record over the restart", seen.size(), total);
        var partition = new TopicPartition(TOPIC, 0);
        try (var consumer = Suite.consumer("group.id", TOPIC)) {
            Suite.check("commits", consumer.committed(partition).offset() == total, "the group commits after the restart", consumer.committed(partition));
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var values = Suite.read(consumer, total).stream().map(record -> Integer.valueOf(Data.text(record.value()))).toList();
            Suite.check("idempotence", values.equals(line), "the log holds each record once, in order", values.size());
        }
    }
}
