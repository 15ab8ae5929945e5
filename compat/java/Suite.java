import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;

/** The Java client: see ../README.md for the phases. */
public class Suite extends Harness {
    static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

    static void acks() throws Exception {
        create("acks", 3);
        for (String acks : List.of("1", "all")) produce(Map.of("acks", acks, "enable.idempotence", false), numbered("acks", "acks-" + acks + "-", 50));
        // A connection that closes at once may take requests without an answer with it, under Kafka too.
        var silent = producer(Map.of("acks", "0", "enable.idempotence", false));
        for (var record : numbered("acks", "acks-0-", 50)) silent.send(record).get();
        var got = keys(read("acks", 150, 3, 0));
        silent.close();
        for (String acks : List.of("0", "1", "all")) check("produce", "acks=" + acks + ": 50 records arrive", got.containsAll(names("acks-" + acks + "-", 50)));
        var sent = produce(List.of(record("acks", 2, null, "k", "v"))).get(0);
        check("produce", "a record goes to the partition it names and its offset comes back", sent.partition() == 2 && sent.hasOffset());
        var same = produce(Collections.nCopies(10, record("acks", null, null, "same", "v")));
        boolean inOrder = true;
        for (int i = 0; i < 10; i++) inOrder &= same.get(i).partition() == same.get(0).partition() && same.get(i).offset() == same.get(0).offset() + i;
        check("produce", "records of one key go to one partition, in order", inOrder);
        produce(numbered("made-by-first-record", "auto-", 3));
        check("produce", "the first record makes the topic", read("made-by-first-record", 3, 1, 0).size() == 3);
        refused("produce", "a topic name with a space is refused", InvalidTopicException.class, () -> produce(List.of(record("no such", null, null, "k", "v"))));
        refused("produce", "a partition that does not exist is refused", org.apache.kafka.common.errors.TimeoutException.class,
            () -> produce(Map.of("max.block.ms", 500), List.of(record("acks", 9, null, "k", "v"))));
    }

    static void large() throws Exception {
        create("large", 1);
        create("larger", 1, "max.message.bytes", "5000000");
        byte[] payload = new byte[4_000_000];
        new Random(1).nextBytes(payload);
        var big = Map.of("max.request.size", 9_000_000);
        produce(List.of(new ProducerRecord<>("large", Arrays.copyOf(payload, 900_000))));
        check("produce", "a record of 900 KB arrives whole", Arrays.equals(read("large", 1, 1, 0).get(0).value(), Arrays.copyOf(payload, 900_000)));
        refused("produce", "a record above the limit of the broker is refused", RecordTooLargeException.class,
            () -> produce(big, List.of(new ProducerRecord<>("large", Arrays.copyOf(payload, 1_200_000)))));
        produce(big, List.of(new ProducerRecord<>("larger", payload)));
        check("produce", "a record of 4 MB arrives whole where the topic allows it", Arrays.equals(read("larger", 1, 1, 0).get(0).value(), payload));
        check("consume", "a record larger than the fetch limits is read all the same",
            Arrays.equals(read("larger", 1, 1, 0, "fetch.max.bytes", 100_000, "max.partition.fetch.bytes", 50_000).get(0).value(), payload));
    }

    static void codecs() throws Exception {
        create("codecs", 3);
        for (String codec : CODECS) produce(Map.of("compression.type", codec), numbered("codecs", codec + "-", 100));
        var records = read("codecs", 500, 3, 0);
        for (String codec : CODECS) {
            var mine = records.stream().filter(r -> key(r).startsWith(codec + "-")).toList();
            check("codecs", codec + ": 100 records come back", keys(mine).equals(names(codec + "-", 100)) && mine.stream().allMatch(r -> new String(r.value()).equals("value-" + key(r))));
        }
        for (String codec : CODECS.subList(1, 5)) {
            String topic = create("codec-of-topic-" + codec, 1, "compression.type", codec);
            produce(Map.of("compression.type", codec.equals("gzip") ? "lz4" : "gzip"), numbered(topic, "a", 100));
            check("codecs", "a topic with compression.type=" + codec + " takes another codec", read(topic, 100, 1, 0).size() == 100);
        }
    }

