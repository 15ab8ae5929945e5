"""kafka-python: see ../README.md for the phases."""
import sys
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

bootstrap, phase = sys.argv[1], sys.argv[2]
topic, group = "kafka-python-smoke", "kafka-python-group"
partitions = [TopicPartition(topic, p) for p in range(3)]


def check(holds, what):
    if not holds:
        sys.exit(f"not ok - {what}")
    print(f"ok - {what}", flush=True)


def produce(codec, prefix, count):
    producer = KafkaProducer(bootstrap_servers=bootstrap, compression_type=None if codec == "none" else codec, acks="all", linger_ms=5)
    futures = [producer.send(topic, key=f"{prefix}{i}".encode(), value=f"value-{prefix}{i}".encode(),
                             headers=[("codec", codec.encode()), ("codec", b"again")]) for i in range(count)]
    for future in futures:
        future.get(30)
    producer.close()
    check(True, f"produces {count} records with {codec}")


def consumer(**more):
    config = {"bootstrap_servers": bootstrap, "auto_offset_reset": "earliest", "enable_auto_commit": False,
              "session_timeout_ms": 6000, "heartbeat_interval_ms": 300}
    config.update(more)
    return KafkaConsumer(**config)


def read(c, count, seconds=30):
    records, deadline = [], time.time() + seconds
    while len(records) < count and time.time() < deadline:
        for batch in c.poll(timeout_ms=200).values():
            records += batch
    return records


if phase == "before":
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, 3, 1)])
    check(topic in admin.list_topics(), "creates a topic and lists it")
    admin.close()
    expected = set()
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        produce(codec, codec + "-", 100)
        expected |= {f"{codec}-{i}".encode() for i in range(100)}
    c = consumer()
    c.assign(partitions)
    c.seek_to_beginning()
    records = read(c, 500)
    check(len(records) == 500 and {r.key for r in records} == expected, "reads all 500 records from the start")
    check(all(r.value == b"value-" + r.key and len(r.headers) == 2 for r in records), "keeps values and doubled headers")
    time.sleep(0.05)
    now = int(time.time() * 1000)
    produce("lz4", "late-", 50)
    for partition, found in c.offsets_for_times({p: now for p in partitions}).items():
        if found is None:
            c.seek_to_end(partition)
        else:
            c.seek(partition, found.offset)
    late = read(c, 50)
    check(len(late) == 50 and all(r.key.startswith(b"late-") for r in late), "reads by time the 50 records sent after it")
    c.close()

    first, second, seen = consumer(group_id=group), consumer(group_id=group), []
    first.subscribe([topic])
    second.subscribe([topic])
    deadline = time.time() + 40
    while time.time() < deadline and (len(first.assignment()) + len(second.assignment()) != 3 or not first.assignment() or not second.assignment()):
        for member in (first, second):
            got = read(member, 1, 0.2)
            seen += got
            if got:
                member.commit()
    check(len(first.assignment()) + len(second.assignment()) == 3 and first.assignment() and second.assignment(), "two members of a group share the partitions")
    second.close()
    while time.time() < deadline and len(first.assignment()) < 3:
        seen += read(first, 1, 0.2)
    check(len(first.assignment()) == 3, "the member that stays gets all partitions when the other leaves")
    while time.time() < deadline and len({r.key for r in seen}) < 550:
        seen += read(first, 1, 0.5)
    check(len({r.key for r in seen}) == 550, "the group reads all 550 records")
    first.commit()
    check(sum(first.committed(p) for p in partitions) == 550, "committed offsets add up to 550")
    first.close()
else:
    produce("zstd", "after-", 10)
    c = consumer(group_id=group)
    c.subscribe([topic])
    records = read(c, 10)
    check(len(records) == 10 and all(r.key.startswith(b"after-") for r in records), "the group goes on at its committed offsets after a restart")
    c.commit()
    c.close()
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.delete_topics([topic])
    check(topic not in admin.list_topics(), "deletes the topic")
