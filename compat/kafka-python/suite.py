"""kafka-python: see ../README.md for the phases."""
import os
import signal
import subprocess
import sys
import threading
import time

from kafka import ConsumerRebalanceListener, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor

from checks import bootstrap, check, exit_code, refused, run_sections, until
from administration import admin_configs, admin_groups, admin_topics
from harness import admin, commit, consumer, create, keys, numbered, places, poll, produce, read

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


def codec_of(name):
    return None if name == "none" else name


def produce_acks():
    create("acks", 3)
    for acks in (1, "all"):
        produce("acks", numbered(f"acks-{acks}-", 50), acks=acks, enable_idempotence=False)
    # A connection that closes at once may take requests without an answer with it, under Kafka too.
    silent = KafkaProducer(bootstrap_servers=bootstrap, acks=0, enable_idempotence=False)
    for record in numbered("acks-0-", 50):
        silent.send("acks", **record)
    got = keys(read("acks", 150, 3))
    silent.close()
    for acks in (0, 1, "all"):
        check("produce", f"acks={acks}: 50 records arrive", sum(k.startswith(f"acks-{acks}-") for k in got) == 50)
    sent = produce("acks", [dict(key=b"k", value=b"v", partition=2)])
    check("produce", "a record goes to the partition it names and its offset comes back", sent[0].partition == 2 and sent[0].offset >= 0)
    sent = produce("acks", [dict(key=b"same", value=b"v") for _ in range(10)])
    offsets = [m.offset for m in sent]
    check("produce", "records of one key go to one partition, in order", len({m.partition for m in sent}) == 1 and offsets == list(range(offsets[0], offsets[0] + 10)))
    produce("made-by-first-record", numbered("auto-", 3))
    check("produce", "the first record makes the topic", len(read("made-by-first-record", 3)) == 3)


def produce_large():
    create("large")
    create("larger", max_message_bytes=5_000_000)
    payload = os.urandom(4_000_000)
    produce("large", [dict(value=payload[:900_000])])
    check("produce", "a record of 900 KB arrives whole", read("large", 1)[0].value == payload[:900_000])
    refused("produce", "a record above the limit of the broker is refused", lambda: produce("large", [dict(value=payload[:1_200_000])], max_request_size=9_000_000), "MessageSizeTooLargeError")
    produce("larger", [dict(value=payload)], max_request_size=9_000_000)
    check("produce", "a record of 4 MB arrives whole where the topic allows it", read("larger", 1)[0].value == payload)
    check("consume", "a record larger than the fetch limits is read all the same", read("larger", 1, fetch_max_bytes=100_000, max_partition_fetch_bytes=50_000)[0].value == payload)


def codecs():
    create("codecs", 3)
    for codec in CODECS:
        produce("codecs", numbered(codec + "-", 100, headers=[("codec", codec.encode())]), compression_type=codec_of(codec))
    records = read("codecs", 500, 3)
    for codec in CODECS:
        mine = [r for r in records if list(r.headers) == [("codec", codec.encode())]]
        check("codecs", f"{codec}: 100 records come back", keys(mine) == {f"{codec}-{i}" for i in range(100)} and all(r.value == b"value-" + r.key for r in mine))
    for codec in CODECS[1:]:
        create(f"codec-of-topic-{codec}", compression_type=codec)
        produce(f"codec-of-topic-{codec}", numbered("a", 100), compression_type="lz4" if codec == "gzip" else "gzip")
        check("codecs", f"a topic with compression.type={codec} takes another codec", len(read(f"codec-of-topic-{codec}", 100)) == 100)