    static void records() throws Exception {
        create("records", 1, "retention.ms", "-1");
        create("append-time", 1, "message.timestamp.type", "LogAppendTime");
        byte[] bytes = new byte[256];
        for (int i = 0; i < 256; i++) bytes[i] = (byte) i;
        var headers = record("records", 0, null, "headers", "v");
        headers.headers().add("a", "1".getBytes()).add("b", new byte[0]).add("a", null).add("a", "2".getBytes());
        var many = record("records", 0, null, "many", "v");
        for (int i = 0; i < 100; i++) many.headers().add("h" + i, ("" + i).getBytes());
        produce(List.of(headers, record("records", 0, null, null, "null key"), record("records", 0, null, "tombstone", null), new ProducerRecord<>("records", new byte[0], new byte[0]),
            new ProducerRecord<>("records", bytes, "žluťoučký".getBytes(StandardCharsets.UTF_8)), record("records", 0, 1_000_000_000_000L, "old", "v"), record("records", 0, null, null, null), many));
        var got = read("records", 8, 1, 0);
        var text = Arrays.stream(got.get(0).headers().toArray()).map(h -> h.key() + "=" + (h.value() == null ? "null" : new String(h.value()))).collect(Collectors.joining(","));
        check("records", "headers keep their order, doubled keys, empty and null values", text.equals("a=1,b=,a=null,a=2"), text);
        check("records", "a null key stays null", got.get(1).key() == null && new String(got.get(1).value()).equals("null key"));
        check("records", "a tombstone stays null", key(got.get(2)).equals("tombstone") && got.get(2).value() == null);
        check("records", "empty is not null", got.get(3).key().length == 0 && got.get(3).value().length == 0);
        check("records", "keys and values are any bytes", Arrays.equals(got.get(4).key(), bytes) && new String(got.get(4).value(), StandardCharsets.UTF_8).equals("žluťoučký"));
        check("records", "a given timestamp is kept", got.get(5).timestamp() == 1_000_000_000_000L && got.get(5).timestampType() == TimestampType.CREATE_TIME);
        check("records", "null key and null value together", got.get(6).key() == null && got.get(6).value() == null);
        check("records", "a hundred headers", got.get(7).headers().toArray().length == 100 && new String(got.get(7).headers().lastHeader("h99").value()).equals("99"));
        check("records", "offsets count up from zero", IntStream.range(0, 8).allMatch(i -> got.get(i).offset() == i));
        check("records", "each record tells the leader's epoch", got.stream().allMatch(r -> r.leaderEpoch().orElse(-1) == 0));
        long before = System.currentTimeMillis();
        var sent = produce(List.of(record("append-time", 0, 1_000_000_000_000L, "k", "v"))).get(0);
        var stamped = read("append-time", 1, 1, 0).get(0);
        check("records", "LogAppendTime is the broker's", stamped.timestampType() == TimestampType.LOG_APPEND_TIME && stamped.timestamp() >= before && stamped.timestamp() <= System.currentTimeMillis() + 1);
        check("records", "and the producer is told it", sent.timestamp() == stamped.timestamp());
    }

    static void consume() throws Exception {
        String topic = create("consume", 2, "retention.ms", "-1");
        String value = "x".repeat(1000);
        produce(IntStream.range(0, 200).mapToObj(i -> record(topic, i % 2, 1_700_000_000_000L + i * 1000, "k" + i, value)).toList());
        check("consume", "reads all from the start", read(topic, 200, 2, 0).size() == 200);
        var zero = new TopicPartition(topic, 0);
        var one = new TopicPartition(topic, 1);
        var both = List.of(zero, one);
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var c = consumer(null);
        check("consume", "lists the partitions of a topic", c.partitionsFor(topic).size() == 2 && c.listTopics().containsKey(topic));
        check("consume", "first and next offsets are told", c.beginningOffsets(both).equals(Map.of(zero, 0L, one, 0L)) && c.endOffsets(both).equals(Map.of(zero, 100L, one, 100L)));
        var found = c.offsetsForTimes(Map.of(zero, 1_700_000_100_500L, one, 1_700_000_100_500L));
        check("consume", "offsets by time", found.get(zero).offset() == 51 && found.get(one).offset() == 50 && found.get(zero).timestamp() == 1_700_000_102_000L, found);
        check("consume", "a time after the last record has no offset", c.offsetsForTimes(Map.of(zero, 1_800_000_000_000L)).get(zero) == null);
        check("consume", "a time before the first record is its offset", c.offsetsForTimes(Map.of(zero, 1L)).get(zero).offset() == 0);
        c.assign(both);
        for (var partition : both) c.seek(partition, found.get(partition).offset());
        until(() -> got.size() >= 99, () -> poll(c, got));
        check("consume", "reads from a time on", got.size() == 99 && got.stream().allMatch(r -> r.timestamp() > 1_700_000_100_500L));
        c.seek(zero, 42);
        got.clear();
        until(() -> got.size() >= 58, () -> poll(c, got));
        check("consume", "seeks back", got.size() == 58 && IntStream.range(0, 58).allMatch(i -> got.get(i).offset() == i + 42));
        check("consume", "tells its position and its lag", c.position(zero) == 100 && c.currentLag(zero).orElse(-1) == 0);
        c.pause(List.of(zero));
        produce(List.of(record(topic, 0, null, "paused", "v"), record(topic, 1, null, "flows", "v")));
        got.clear();
        until(() -> !got.isEmpty(), () -> poll(c, got));
        check("consume", "a paused partition waits, the other flows", keys(got).equals(Set.of("flows")));
        c.resume(List.of(zero));
        check("consume", "a resumed partition goes on", until(() -> keys(got).contains("paused"), () -> poll(c, got)));
        c.seekToEnd(List.of(zero));
        long end = c.position(zero);
        produce(List.of(record(topic, 0, null, "new", "v")));
        got.clear();
        until(() -> !got.isEmpty(), () -> poll(c, got));
        check("consume", "from the end it reads only what is new", end == 101 && keys(got).equals(Set.of("new")));
        c.close();
        check("consume", "small fetch limits still read all", read(topic, 203, 2, 0, "fetch.max.bytes", 2000, "max.partition.fetch.bytes", 2000).size() == 203);
        long started = System.nanoTime();
        int waiting = read(topic, 203, 2, 0, "fetch.min.bytes", 10_000_000, "fetch.max.wait.ms", 500).size();
        check("consume", "fetch.min.bytes waits no longer than fetch.max.wait.ms", waiting == 203 && System.nanoTime() - started < 15e9);
        try (var few = consumer(null, "max.poll.records", 7)) {
            few.assign(both);
            got.clear();
            until(() -> !got.isEmpty(), () -> poll(few, got));
            check("consume", "a poll gives no more than max.poll.records", got.size() <= 7);
        }
        check("consume", "read_committed reads all that is in no transaction", read(topic, 203, 2, 0, "isolation.level", "read_committed").size() == 203);
        check("consume", "an offset out of range goes to the start with auto.offset.reset=earliest", read(topic, 1, 1, 99_999).get(0).offset() == 0);
        refused("consume", "an offset out of range is told with auto.offset.reset=none", org.apache.kafka.clients.consumer.OffsetOutOfRangeException.class, () -> read(topic, 1, 1, 99_999, "auto.offset.reset", "none"));
        try (var recent = consumer(null, "auto.offset.reset", "by_duration:PT1H")) {
            recent.assign(List.of(zero));
            got.clear();
            until(() -> !got.isEmpty(), () -> poll(recent, got));
            check("consume", "begins an hour ago with auto.offset.reset=by_duration", got.get(0).offset() == 100);
        }
    }

