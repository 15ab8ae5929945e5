"""confluent-kafka (librdkafka): see ../README.md for the phases."""
import os
import signal
import subprocess
import sys
import threading
import time

from confluent_kafka import (OFFSET_BEGINNING, OFFSET_END, OFFSET_INVALID, TIMESTAMP_CREATE_TIME, TIMESTAMP_LOG_APPEND_TIME,
                             Producer, TopicPartition)
from checks import bootstrap, check, exit_code, refused, run_sections, until
from harness import admin, consumer, create, keys, numbered, poll, produce, read
from administration import admin_configs, admin_groups, admin_topics

CODECS = ("none", "gzip", "snappy", "lz4", "zstd")


def produce_acks():
    create("acks", 3)
    for acks in (1, "all"):
        produce("acks", numbered(f"acks-{acks}-", 50), acks=acks)
    # A connection that closes at once may take requests without an answer with it, under Kafka too.
    silent = Producer({"bootstrap.servers": bootstrap, "acks": 0})
    for record in numbered("acks-0-", 50):
        silent.produce("acks", **record)
    silent.flush(30)
    got = keys(read("acks", 150, 3))
    del silent
    for acks in (0, 1, "all"):
        check("produce", f"acks={acks}: 50 records arrive", sum(k.startswith(f"acks-{acks}-") for k in got) == 50)
    sent = produce("acks", [dict(key="k", value="v", partition=2)])
    check("produce", "a record goes to the partition it names and its offset comes back", sent[0].partition() == 2 and sent[0].offset() >= 0)
    sent = produce("acks", [dict(key="same", value=str(i)) for i in range(10)])
    offsets = [m.offset() for m in sent]
    check("produce", "records of one key go to one partition, in order", len({m.partition() for m in sent}) == 1 and offsets == list(range(offsets[0], offsets[0] + 10)))
    produce("made-by-first-record", numbered("auto-", 3))
    check("produce", "the first record makes the topic", len(read("made-by-first-record", 3)) == 3)
    refused("produce", "a topic name with a space is refused", lambda: produce("no such", numbered("x", 1), message_timeout_ms=3000), "TOPIC_EXCEPTION", "_UNKNOWN_TOPIC")


def produce_large():
    create("large")
    create("larger", max_message_bytes=5_000_000)
    payload = os.urandom(4_000_000)
    produce("large", [dict(value=payload[:900_000])])
    check("produce", "a record of 900 KB arrives whole", read("large", 1)[0].value() == payload[:900_000])
    refused("produce", "a record above the limit of the broker is refused", lambda: produce("large", [dict(value=payload[:1_200_000])], message_max_bytes=9_000_000), "MSG_SIZE_TOO_LARGE")
    produce("larger", [dict(value=payload)], message_max_bytes=9_000_000)
    check("produce", "a record of 4 MB arrives whole where the topic allows it", read("larger", 1)[0].value() == payload)
    check("consume", "a record larger than the fetch limits is read all the same", read("larger", 1, fetch_max_bytes=100_000, max_partition_fetch_bytes=50_000, message_max_bytes=50_000)[0].value() == payload)


def codecs():
    create("codecs", 3)
    for codec in CODECS:
        produce("codecs", numbered(codec + "-", 100, headers=[("codec", codec)]), compression_type=codec)
    messages = read("codecs", 500, 3)
    for codec in CODECS:
        mine = [m for m in messages if m.headers() == [("codec", codec.encode())]]
        check("codecs", f"{codec}: 100 records come back", keys(mine) == {f"{codec}-{i}" for i in range(100)} and all(m.value().decode() == "value-" + m.key().decode() for m in mine))
    for codec in CODECS[1:]:
        create(f"codec-of-topic-{codec}", compression_type=codec)
        produce(f"codec-of-topic-{codec}", numbered("a", 100), compression_type="lz4" if codec == "gzip" else "gzip")
        check("codecs", f"a topic with compression.type={codec} takes another codec", len(read(f"codec-of-topic-{codec}", 100)) == 100)