def records():
    create("records")
    create("append-time", message_timestamp_type="LogAppendTime")
    produce("records", [
        dict(key=b"headers", value=b"v", headers=[("a", b"1"), ("b", b""), ("a", b"2")]),
        dict(value=b"null key"), dict(key=b"tombstone", value=None), dict(key=b"", value=b""), dict(key=bytes(range(256)), value="žluťoučký".encode()),
        dict(key=b"old", value=b"v", timestamp_ms=1_000_000_000_000), dict(key=b"many", value=b"v", headers=[(f"h{i}", str(i).encode()) for i in range(100)])])
    headers, null_key, tombstone, empty, binary, old, many = read("records", 7)
    check("records", "headers keep their order, doubled keys and empty values", list(headers.headers) == [("a", b"1"), ("b", b""), ("a", b"2")], headers.headers)
    check("records", "a null key stays null", null_key.key is None and null_key.value == b"null key")
    check("records", "a tombstone stays null", tombstone.key == b"tombstone" and tombstone.value is None)
    check("records", "empty is not null", empty.key == b"" and empty.value == b"")
    check("records", "keys and values are any bytes", binary.key == bytes(range(256)) and binary.value.decode() == "žluťoučký")
    check("records", "a given timestamp is kept", (old.timestamp_type, old.timestamp) == (0, 1_000_000_000_000))
    check("records", "a hundred headers", list(many.headers) == [(f"h{i}", str(i).encode()) for i in range(100)])
    before = int(time.time() * 1000)
    produce("append-time", [dict(value=b"v", timestamp_ms=1_000_000_000_000)])
    found = read("append-time", 1)[0]
    check("records", "LogAppendTime is the broker's", found.timestamp_type == 1 and before <= found.timestamp <= time.time() * 1000 + 1)
    check("records", "offsets count up from zero", [r.offset for r in read("records", 7)] == list(range(7)))


def consume():
    topic = create("consume", 2, retention_ms=-1)
    produce(topic, [dict(key=f"k{i}".encode(), value=b"x" * 1000, partition=i % 2, timestamp_ms=1_700_000_000_000 + i * 1000) for i in range(200)])
    check("consume", "reads all from the start", len(read(topic, 200, 2)) == 200)
    c = consumer()
    zero, one = TopicPartition(topic, 0), TopicPartition(topic, 1)
    check("consume", "lists the partitions of a topic", c.partitions_for_topic(topic) == {0, 1} and topic in c.topics())
    check("consume", "first and next offsets are told", c.beginning_offsets([zero, one]) == {zero: 0, one: 0} and c.end_offsets([zero, one]) == {zero: 100, one: 100})
    found = c.offsets_for_times({zero: 1_700_000_100_500, one: 1_700_000_100_500})
    check("consume", "offsets by time", (found[zero].offset, found[one].offset) == (51, 50), found)
    late = c.offsets_for_times({zero: 1_800_000_000_000})
    check("consume", "a time after the last record has no offset", late[zero] is None, late)
    check("consume", "a time before the first record is its offset", c.offsets_for_times({zero: 1})[zero].offset == 0)
    c.assign([zero, one])
    for partition in (zero, one):
        c.seek(partition, found[partition].offset)
    got = []
    until(lambda: len(got) >= 99, lambda: poll(c, got))
    check("consume", "reads from a time on", len(got) == 99 and min(r.timestamp for r in got) == 1_700_000_101_000)
    c.seek(zero, 42)
    got = []
    until(lambda: len(got) >= 58, lambda: poll(c, got))
    check("consume", "seeks back", [r.offset for r in got] == list(range(42, 100)))
    check("consume", "tells its position", (c.position(zero), c.position(one)) == (100, 100))
    c.pause(zero)
    produce(topic, [dict(key=b"paused", value=b"v", partition=0), dict(key=b"flows", value=b"v", partition=1)])
    got = []
    until(lambda: len(got) >= 1, lambda: poll(c, got))
    check("consume", "a paused partition waits, the other flows", keys(got) == {"flows"})
    c.resume(zero)
    until(lambda: len(got) >= 2, lambda: poll(c, got))
    check("consume", "a resumed partition goes on", keys(got) == {"flows", "paused"})
    c.seek_to_end(zero)
    end = c.position(zero)
    produce(topic, [dict(key=b"new", value=b"v", partition=0)])
    got = []
    until(lambda: len(got) >= 1, lambda: poll(c, got))
    check("consume", "from the end it reads only what is new", end == 101 and keys(got) == {"new"})
    c.close()
    check("consume", "small fetch limits still read all", len(read(topic, 203, 2, fetch_max_bytes=2000, max_partition_fetch_bytes=2000)) == 203)
    started = time.time()
    check("consume", "fetch.min.bytes waits no longer than fetch.max.wait.ms", len(read(topic, 203, 2, fetch_min_bytes=10_000_000, fetch_max_wait_ms=500)) == 203 and time.time() - started < 15)
    c, got = consumer(max_poll_records=7), []
    c.assign([zero])
    until(lambda: got, lambda: poll(c, got))
    check("consume", "a poll gives no more than max.poll.records", 0 < len(got) <= 7)
    c.close()
    check("consume", "fetches without a session read all as well", len(read(topic, 203, 2, enable_incremental_fetch_sessions=False)) == 203)
    check("consume", "an offset out of range goes to the start with auto_offset_reset=earliest", read(topic, 1, start=99_999)[0].offset == 0)
    refused("consume", "an offset out of range is told with auto_offset_reset=none", lambda: read(topic, 1, start=99_999, auto_offset_reset="none"), "OffsetOutOfRangeError")


