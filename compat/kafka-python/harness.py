"""The clients that the sections of suite.py use."""
import threading
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import RebalanceInProgressError

from checks import bootstrap, until

local = threading.local()


def admin():
    """One for each thread."""
    if not hasattr(local, "admin"):
        local.admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    return local.admin


def create(topic, partitions=1, **configs):
    admin().create_topics([NewTopic(topic, partitions, 1, topic_configs={name.replace("_", "."): str(value) for name, value in configs.items()})])
    settle(topic, partitions)
    return topic


def settle(topic, partitions):
    """Waits until the broker knows a topic as the controller made it, each partition with a leader."""
    def known():
        found = admin().describe_topics([topic])[0]["partitions"]
        return len(found) == partitions and all(p["leader_id"] >= 0 for p in found)
    until(known)


def produce(topic, records, **config):
    """Sends records, each a dict of what `KafkaProducer.send` takes. Returns what came back; raises the first error."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, **{"linger_ms": 2, **config})
    try:
        futures = [producer.send(topic, **record) for record in records]
        return [future.get(30) for future in futures]
    finally:
        producer.close()


def numbered(prefix, count, **more):
    return [dict(key=f"{prefix}{i}".encode(), value=f"value-{prefix}{i}".encode(), **more) for i in range(count)]


class Member:
    """A consumer that is replaced when it stalls: about one join in twenty of kafka-python 3.0 gets its answer and is
    never heard of again, against Apache Kafka as well."""
    stalled_after = 4

    def __init__(self, options):
        self._options, self._subscription, self._joined = options, None, 0
        self._consumer = KafkaConsumer(**options)

    def __getattr__(self, name):
        return getattr(self._consumer, name)

    def subscribe(self, *topics, **how):
        self._subscription, self._joined = (topics, how), time.time()
        self._consumer.subscribe(*topics, **how)

    def poll(self, **how):
        if self._subscription is None or self._consumer.assignment():
            self._joined = time.time()
        elif time.time() > self._joined + self.stalled_after:
            print("note - a consumer that stalled in its join is replaced", flush=True)
            self._consumer.close()
            self._consumer = KafkaConsumer(**self._options)
            topics, how_subscribed = self._subscription
            self.subscribe(*topics, **how_subscribed)
        return self._consumer.poll(**how)


def consumer(group=None, **more):
    return Member({"bootstrap_servers": bootstrap, "group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": False,
                   "session_timeout_ms": 6000, "heartbeat_interval_ms": 200, "fetch_max_wait_ms": 100, "metadata_max_age_ms": 300,
                   "reconnect_backoff_max_ms": 200, **more})


def poll(c, into, seconds=0.1):
    for batch in c.poll(timeout_ms=int(seconds * 1000)).values():
        into += batch


def read(topic, count, partitions=1, start=0, **more):
    """Reads so many records of a topic without a group."""
    c, records = consumer(**more), []
    mine = [TopicPartition(topic, p) for p in range(partitions)]
    c.assign(mine)
    for partition in mine:
        c.seek(partition, start)
    try:
        until(lambda: len(records) >= count, lambda: poll(c, records))
    finally:
        c.close()
    return records


def keys(records):
    return {r.key.decode() for r in records}


def places(records):
    """Partitions and offsets: a record that is read again after a rebalance counts once."""
    return {(r.partition, r.offset) for r in records}


def commit(c, offsets=None):
    """Commits in step; again after a rebalance that is under way."""
    def done():
        try:
            c.commit(offsets)
            return True
        except RebalanceInProgressError:
            return False
    if not until(done, lambda: poll(c, [])):
        raise Exception("the rebalance does not end")