def records():
    create("records")
    create("append-time", message_timestamp_type="LogAppendTime")
    produce("records", [
        dict(key="headers", value="v", headers=[("a", b"1"), ("b", b""), ("a", None), ("a", b"2")]),
        dict(value="null key"), dict(key="tombstone", value=None), dict(key=b"", value=b""), dict(key=bytes(range(256)), value="žluťoučký".encode()),
        dict(key="old", value="v", timestamp=1_000_000_000_000), dict(value=None), dict(key="many", value="v", headers=[(f"h{i}", str(i)) for i in range(100)])])
    headers, null_key, tombstone, empty, binary, old, nothing, many = read("records", 8)
    check("records", "headers keep their order, doubled keys, empty and null values", headers.headers() == [("a", b"1"), ("b", b""), ("a", None), ("a", b"2")], headers.headers())
    check("records", "a null key stays null", null_key.key() is None and null_key.value() == b"null key")
    check("records", "a tombstone stays null", tombstone.key() == b"tombstone" and tombstone.value() is None)
    check("records", "empty is not null", empty.key() == b"" and empty.value() == b"")
    check("records", "keys and values are any bytes", binary.key() == bytes(range(256)) and binary.value().decode() == "žluťoučký")
    check("records", "a given timestamp is kept", old.timestamp() == (TIMESTAMP_CREATE_TIME, 1_000_000_000_000))
    check("records", "null key and null value together", nothing.key() is None and nothing.value() is None)
    check("records", "a hundred headers", many.headers() == [(f"h{i}", str(i).encode()) for i in range(100)])
    before = int(time.time() * 1000)
    produce("append-time", [dict(value="v", timestamp=1_000_000_000_000)])
    kind, stamp = read("append-time", 1)[0].timestamp()
    check("records", "LogAppendTime is the broker's", kind == TIMESTAMP_LOG_APPEND_TIME and before <= stamp <= time.time() * 1000 + 1)
    check("records", "offsets count up from zero", [m.offset() for m in read("records", 8)] == list(range(8)))


def consume():
    topic = create("consume", 2, retention_ms=-1)
    produce(topic, [dict(key=f"k{i}", value=b"x" * 1000, partition=i % 2, timestamp=1_700_000_000_000 + i * 1000) for i in range(200)])
    check("consume", "reads all from the start", len(read(topic, 200, 2)) == 200)
    c = consumer()
    zero, one = TopicPartition(topic, 0), TopicPartition(topic, 1)
    check("consume", "first and next offset are told", c.get_watermark_offsets(zero, 10) == (0, 100))
    found = c.offsets_for_times([TopicPartition(topic, p, 1_700_000_000_000 + 100_500) for p in (0, 1)], 10)
    check("consume", "offsets by time", [p.offset for p in found] == [51, 50], found)
    late = c.offsets_for_times([TopicPartition(topic, 0, 1_800_000_000_000)], 10)
    check("consume", "a time after the last record has no offset", late[0].offset == OFFSET_END, late)
    early = c.offsets_for_times([TopicPartition(topic, 0, 1)], 10)
    check("consume", "a time before the first record is its offset", early[0].offset == 0, early)
    c.assign(found)
    got = []
    until(lambda: len(got) >= 99, lambda: poll(c, got))
    check("consume", "reads from a time on", len(got) == 99 and min(m.timestamp()[1] for m in got) == 1_700_000_101_000 - 0, (len(got), min(m.timestamp()[1] for m in got)))
    c.seek(TopicPartition(topic, 0, 42))
    got = []
    until(lambda: len(got) >= 58, lambda: poll(c, got))
    check("consume", "seeks back", [m.offset() for m in got] == list(range(42, 100)))
    check("consume", "tells its position", [p.offset for p in c.position([zero, one])] == [100, 100])
    c.pause([zero])
    produce(topic, [dict(key="paused", value="v", partition=0), dict(key="flows", value="v", partition=1)])
    got = []
    until(lambda: len(got) >= 1, lambda: poll(c, got))
    check("consume", "a paused partition waits, the other flows", keys(got) == {"flows"})
    c.resume([zero])
    until(lambda: len(got) >= 2, lambda: poll(c, got))
    check("consume", "a resumed partition goes on", keys(got) == {"flows", "paused"})
    c.assign([TopicPartition(topic, 0, OFFSET_END)])
    got = []
    until(lambda: c.position([zero])[0].offset == 101, lambda: poll(c, got, 0.05), 5)
    produce(topic, [dict(key="new", value="v", partition=0)])
    until(lambda: len(got) >= 1, lambda: poll(c, got))
    check("consume", "from the end it reads only what is new", keys(got) == {"new"})
    c.close()
    check("consume", "small fetch limits still read all", len(read(topic, 203, 2, fetch_max_bytes=2000, max_partition_fetch_bytes=2000, message_max_bytes=2000)) == 203)
    started = time.time()
    waiting = read(topic, 203, 2, fetch_min_bytes=10_000_000, fetch_wait_max_ms=500)
    check("consume", "fetch.min.bytes waits no longer than fetch.wait.max.ms", len(waiting) == 203 and time.time() - started < 10)
    check("consume", "an offset out of range goes to the start with auto.offset.reset=earliest", read(topic, 1, start=99_999)[0].offset() == 0)
    refused("consume", "an offset out of range is told with auto.offset.reset=error", lambda: read(topic, 1, start=99_999, auto_offset_reset="error"), "_AUTO_OFFSET_RESET")
    c = consumer(enable_partition_eof=True)
    c.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    ended = []

    def look():
        ended.extend(m for m in c.consume(1000, 0.1) if m.error() and m.error().name() == "_PARTITION_EOF")
    check("consume", "the end of the partition is told", until(lambda: ended, look) != [] and ended[0].offset() == 102)
    c.close()