def owned(*members):
    return [len(m.assignment()) for m in members]


def groups_by(assignor):
    topic, group = create(f"group-{assignor.name}", 4), f"group-{assignor.name}"
    both = [consumer(group, partition_assignment_strategy=(assignor,)) for _ in range(2)]
    got = [[], []]

    def step():
        for member, into in zip(both, got):
            poll(member, into, 0.05)
    for member in both:
        member.subscribe([topic])
    check("groups", f"{assignor.name}: two members share four partitions", until(lambda: owned(*both) == [2, 2], step), owned(*both))
    description = admin().describe_groups([group])[group]
    check("groups", f"{assignor.name}: the group tells its assignor and members", description["protocol_data"] == assignor.name and len(description["members"]) == 2, description)
    produce(topic, numbered("both-", 200))
    until(lambda: len(keys(got[0] + got[1])) >= 200, step)
    check("groups", f"{assignor.name}: each record is read once, by one of them", len(got[0]) + len(got[1]) == 200 and len(keys(got[0] + got[1])) == 200 and got[0] and got[1], (len(got[0]), len(got[1])))
    for member in both:
        commit(member)
    both[1].close()
    got[0].clear()
    check("groups", f"{assignor.name}: the member that stays takes over when the other leaves", until(lambda: owned(both[0]) == [4], lambda: poll(both[0], got[0], 0.05)))
    produce(topic, numbered("one-", 50))
    until(lambda: len(got[0]) >= 50, lambda: poll(both[0], got[0]))
    check("groups", f"{assignor.name}: it goes on where the other committed", len(got[0]) == 50 and all(k.startswith("one-") for k in keys(got[0])))
    both[0].close()


def groups_range(): groups_by(RangePartitionAssignor)
def groups_roundrobin(): groups_by(RoundRobinPartitionAssignor)
def groups_sticky(): groups_by(StickyPartitionAssignor)
def groups_cooperative_sticky(): groups_by(CooperativeStickyAssignor)


class Events(ConsumerRebalanceListener):
    def __init__(self):
        self.seen = []

    def on_partitions_assigned(self, assigned):
        self.seen.append("assigned")

    def on_partitions_revoked(self, revoked):
        self.seen.append("revoked")


def groups_static():
    topic, events = create("static", 4), Events()
    first, second = consumer("static", group_instance_id="one", session_timeout_ms=20000), consumer("static", group_instance_id="two", session_timeout_ms=20000)
    first.subscribe([topic], listener=events)
    second.subscribe([topic])

    def step():
        poll(first, [], 0.05)
        poll(second, [], 0.05)
    check("groups", "static members share the partitions", until(lambda: owned(first, second) == [2, 2], step))
    ids = {m["group_instance_id"] for m in admin().describe_groups(["static"])["static"]["members"]}
    check("groups", "the group tells the names of its static members", ids == {"one", "two"}, ids)
    mine = second.assignment()
    events.seen.clear()
    second.close()
    second = consumer("static", group_instance_id="two", session_timeout_ms=20000)
    second.subscribe([topic])
    until(lambda: owned(second) == [2], step)
    check("groups", "a static member that comes back has its partitions again, and nobody is disturbed", second.assignment() == mine and events.seen == [], events.seen)
    first.close()
    second.close()


