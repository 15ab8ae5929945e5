"""confluent-kafka (librdkafka): see ../README.md for the phases."""
import sys
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic, ResourceType

bootstrap, phase = sys.argv[1], sys.argv[2]
topic, group = "confluent-smoke", "confluent-group"


def check(holds, what):
    if not holds:
        sys.exit(f"not ok - {what}")
    print(f"ok - {what}", flush=True)


def produce(codec, prefix, count, idempotent=True):
    failures = []
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "enable.idempotence": idempotent, "linger.ms": 5})
    for i in range(count):
        producer.produce(topic, key=f"{prefix}{i}", value=f"value-{prefix}{i}", headers=[("codec", codec.encode()), ("codec", None)],
                         on_delivery=lambda error, message: failures.append(error) if error else None)
        producer.poll(0)
    check(producer.flush(30) == 0 and not failures, f"produces {count} records with {codec}, idempotent")


def consumer(**more):
    config = {"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
              "session.timeout.ms": 6000, "heartbeat.interval.ms": 300}
    config.update({name.replace("_", "."): value for name, value in more.items()})
    return Consumer(config)


def read(c, count, seconds=30):
    messages, deadline = [], time.time() + seconds
    while len(messages) < count and time.time() < deadline:
        for message in c.consume(1000, 0.2):
            if message.error():
                sys.exit(f"not ok - {message.error()}")
            messages.append(message)
    return messages


if phase == "before":
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, 3, 1, config={"retention.ms": "86400000"})])[topic].result()
    check(len(admin.list_topics(topic).topics[topic].partitions) == 3, "creates a topic of three partitions")
    resource = ConfigResource(ResourceType.TOPIC, topic)
    check(admin.describe_configs([resource])[resource].result()["retention.ms"].value == "86400000", "describes its configs")
    expected = set()
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        produce(codec, codec + "-", 100)
        expected |= {f"{codec}-{i}" for i in range(100)}
    c = consumer(group_id="unused")
    c.assign([TopicPartition(topic, p, 0) for p in range(3)])
    messages = read(c, 500)
    check(len(messages) == 500 and {m.key().decode() for m in messages} == expected, "reads all 500 records from the start")
    check(all(m.value().decode() == "value-" + m.key().decode() and len(m.headers()) == 2 for m in messages), "keeps values and doubled headers")
    time.sleep(0.05)
    now = int(time.time() * 1000)
    produce("lz4", "late-", 50)
    c.assign(c.offsets_for_times([TopicPartition(topic, p, now) for p in range(3)], 10))
    late = read(c, 50)
    check(len(late) == 50 and all(m.key().startswith(b"late-") for m in late), "reads by time the 50 records sent after it")
    c.close()

    first, second, seen = consumer(), consumer(), []
    first.subscribe([topic])
    second.subscribe([topic])
    deadline = time.time() + 30
    while time.time() < deadline and (len(first.assignment()) + len(second.assignment()) != 3 or not first.assignment() or not second.assignment()):
        for member in (first, second):
            got = read(member, 1, 0.2)
            seen += got
            if got:
                member.commit(asynchronous=False)
    check(len(first.assignment()) + len(second.assignment()) == 3 and first.assignment() and second.assignment(), "two members of a group share the partitions")
    second.close()
    while time.time() < deadline and len(first.assignment()) < 3:
        seen += read(first, 1, 0.2)
    check(len(first.assignment()) == 3, "the member that stays gets all partitions when the other leaves")
    while time.time() < deadline and len({m.key() for m in seen}) < 550:
        seen += read(first, 1, 0.5)
    check(len({m.key() for m in seen}) == 550, "the group reads all 550 records")
    first.commit(offsets=[TopicPartition(topic, p, first.get_watermark_offsets(TopicPartition(topic, p))[1]) for p in range(3)], asynchronous=False)
    check(sum(p.offset for p in first.committed([TopicPartition(topic, p) for p in range(3)], 10)) == 550, "committed offsets add up to 550")
    first.close()
else:
    produce("zstd", "after-", 10)
    c = consumer()
    c.subscribe([topic])
    messages = read(c, 10)
    check(len(messages) == 10 and all(m.key().startswith(b"after-") for m in messages), "the group goes on at its committed offsets after a restart")
    c.commit(asynchronous=False)
    c.close()
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_partitions([NewPartitions(topic, 5)])[topic].result()
    check(len(AdminClient({"bootstrap.servers": bootstrap}).list_topics(topic).topics[topic].partitions) == 5, "adds partitions")
    admin.delete_consumer_groups([group])[group].result()
    check(all(g.group_id != group for g in admin.list_consumer_groups().result().valid), "deletes the group")
    admin.delete_topics([topic])[topic].result()
    check(topic not in AdminClient({"bootstrap.servers": bootstrap}).list_topics().topics, "deletes the topic")