def owned(*members):
    return [len(m.assignment()) for m in members]


def groups_by(assignor):
    topic, group = create(f"group-{assignor}", 4), f"group-{assignor}"
    both = [consumer(group, partition_assignment_strategy=assignor) for _ in range(2)]
    got = [[], []]

    def step():
        for member, into in zip(both, got):
            poll(member, into, 0.05)
    for member in both:
        member.subscribe([topic])
    check("groups", f"{assignor}: two members share four partitions", until(lambda: owned(*both) == [2, 2], step), owned(*both))
    description = admin().describe_consumer_groups([group])[group].result()
    check("groups", f"{assignor}: the group tells its assignor and members", description.partition_assignor == assignor and len(description.members) == 2)
    produce(topic, numbered("both-", 200))
    until(lambda: len(got[0]) + len(got[1]) >= 200, step)
    check("groups", f"{assignor}: each record is read once, by one of them", len(got[0]) + len(got[1]) == 200 and len(keys(got[0] + got[1])) == 200 and got[0] and got[1])
    for member in both:
        member.commit(asynchronous=False)
    both[1].close()
    got[0].clear()
    check("groups", f"{assignor}: the member that stays takes over when the other leaves", until(lambda: owned(both[0]) == [4], lambda: poll(both[0], got[0], 0.05)))
    produce(topic, numbered("one-", 50))
    until(lambda: len(got[0]) >= 50, lambda: poll(both[0], got[0]))
    check("groups", f"{assignor}: it goes on where the other committed", len(got[0]) == 50 and all(k.startswith("one-") for k in keys(got[0])))
    both[0].close()


def groups_range(): groups_by("range")
def groups_roundrobin(): groups_by("roundrobin")
def groups_cooperative_sticky(): groups_by("cooperative-sticky")


def groups_static():
    topic, events = create("static", 4), []
    names = dict(on_assign=lambda c, p: events.append("assigned"), on_revoke=lambda c, p: events.append("revoked"))
    first, second = consumer("static", group_instance_id="one"), consumer("static", group_instance_id="two")
    first.subscribe([topic], **names)
    second.subscribe([topic])

    def step():
        poll(first, [], 0.05)
        poll(second, [], 0.05)
    check("groups", "static members share the partitions", until(lambda: owned(first, second) == [2, 2], step))
    ids = {m.group_instance_id for m in admin().describe_consumer_groups(["static"])["static"].result().members}
    check("groups", "the group tells the names of its static members", ids == {"one", "two"}, ids)
    mine = sorted(p.partition for p in second.assignment())
    events.clear()
    second.close()
    second = consumer("static", group_instance_id="two")
    second.subscribe([topic])
    until(lambda: owned(second) == [2], step)
    check("groups", "a static member that comes back has its partitions again, and nobody is disturbed", sorted(p.partition for p in second.assignment()) == mine and events == [], events)
    third = consumer("static", group_instance_id="two")
    third.subscribe([topic])
    until(lambda: owned(third) == [2], lambda: (poll(third, [], 0.05), poll(first, [], 0.05)))

    def fenced():
        until(lambda: False, lambda: poll(second, [], 0.1), 10)
    refused("groups", "a static member whose name is taken by another is fenced", fenced, "FENCED_INSTANCE_ID", "_FATAL")
    for member in (first, second, third):
        member.close()


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
    from confluent_kafka.admin import NewPartitions
    topic, got = create("growing", 2), []
    member = consumer("growing")
    member.subscribe([topic])
    until(lambda: owned(member) == [2], lambda: poll(member, got, 0.05))
    admin().create_partitions([NewPartitions(topic, 5)])[topic].result()
    check("groups", "partitions added under a group are taken in", until(lambda: owned(member) == [5], lambda: poll(member, got, 0.05)))
    produce(topic, [dict(key=str(p), value="v", partition=p) for p in range(5)])
    until(lambda: len(got) >= 5, lambda: poll(member, got))
    check("groups", "the added partitions are read from their start", {m.partition() for m in got} == set(range(5)))
    member.close()