def groups_crash():
    topic = create("crash", 4)
    other = subprocess.Popen([sys.executable, __file__, bootstrap, "member", topic], stdout=subprocess.DEVNULL)
    stays = consumer("crash", session_timeout_ms=2000)
    stays.subscribe([topic])
    check("groups", "a member in another process joins", until(lambda: owned(stays) == [2], lambda: poll(stays, [], 0.05)))
    other.send_signal(signal.SIGKILL)
    other.wait()
    check("groups", "the partitions of a member that crashes go to the one that stays", until(lambda: owned(stays) == [4], lambda: poll(stays, [], 0.05)))
    stays.close()


def groups_partitions_added():
    topic, got = create("growing", 2), []
    member = consumer("growing")
    member.subscribe([topic])
    until(lambda: owned(member) == [2], lambda: poll(member, got, 0.05))
    admin().create_partitions({topic: 5})
    check("groups", "partitions added under a group are taken in", until(lambda: owned(member) == [5], lambda: poll(member, got, 0.5)))
    produce(topic, [dict(key=str(p).encode(), value=b"v", partition=p) for p in range(5)])
    until(lambda: len(got) >= 5, lambda: poll(member, got))
    check("groups", "the added partitions are read from their start", {r.partition for r in got} == set(range(5)))
    member.close()


def groups_pattern():
    create("pattern-a"), create("other-pattern")
    member, got = consumer("pattern"), []
    member.subscribe(pattern="^pattern-.*")
    produce("pattern-a", numbered("a-", 5))
    until(lambda: len(got) >= 5, lambda: poll(member, got, 0.05))
    check("groups", "a pattern finds the topics that fit", {p.topic for p in member.assignment()} == {"pattern-a"})
    create("pattern-b")
    produce("pattern-b", numbered("b-", 5))
    # This client asks for all topics only when it subscribes.
    member.unsubscribe()
    member.subscribe(pattern="^pattern-.*")
    both = {f"{t}-{i}" for t in "ab" for i in range(5)}
    check("groups", "a topic that is made later is found by the pattern, subscribed again", until(lambda: keys(got) == both, lambda: poll(member, got, 0.05)))
    member.close()


def commits():
    topic = create("commits", 2)
    produce(topic, [dict(key=str(i).encode(), value=b"v", partition=i % 2) for i in range(20)])
    zero, one = TopicPartition(topic, 0), TopicPartition(topic, 1)
    c = consumer("commits")
    check("commits", "a group that never committed has no offset", c.committed(zero) is None)
    c.commit({zero: OffsetAndMetadata(3, "some metadata", -1)})
    check("commits", "an offset is committed without being a member", (c.committed(zero), c.committed(one)) == (3, None))
    check("commits", "metadata stands beside the offset", c.committed(zero, metadata=True).metadata == "some metadata")
    got = []
    c.subscribe([topic])
    expected = {(0, i) for i in range(3, 10)} | {(1, i) for i in range(10)}
    check("commits", "reading begins at the committed offset, elsewhere at the start", until(lambda: places(got) == expected, lambda: poll(c, got)), places(got))
    commit(c)
    check("commits", "a member commits in step", (c.committed(zero), c.committed(one)) == (10, 10))
    commit(c, {one: OffsetAndMetadata(1, "", -1)})
    check("commits", "a member commits backwards too", c.committed(one) == 1)
    outsider = consumer("commits")
    refused("commits", "one who is no member cannot commit to a living group", lambda: outsider.commit({zero: OffsetAndMetadata(1, "", -1)}), "CommitFailedError", "UnknownMemberIdError")
    done = []
    c.commit_async(callback=lambda offsets, result: done.append(result))
    check("commits", "a commit in the background calls back", until(lambda: done, lambda: poll(c, got, 0.05)) != [] and not isinstance(done[0], Exception))
    c.close()
    automatic = consumer("commits-automatic", enable_auto_commit=True, auto_commit_interval_ms=100)
    automatic.subscribe([topic])
    got = []
    until(lambda: len(places(got)) >= 20, lambda: poll(automatic, got))
    looker = consumer("commits-automatic")
    check("commits", "offsets are committed by themselves, in time", until(lambda: (looker.committed(zero), looker.committed(one)) == (10, 10), lambda: poll(automatic, got, 0.05)))
    produce(topic, [dict(key=b"last", value=b"v", partition=0)])
    until(lambda: len(places(got)) >= 21, lambda: poll(automatic, got))
    automatic.close()
    check("commits", "and when a member leaves", looker.committed(zero) == 11)
    looker.close()
    outsider.close()