    static void commits() throws Exception {
        String topic = create("commits", 2);
        produce(IntStream.range(0, 20).mapToObj(i -> record(topic, i % 2, null, "" + i, "v")).toList());
        var zero = new TopicPartition(topic, 0);
        var one = new TopicPartition(topic, 1);
        var both = Set.of(zero, one);
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var c = consumer(topic);
        check("commits", "a group that never committed has no offset", c.committed(both).get(zero) == null);
        c.commitSync(Map.of(zero, new OffsetAndMetadata(3, Optional.of(0), "some metadata")));
        check("commits", "an offset is committed without being a member", c.committed(both).get(zero).offset() == 3 && c.committed(both).get(one) == null);
        check("commits", "metadata and leader epoch stand beside the offset", c.committed(both).get(zero).metadata().equals("some metadata") && c.committed(both).get(zero).leaderEpoch().get() == 0);
        c.subscribe(List.of(topic));
        until(() -> got.size() >= 17, () -> poll(c, got));
        long of0 = got.stream().filter(r -> r.partition() == 0).mapToLong(ConsumerRecord::offset).min().orElse(-1);
        check("commits", "reading begins at the committed offset, elsewhere at the start", got.size() == 17 && of0 == 3, got.size());
        c.commitSync();
        check("commits", "a member commits in step", c.committed(both).values().stream().allMatch(o -> o.offset() == 10));
        c.commitSync(Map.of(one, new OffsetAndMetadata(1)));
        check("commits", "a member commits backwards too", c.committed(both).get(one).offset() == 1);
        try (var outsider = consumer(topic)) {
            refused("commits", "one who is no member cannot commit to a living group", CommitFailedException.class, () -> outsider.commitSync(Map.of(zero, new OffsetAndMetadata(1))));
        }
        var done = new AtomicReference<Object>();
        c.commitAsync((offsets, error) -> done.set(error == null ? offsets : error));
        check("commits", "a commit in the background calls back", until(() -> done.get() != null, () -> poll(c, got)) && done.get() instanceof Map);
        c.close();
        var looker = consumer("commits-automatic");
        var automatic = consumer("commits-automatic", "enable.auto.commit", true, "auto.commit.interval.ms", 100);
        automatic.subscribe(List.of(topic));
        got.clear();
        until(() -> got.size() >= 20, () -> poll(automatic, got));
        check("commits", "offsets are committed by themselves, in time", until(() -> looker.committed(both).values().stream().allMatch(o -> o != null && o.offset() == 10), () -> poll(automatic, got)));
        produce(List.of(record(topic, 0, null, "last", "v")));
        until(() -> got.size() >= 21, () -> poll(automatic, got));
        automatic.close();
        check("commits", "and when a member leaves", looker.committed(both).get(zero).offset() == 11);
        looker.close();
    }