def groups_pattern():
    create("pattern-a"), create("other-pattern")
    member, got = consumer("pattern"), []
    member.subscribe(["^pattern-.*"])
    produce("pattern-a", numbered("a-", 5))
    until(lambda: len(got) >= 5, lambda: poll(member, got, 0.05))
    check("groups", "a pattern finds the topics that fit", {p.topic for p in member.assignment()} == {"pattern-a"})
    create("pattern-b")
    produce("pattern-b", numbered("b-", 5))
    both = {f"{t}-{i}" for t in "ab" for i in range(5)}
    check("groups", "a topic that is made later is found by the pattern", until(lambda: keys(got) == both, lambda: poll(member, got, 0.05)))
    member.close()


def commits():
    topic = create("commits", 2)
    produce(topic, [dict(key=str(i), value="v", partition=i % 2) for i in range(20)])
    zero, one = TopicPartition(topic, 0), TopicPartition(topic, 1)
    c = consumer("commits")
    check("commits", "a group that never committed has no offset", [p.offset for p in c.committed([zero, one], 10)] == [OFFSET_INVALID] * 2)
    c.commit(offsets=[TopicPartition(topic, 0, 3, "some metadata")], asynchronous=False)
    back = c.committed([zero, one], 10)
    check("commits", "an offset is committed without being a member", [p.offset for p in back] == [3, OFFSET_INVALID])
    check("commits", "metadata stands beside the offset", back[0].metadata == "some metadata", back[0].metadata)
    got = []
    c.subscribe([topic])
    until(lambda: len(got) >= 17, lambda: poll(c, got))
    check("commits", "reading begins at the committed offset, elsewhere at the start", sorted((m.partition(), m.offset()) for m in got) == [(0, i) for i in range(3, 10)] + [(1, i) for i in range(10)])
    check("commits", "a member commits in step", sorted((p.partition, p.offset) for p in c.commit(asynchronous=False)) == [(0, 10), (1, 10)])
    first = next(m for m in got if m.partition() == 1)
    c.commit(message=first, asynchronous=False)
    check("commits", "a member commits one message, backwards too", c.committed([one], 10)[0].offset == 1)
    outsider = consumer("commits")
    refused("commits", "one who is no member cannot commit to a living group", lambda: outsider.commit(offsets=[zero], asynchronous=False) if outsider.commit(offsets=[TopicPartition(topic, 0, 1)], asynchronous=False) else None, "UNKNOWN_MEMBER_ID", "ILLEGAL_GENERATION")
    done = []
    c.close()
    later = consumer("commits-later", callback=lambda error, partitions: done.append((error, partitions)))
    later.subscribe([topic])
    got = []
    until(lambda: len(got) >= 20, lambda: poll(later, got))
    later.commit(asynchronous=True)
    check("commits", "a commit in the background calls back", until(lambda: done, lambda: poll(later, got, 0.05)) != [] and done[0][0] is None)
    later.close()
    automatic = consumer("commits-automatic", enable_auto_commit=True, auto_commit_interval_ms=100)
    automatic.subscribe([topic])
    got = []
    until(lambda: len(got) >= 20, lambda: poll(automatic, got))
    looker = consumer("commits-automatic")
    check("commits", "offsets are committed by themselves, in time", until(lambda: [p.offset for p in looker.committed([zero, one], 10)] == [10, 10], lambda: poll(automatic, got, 0.05)))
    produce(topic, [dict(key="last", value="v", partition=0)])
    until(lambda: len(got) >= 21, lambda: poll(automatic, got))
    automatic.close()
    check("commits", "and when a member leaves", looker.committed([zero], 10)[0].offset == 11)
    stored = consumer("commits-stored", enable_auto_commit=True, auto_commit_interval_ms=100, enable_auto_offset_store=False)
    stored.subscribe([topic])
    got = []
    until(lambda: len(got) >= 21, lambda: poll(stored, got))
    stored.store_offsets(offsets=[TopicPartition(topic, 0, 5)])
    stored.close()
    looker = consumer("commits-stored")
    check("commits", "only stored offsets are committed", [p.offset for p in looker.committed([zero, one], 10)] == [5, OFFSET_INVALID])
    looker.close()
    outsider.close()


