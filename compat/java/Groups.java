import java.io.File;
import java.util.*;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.*;

/** Groups: each assignor, static members, members that crash, partitions and topics that come later. */
class Groups extends Harness {
    static void by(Class<?> assignor, String name) throws Exception {
        String topic = create("group-" + name, 4);
        var first = consumer(topic, "partition.assignment.strategy", assignor.getName());
        var second = consumer(topic, "partition.assignment.strategy", assignor.getName());
        var a = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var b = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        Runnable step = () -> {
            poll(first, a);
            poll(second, b);
        };
        first.subscribe(List.of(topic));
        second.subscribe(List.of(topic));
        check("groups", name + ": two members share four partitions", until(() -> first.assignment().size() == 2 && second.assignment().size() == 2, step));
        var description = admin.describeConsumerGroups(List.of(topic)).all().get().get(topic);
        check("groups", name + ": the group tells its assignor and members", description.partitionAssignor().equals(name) && description.members().size() == 2, description);
        produce(numbered(topic, "both-", 200));
        until(() -> a.size() + b.size() >= 200, step);
        var all = new ArrayList<>(a);
        all.addAll(b);
        check("groups", name + ": each record is read once, by one of them", all.size() == 200 && keys(all).size() == 200 && !a.isEmpty() && !b.isEmpty(), a.size(), b.size());
        first.commitSync();
        second.commitSync();
        second.close();
        a.clear();
        check("groups", name + ": the member that stays takes over when the other leaves", until(() -> first.assignment().size() == 4, () -> poll(first, a)));
        produce(numbered(topic, "one-", 50));
        until(() -> a.size() >= 50, () -> poll(first, a));
        check("groups", name + ": it goes on where the other committed", a.size() == 50 && keys(a).equals(names("one-", 50)), a.size());
        first.close();
    }

    static void staticMembers() throws Exception {
        String topic = create("static", 4);
        var events = new ArrayList<String>();
        var ignored = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var first = consumer(topic, "group.instance.id", "one");
        var second = consumer(topic, "group.instance.id", "two");
        first.subscribe(List.of(topic), new ConsumerRebalanceListener() {
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) { events.add("assigned"); }
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) { events.add("revoked"); }
        });
        second.subscribe(List.of(topic));
        check("groups", "static members share the partitions", until(() -> first.assignment().size() == 2 && second.assignment().size() == 2, () -> {
            poll(first, ignored);
            poll(second, ignored);
        }));
        var ids = new TreeSet<String>();
        for (var member : admin.describeConsumerGroups(List.of(topic)).all().get().get(topic).members()) ids.add(member.groupInstanceId().get());
        check("groups", "the group tells the names of its static members", ids.equals(Set.of("one", "two")), ids);
        var mine = Set.copyOf(second.assignment());
        events.clear();
        second.close();
        var again = consumer(topic, "group.instance.id", "two");
        again.subscribe(List.of(topic));
        until(() -> again.assignment().size() == 2, () -> {
            poll(again, ignored);
            poll(first, ignored);
        });
        check("groups", "a static member that comes back has its partitions again, and nobody is disturbed", again.assignment().equals(mine) && events.isEmpty(), events);
        var third = consumer(topic, "group.instance.id", "two");
        third.subscribe(List.of(topic));
        until(() -> third.assignment().size() == 2, () -> {
            poll(third, ignored);
            poll(first, ignored);
        });
        refused("groups", "a static member whose name is taken by another is fenced", FencedInstanceIdException.class, () -> until(() -> false, () -> poll(again, ignored)));
        admin.removeMembersFromConsumerGroup(topic, new org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions(
            List.of(new org.apache.kafka.clients.admin.MemberToRemove("two")))).all().get();
        check("groups", "a static member that the admin removes loses its partitions", until(() -> first.assignment().size() == 4, () -> poll(first, ignored)));
        first.close();
        again.close();
        third.close();
    }

    static void crash() throws Exception {
        String topic = create("crash", 4);
        var other = new ProcessBuilder("java", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getenv("classpath"), "Suite", bootstrap, "member", topic)
            .redirectErrorStream(true).redirectOutput(new File("/dev/null")).start();
        var ignored = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var stays = consumer(topic, "session.timeout.ms", 2000);
        stays.subscribe(List.of(topic));
        check("groups", "a member in another process joins", until(() -> stays.assignment().size() == 2, () -> poll(stays, ignored)));
        other.destroyForcibly().waitFor();
        check("groups", "the partitions of a member that crashes go to the one that stays", until(() -> stays.assignment().size() == 4, () -> poll(stays, ignored)));
        stays.close();
    }

    /** The member that `crash` kills. */
    static void member(String topic) {
        var member = consumer(topic, "session.timeout.ms", 2000);
        member.subscribe(List.of(topic));
        for (;;) poll(member, new ArrayList<>());
    }

    static void idle() throws Exception {
        String topic = create("idle", 2);
        var ignored = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var idle = consumer(topic, "max.poll.interval.ms", 1000);
        idle.subscribe(List.of(topic));
        until(() -> idle.assignment().size() == 2, () -> poll(idle, ignored));
        var stays = consumer(topic);
        stays.subscribe(List.of(topic));
        check("groups", "the partitions of a member that stops polling go to the one that stays", until(() -> stays.assignment().size() == 2, () -> poll(stays, ignored)));
        refused("groups", "and it cannot commit any more", CommitFailedException.class, () -> idle.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(1))));
        idle.close();
        stays.close();
    }

    static void partitionsAdded() throws Exception {
        String topic = create("growing", 2);
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var member = consumer(topic);
        member.subscribe(List.of(topic));
        until(() -> member.assignment().size() == 2, () -> poll(member, got));
        admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
        check("groups", "partitions added under a group are taken in", until(() -> member.assignment().size() == 5, () -> poll(member, got)));
        for (int i = 0; i < 5; i++) produce(List.of(record(topic, i, null, "" + i, "v")));
        until(() -> keys(got).size() >= 5, () -> poll(member, got));
        check("groups", "the added partitions are read from their start", keys(got).equals(names("", 5)));
        member.close();
    }

    static void pattern() throws Exception {
        create("pattern-a", 1);
        create("other-pattern", 1);
        var got = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        var member = consumer("pattern");
        member.subscribe(Pattern.compile("pattern-.*"));
        produce(numbered("pattern-a", "a-", 5));
        until(() -> keys(got).size() >= 5, () -> poll(member, got));
        check("groups", "a pattern finds the topics that fit", member.assignment().equals(Set.of(new TopicPartition("pattern-a", 0))));
        create("pattern-b", 1);
        produce(numbered("pattern-b", "b-", 5));
        check("groups", "a topic that is made later is found by the pattern", until(() -> keys(got).containsAll(names("b-", 5)), () -> poll(member, got)));
        member.close();
    }
}
