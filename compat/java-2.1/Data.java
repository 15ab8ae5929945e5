import java.time.Duration;
import java.util.*;
import java.util.concurrent.Future;
import java.util.stream.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** What is produced is read: codecs, acks, sizes, records of every shape, positions and limits of a fetch. */
class Data {
    static final String TOPIC = "java-2.1-data";
    static final String LINE = "java-2.1-line";
    static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    static String text(byte[] bytes) { return bytes == null ? null : new String(bytes); }

    static boolean hasAll(List<ConsumerRecord<byte[], byte[]>> records) {
        var expected = CODECS.stream().flatMap(codec -> IntStream.range(0, 100).mapToObj(i -> codec + "-" + i)).collect(Collectors.toSet());
        return records.size() == 500 && records.stream().map(record -> text(record.key())).collect(Collectors.toSet()).equals(expected);
    }

    static void codecs() throws Exception {
        Suite.create(TOPIC, 3, Map.of());
        for (String codec : CODECS)
            try (var producer = Suite.producer("compression.type", codec)) {
                var sent = Suite.sendAll(producer, TOPIC, 100, codec + "-");
                Suite.check("codecs", sent.stream().allMatch(RecordMetadata::hasOffset), "produces 100 records with " + codec);
            }
        try (var consumer = Suite.consumer()) {
            consumer.assign(Suite.all(TOPIC, 3));
            var records = Suite.read(consumer, 500);
            Suite.check("codecs", hasAll(records), "reads back all 500 records of every codec", records.size());
            Suite.check("codecs", records.stream().allMatch(record -> {
                Header[] headers = record.headers().toArray();
                return text(record.value()).equals("value-" + text(record.key())) && headers.length == 2
                    && text(record.key()).startsWith(text(headers[0].value())) && headers[1].value() == null;
            }), "keeps values and headers under every codec");
        }
    }

    static void others() throws Exception {
        acks();
        sizes();
        shapes();
        positions();
    }

    static void acks() throws Exception {
        for (String acks : List.of("0", "1", "all")) {
            String topic = "java-2.1-acks-" + acks;
            Suite.create(topic, 1, Map.of());
            try (var producer = Suite.producer("acks", acks)) {
                var sent = Suite.sendAll(producer, topic, 50, "a-");
                boolean none = acks.equals("0");
                Suite.check("produce", none ? !sent.get(0).hasOffset() : sent.get(49).offset() == 49, "acks=" + acks + " answers " + (none ? "nothing" : "offsets"), sent.get(49));
            }
            try (var consumer = Suite.consumer()) {
                consumer.assign(Suite.all(topic, 1));
                var keys = Suite.read(consumer, 50).stream().map(record -> text(record.key())).toList();
                Suite.check("produce", keys.equals(IntStream.range(0, 50).mapToObj(i -> "a-" + i).toList()), "keeps records and their order with acks=" + acks, keys);
            }
        }
    }

    static void sizes() throws Exception {
        String topic = "java-2.1-big";
        Suite.create(topic, 1, Map.of());
        byte[] value = new byte[998_400];
        new Random(7).nextBytes(value);
        try (var producer = Suite.producer("max.request.size", 3_000_000)) {
            Suite.check("produce", producer.send(new ProducerRecord<>(topic, value)).get().offset() == 0, "produces a record near 1 MB");
            String error = Suite.errorOf(producer.send(new ProducerRecord<>(topic, new byte[1_200_000])));
            Suite.check("produce", error.equals("RecordTooLargeException"), "a record that is too large is refused as MESSAGE_TOO_LARGE", error);
            Suite.check("produce", producer.send(new ProducerRecord<>(topic, new byte[5])).get().offset() == 1, "goes on after a refused record");
        }
        try (var consumer = Suite.consumer("fetch.max.bytes", 1000, "max.partition.fetch.bytes", 1000)) {
            consumer.assign(Suite.all(topic, 1));
            var records = Suite.read(consumer, 2);
            Suite.check("consume", records.size() == 2 && Arrays.equals(records.get(0).value(), value) && records.get(1).value().length == 5, "a record larger than the limits of a fetch is read all the same");
        }
    }