def idempotence():
    """Sends without a pause while the broker restarts: each record once, in order."""
    create("idempotent")
    acknowledged, failures, stop = [], [], threading.Event()
    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "linger.ms": 1, "compression.type": "lz4", "reconnect.backoff.max.ms": 200})

    def send():
        count = 0
        while not stop.is_set():
            producer.produce("idempotent", value=str(count), on_delivery=lambda e, m: failures.append(e) if e else acknowledged.append(m.offset()))
            count += 1
            producer.poll(0.002)
        return count
    sent = []
    thread = threading.Thread(target=lambda: sent.append(send()))
    thread.start()
    until(lambda: len(acknowledged) > 100)
    print("restart", flush=True)
    sys.stdin.readline()
    before = len(acknowledged)
    until(lambda: len(acknowledged) > before + 100)
    stop.set()
    thread.join()
    producer.flush(30)
    check("idempotence", "a producer that lives through a restart of the broker delivers all", not failures and len(acknowledged) == sent[0], failures[:1])
    values = [int(m.value()) for m in read("idempotent", sent[0])]
    check("idempotence", "each record is there once, in order", values == list(range(sent[0])), f"{len(values)} of {sent[0]}")
    check("idempotence", "the offsets that were told are those of the log", acknowledged == list(range(sent[0])))


def survivor():
    """What phase `after` finds again."""
    create("survivor", 3, retention_ms=86400000)
    produce("survivor", numbered("before-", 300), compression_type="zstd")
    c, got = consumer("survivor"), []
    c.subscribe(["survivor"])
    until(lambda: len(got) >= 300, lambda: poll(c, got))
    c.commit(asynchronous=False)
    c.close()


def restart():
    from confluent_kafka.admin import ConfigResource, ResourceType
    check("restart", "all records are there after a restart", keys(read("survivor", 300, 3)) == {f"before-{i}" for i in range(300)})
    resource = ConfigResource(ResourceType.TOPIC, "survivor")
    check("restart", "the topic keeps its partitions and its configs", len(admin().list_topics("survivor").topics["survivor"].partitions) == 3
          and admin().describe_configs([resource])[resource].result()["retention.ms"].value == "86400000")
    produce("survivor", numbered("after-", 10))
    c, got = consumer("survivor"), []
    c.subscribe(["survivor"])
    until(lambda: len(got) >= 10, lambda: poll(c, got))
    check("restart", "a group goes on at its committed offsets", keys(got) == {f"after-{i}" for i in range(10)})
    c.close()
    found = consumer().offsets_for_times([TopicPartition("consume", 0, 1_700_000_000_000 + 100_500)], 10)
    check("restart", "offsets by time are found again", found[0].offset == 51)


if sys.argv[2] == "before":
    run_sections(groups_crash, groups_static, groups_range, groups_roundrobin, groups_cooperative_sticky, groups_partitions_added, groups_pattern,
                 consume, commits, codecs, records, produce_acks, produce_large, admin_topics, admin_configs, admin_groups, survivor)
    run_sections(idempotence)
elif sys.argv[2] == "after":
    run_sections(restart)
else:  # a member that crash() kills
    member = consumer("crash", session_timeout_ms=2000)
    member.subscribe([sys.argv[3]])
    while True:
        poll(member, [])
sys.exit(exit_code())