def idempotence():
    """Sends without a pause while the broker restarts: each record once, in order."""
    create("idempotent")
    acknowledged, failures, stop, sent = [], [], threading.Event(), []
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=1, compression_type="lz4", reconnect_backoff_max_ms=200)

    def send():
        count = 0
        while not stop.is_set():
            producer.send("idempotent", value=str(count).encode()).add_callback(lambda m: acknowledged.append(m.offset)).add_errback(failures.append)
            count += 1
            stop.wait(0.002)
        sent.append(count)
    thread = threading.Thread(target=send)
    thread.start()
    until(lambda: len(acknowledged) > 100)
    print("restart", flush=True)
    sys.stdin.readline()
    before = len(acknowledged)
    until(lambda: len(acknowledged) > before + 100)
    stop.set()
    thread.join()
    producer.flush(30)
    producer.close()
    check("idempotence", "a producer that lives through a restart of the broker delivers all", not failures and len(acknowledged) == sent[0], failures[:1])
    values = [int(r.value) for r in read("idempotent", sent[0])]
    check("idempotence", "each record is there once, in order", values == list(range(sent[0])), f"{len(values)} of {sent[0]}")
    check("idempotence", "the offsets that were told are those of the log", acknowledged == list(range(sent[0])))


def restart_prepared():
    """What phase `after` finds again."""
    create("survivor", 3, retention_ms=86400000)
    produce("survivor", numbered("before-", 300), compression_type="zstd")
    c, got = consumer("survivor"), []
    c.subscribe(["survivor"])
    until(lambda: len(keys(got)) >= 300, lambda: poll(c, got))
    commit(c)
    c.close()


def restart():
    check("restart", "all records are there after a restart", keys(read("survivor", 300, 3)) == {f"before-{i}" for i in range(300)})
    check("restart", "the topic keeps its partitions", len(admin().describe_topics(["survivor"])[0]["partitions"]) == 3)
    produce("survivor", numbered("after-", 10))
    c, got = consumer("survivor"), []
    c.subscribe(["survivor"])
    until(lambda: len(got) >= 10, lambda: poll(c, got))
    check("restart", "a group goes on at its committed offsets", keys(got) == {f"after-{i}" for i in range(10)})
    zero = TopicPartition("consume", 0)
    check("restart", "offsets by time are found again", c.offsets_for_times({zero: 1_700_000_100_500})[zero].offset == 51)
    c.close()


if sys.argv[2] == "before":
    run_sections(groups_crash, groups_static, groups_range, groups_roundrobin, groups_sticky, groups_cooperative_sticky, groups_partitions_added,
                 groups_pattern, consume, commits, codecs, records, produce_acks, produce_large, admin_topics, admin_configs, admin_groups,
                 restart_prepared)
    run_sections(idempotence)
elif sys.argv[2] == "after":
    run_sections(restart)
else:  # the member that groups_crash() kills
    member = consumer("crash", session_timeout_ms=2000)
    member.subscribe([sys.argv[3]])
    while True:
        poll(member, [])
sys.stdout.flush()
os._exit(exit_code())