    static void shapes() throws Exception {
        String topic = "java-2.1-shapes";
        var partition = new TopicPartition(topic, 0);
        Suite.create(topic, 1, Map.of());
        long stamp = 1_600_000_000_123L;
        byte[][][] rows = {{"k".getBytes(), "v".getBytes()}, {null, "no key".getBytes()}, {"dead".getBytes(), null}, {{}, {}}, {null, null}};
        try (var producer = Suite.producer()) {
            for (int i = 0; i < rows.length; i++) {
                var record = new ProducerRecord<>(topic, 0, stamp + i, rows[i][0], rows[i][1]);
                if (i == 0) record.headers().add("h", "1".getBytes()).add("h", null).add("h", new byte[0]).add("\u00e9", "2".getBytes());
                producer.send(record).get();
            }
        }
        try (var consumer = Suite.consumer()) {
            consumer.assign(List.of(partition));
            var r = Suite.read(consumer, 5);
            Header[] h = r.get(0).headers().toArray();
            Suite.check("records", h.length == 4 && h[0].key().equals("h") && h[1].key().equals("h") && h[3].key().equals("\u00e9") && text(h[0].value()).equals("1") && h[1].value() == null && h[2].value().length == 0,
                "keeps headers: doubled keys, null and empty values", r.get(0).headers());
            Suite.check("records", r.get(1).key() == null && text(r.get(1).value()).equals("no key"), "keeps a null key");
            Suite.check("records", text(r.get(2).key()).equals("dead") && r.get(2).value() == null, "keeps a tombstone");
            Suite.check("records", r.get(3).key().length == 0 && r.get(3).value().length == 0 && r.get(4).key() == null && r.get(4).value() == null, "tells empty from null");
            Suite.check("records", r.get(0).timestamp() == stamp && r.get(4).timestamp() == stamp + 4 && r.get(0).timestampType() == TimestampType.CREATE_TIME, "keeps timestamps");
            var found = consumer.offsetsForTimes(Map.of(partition, stamp + 2)).get(partition);
            Suite.check("consume", found.offset() == 2 && found.timestamp() == stamp + 2, "finds an offset by time", found);
            Suite.check("consume", consumer.offsetsForTimes(Map.of(partition, stamp + 100)).get(partition) == null, "finds no offset for a time after the last record");
        }
        String appended = "java-2.1-appended";
        Suite.create(appended, 1, Map.of("message.timestamp.type", "LogAppendTime"));
        long started = System.currentTimeMillis();
        try (var producer = Suite.producer(); var consumer = Suite.consumer()) {
            var sent = producer.send(new ProducerRecord<byte[], byte[]>(appended, 0, stamp, null, "v".getBytes())).get();
            consumer.assign(Suite.all(appended, 1));
            var record = Suite.read(consumer, 1).get(0);
            Suite.check("records", record.timestamp() >= started && record.timestampType() == TimestampType.LOG_APPEND_TIME && sent.timestamp() == record.timestamp(), "LogAppendTime gives the broker's time", record, sent);
        }
    }

    static void positions() throws Exception {
        var partition = new TopicPartition(LINE, 0);
        var line = List.of(partition);
        Suite.create(LINE, 1, Map.of());
        try (var producer = Suite.producer()) {
            for (int i = 0; i < 10; i++) Suite.sendAll(producer, LINE, 100, "l-");
        }
        try (var consumer = Suite.consumer("auto.offset.reset", "none", "fetch.max.bytes", 700, "max.partition.fetch.bytes", 500)) {
            consumer.assign(line);
            Suite.check("consume", consumer.beginningOffsets(line).get(partition) == 0 && consumer.endOffsets(line).get(partition) == 1000, "tells the first and the last offset");
            consumer.seek(partition, 437);
            var records = Suite.read(consumer, 100);
            Suite.check("consume", records.get(0).offset() == 437 && text(records.get(0).key()).equals("l-37") && records.get(99).offset() == 536, "seeks to an offset in the middle of a batch");
            consumer.seekToEnd(line);
            Suite.check("consume", consumer.position(partition) == 1000, "seeks to the end");
            consumer.seekToBeginning(line);
            var offsets = Suite.read(consumer, 1000).stream().map(ConsumerRecord::offset).toList();
            Suite.check("consume", offsets.equals(LongStream.range(0, 1000).boxed().toList()), "reads all in order under small limits of a fetch");
            consumer.pause(line);
            consumer.seek(partition, 0);
            Suite.check("consume", consumer.poll(Duration.ofMillis(150)).isEmpty(), "a paused partition gives nothing");
            consumer.resume(line);
            Suite.check("consume", Suite.read(consumer, 1).get(0).offset() == 0, "a resumed partition goes on");
            consumer.seek(partition, 5000);
            String error = "none";
            try {
                for (int i = 0; i < 100; i++) consumer.poll(Duration.ofMillis(100));
            } catch (OffsetOutOfRangeException expected) {
                error = expected.getClass().getSimpleName();
            }
            Suite.check("consume", error.equals("OffsetOutOfRangeException"), "an offset out of range is an error when there is no reset", error);
        }
        try (var consumer = Suite.consumer("fetch.min.bytes", 500_000, "fetch.max.wait.ms", 400)) {
            consumer.assign(line);
            consumer.seek(partition, 990);
            long started = System.nanoTime();
            int count = Suite.read(consumer, 10).size();
            Suite.check("consume", count == 10 && System.nanoTime() - started > 300_000_000L, "waits for min bytes no longer than the longest wait");
        }
    }

    static void after() throws Exception {
        try (var consumer = Suite.consumer()) {
            consumer.assign(Suite.all(TOPIC, 3));
            Suite.check("restart", hasAll(Suite.read(consumer, 500)), "all records are there after the restart");
        }
        try (var producer = Suite.producer("compression.type", "zstd")) {
            var sent = Suite.sendAll(producer, LINE, 10, "after-");
            Suite.check("restart", sent.get(0).offset() == 1000 && sent.get(9).offset() == 1009, "offsets go on where they were");
        }
    }
}