    /** Sends without a pause while the broker restarts: each record once, in order. */
    static void idempotence() throws Exception {
        create("idempotent", 1);
        var offsets = new ConcurrentLinkedQueue<Long>();
        var failure = new AtomicReference<Exception>();
        var stop = new AtomicBoolean();
        var producer = producer(Map.of("compression.type", "lz4", "linger.ms", 1));
        var sending = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            for (; !stop.get(); java.util.concurrent.locks.LockSupport.parkNanos(2_000_000))
                producer.send(record("idempotent", 0, null, null, "" + count++), (sent, error) -> {
                    if (error != null) failure.set(error);
                    else offsets.add(sent.offset());
                });
            return count;
        });
        until(() -> offsets.size() > 100);
        System.out.println("restart");
        System.in.read();
        int before = offsets.size();
        until(() -> offsets.size() > before + 100);
        stop.set(true);
        int count = sending.get();
        producer.close();
        check("idempotence", "a producer that lives through a restart of the broker delivers all", failure.get() == null && offsets.size() == count, failure.get());
        var got = read("idempotent", count, 1, 0);
        check("idempotence", "each record is there once, in order", got.size() == count && IntStream.range(0, count).allMatch(i -> new String(got.get(i).value()).equals("" + i)), got.size(), count);
        check("idempotence", "the offsets that were told are those of the log", List.copyOf(offsets).equals(LongStream.range(0, count).boxed().toList()));
    }

    /** What phase `after` finds again. */
    static void prepareRestart() throws Exception {
        create("survivor", 3, "retention.ms", "86400000");
        produce(Map.of("compression.type", "zstd"), numbered("survivor", "before-", 300));
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var member = consumer("survivor")) {
            member.subscribe(List.of("survivor"));
            until(() -> got.size() >= 300, () -> poll(member, got));
            member.commitSync();
        }
    }

    static void restart() throws Exception {
        check("restart", "all records are there after a restart", keys(read("survivor", 300, 3, 0)).equals(names("before-", 300)));
        var resource = new org.apache.kafka.common.config.ConfigResource(org.apache.kafka.common.config.ConfigResource.Type.TOPIC, "survivor");
        check("restart", "the topic keeps its partitions and its configs", admin.describeTopics(List.of("survivor")).allTopicNames().get().get("survivor").partitions().size() == 3
            && Administration.value(resource, "retention.ms").equals("86400000"));
        produce(numbered("survivor", "after-", 10));
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        try (var member = consumer("survivor")) {
            member.subscribe(List.of("survivor"));
            until(() -> got.size() >= 10, () -> poll(member, got));
            check("restart", "a group goes on at its committed offsets", keys(got).equals(names("after-", 10)), keys(got));
            var zero = new TopicPartition("consume", 0);
            check("restart", "offsets by time are found again", member.offsetsForTimes(Map.of(zero, 1_700_000_100_500L)).get(zero).offset() == 51);
        }
    }

    public static void main(String[] args) throws Exception {
        bootstrap = args[0];
        if (args[1].equals("member")) Groups.member(args[2]);
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        if (args[1].equals("before")) {
            var sections = new LinkedHashMap<String, Section>();
            sections.put("groups crash", Groups::crash);
            sections.put("groups static", Groups::staticMembers);
            sections.put("groups idle", Groups::idle);
            sections.put("groups range", () -> Groups.by(RangeAssignor.class, "range"));
            sections.put("groups roundrobin", () -> Groups.by(RoundRobinAssignor.class, "roundrobin"));
            sections.put("groups sticky", () -> Groups.by(StickyAssignor.class, "sticky"));
            sections.put("groups cooperative-sticky", () -> Groups.by(CooperativeStickyAssignor.class, "cooperative-sticky"));
            sections.put("groups partitions added", Groups::partitionsAdded);
            sections.put("groups pattern", Groups::pattern);
            sections.put("consume", Suite::consume);
            sections.put("commits", Suite::commits);
            sections.put("codecs", Suite::codecs);
            sections.put("records", Suite::records);
            sections.put("produce acks", Suite::acks);
            sections.put("produce large", Suite::large);
            sections.put("admin topics", Administration::topics);
            sections.put("admin cluster", Administration::cluster);
            sections.put("admin configs", Administration::configs);
            sections.put("admin groups", Administration::groups);
            sections.put("restart prepare", Suite::prepareRestart);
            runSections(sections);
            runSections(Map.of("idempotence", Suite::idempotence));
        } else runSections(Map.of("restart", Suite::restart));
        System.exit(failed ? 1 : 0);
    }
}
