"""The clients that the sections of suite.py use."""
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from checks import bootstrap, until

shared_admin = AdminClient({"bootstrap.servers": bootstrap})


def admin():
    return shared_admin


def create(topic, partitions=1, **configs):
    configs = {name.replace("_", "."): str(value) for name, value in configs.items()}
    admin().create_topics([NewTopic(topic, partitions, 1, config=configs)])[topic].result()
    settle(topic, partitions)
    return topic


def settle(topic, partitions):
    """Waits until the broker knows a topic as the controller made it, each partition with a leader."""
    def known():
        found = admin().list_topics(topic).topics[topic].partitions
        return len(found) == partitions and all(p.leader >= 0 for p in found.values())
    until(known)


def produce(topic, records, **config):
    """Sends records, each a dict of what `Producer.produce` takes. Returns the delivered messages; raises the first error."""
    delivered, failures = [], []
    settings = {"bootstrap.servers": bootstrap, "linger.ms": 2}
    settings.update({name.replace("_", "."): value for name, value in config.items()})
    producer = Producer(settings)
    for record in records:
        producer.produce(topic, **record, on_delivery=lambda error, message: failures.append(error) if error else delivered.append(message))
        producer.poll(0)
    if producer.flush(30) > 0:
        raise Exception("not delivered in time")
    if failures:
        raise KafkaException(failures[0])
    return delivered


def numbered(prefix, count, **more):
    return [dict(key=f"{prefix}{i}", value=f"value-{prefix}{i}", **more) for i in range(count)]


def consumer(group="unused", callback=None, **more):
    config = {"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
              "session.timeout.ms": 6000, "heartbeat.interval.ms": 200, "fetch.wait.max.ms": 100,
              "topic.metadata.refresh.interval.ms": 300, "reconnect.backoff.max.ms": 200}
    config.update({name.replace("_", "."): value for name, value in more.items()})
    return Consumer(config if callback is None else config | {"on_commit": callback})


def poll(c, into, seconds=0.1):
    """Takes what is there; raises an error that comes instead of a message."""
    for message in c.consume(1000, seconds):
        if message.error() is None:
            into.append(message)
        elif not message.error().retriable():
            raise KafkaException(message.error())


def read(topic, count, partitions=1, start=0, **more):
    """Reads so many messages of a topic without a group."""
    c, messages = consumer(**more), []
    c.assign([TopicPartition(topic, p, start) for p in range(partitions)])
    until(lambda: len(messages) >= count, lambda: poll(c, messages))
    c.close()
    return messages


def keys(messages):
    return {m.key().decode() for m in messages}
