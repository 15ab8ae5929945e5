//! What every part of the suite uses: the line of a check, waiting for a condition, producers, consumers, the admin.
use futures_executor::block_on;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::{ClientConfig, FromClientConfig};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Message, OwnedHeaders, OwnedMessage};
use rdkafka::producer::future_producer::Delivery;
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};
use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

pub const DEADLINE: Duration = Duration::from_secs(30);
pub type Admin = AdminClient<DefaultClientContext>;

/// Prints the line of a behaviour.
pub fn check(area: &str, holds: bool, what: &str, why: impl Debug) {
    if holds {
        println!("ok - {area}: {what}");
    } else {
        println!("not ok - {area}: {what}: {why:?}");
    }
}

pub fn until(mut holds: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + DEADLINE;
    while Instant::now() < deadline {
        if holds() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

pub fn bootstrap() -> String {
    std::env::args().nth(1).expect("an address")
}

pub fn client<T: FromClientConfig>(base: &[(&str, &str)], more: &[(&str, &str)]) -> T {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap());
    for (name, value) in base.iter().chain(more) {
        config.set(*name, *value);
    }
    config.create().expect("a client")
}

pub fn producer(more: &[(&str, &str)]) -> FutureProducer {
    client(&[("acks", "all"), ("linger.ms", "5")], more)
}

pub fn consumer(more: &[(&str, &str)]) -> BaseConsumer {
    let base = [
        ("group.id", "rdkafka-none"),
        ("auto.offset.reset", "earliest"),
        ("enable.auto.commit", "false"),
        ("session.timeout.ms", "1500"),
        ("heartbeat.interval.ms", "200"),
        ("topic.metadata.refresh.interval.ms", "300"),
        ("fetch.wait.max.ms", "100"),
        ("max.poll.interval.ms", "60000"),
    ];
    client(&base, more)
}

/// A consumer of all partitions of a topic, from an offset on, without a group.
pub fn assigned(topic: &str, partitions: i32, offset: Offset, more: &[(&str, &str)]) -> BaseConsumer {
    let reader = consumer(more);
    let mut list = TopicPartitionList::new();
    for partition in 0..partitions {
        list.add_partition_offset(topic, partition, offset).expect("an offset");
    }
    reader.assign(&list).expect("an assignment");
    reader
}

pub fn read(reader: &BaseConsumer, count: usize) -> Vec<OwnedMessage> {
    let mut records = Vec::new();
    let deadline = Instant::now() + DEADLINE;
    while records.len() < count && Instant::now() < deadline {
        if let Some(Ok(message)) = reader.poll(Duration::from_millis(100)) {
            records.push(message.detach());
        }
    }
    records
}

pub fn text(bytes: Option<&[u8]>) -> String {
    String::from_utf8_lossy(bytes.unwrap_or(b"(null)")).into_owned()
}

pub fn key(record: &OwnedMessage) -> String {
    text(record.key())
}

pub fn admin() -> Admin {
    client(&[], &[])
}

pub fn options() -> AdminOptions {
    AdminOptions::new().request_timeout(Some(DEADLINE)).operation_timeout(Some(DEADLINE))
}

/// `None` when the topic is made, else the error.
pub fn create(topic: &str, partitions: i32, configs: &[(&str, &str)]) -> Option<RDKafkaErrorCode> {
    let admin = admin();
    let mut new = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
    for (name, value) in configs {
        new = new.set(name, value);
    }
    let error = match block_on(admin.create_topics(&[new], &options())) {
        Ok(results) => results[0].clone().err().map(|(_, code)| code),
        Err(error) => Some(code(&error)),
    };
    if error.is_none() {
        until(|| width(&admin, topic) == partitions as usize); // Metadata may lag behind the controller's answer.
    }
    error
}

pub fn code(error: &KafkaError) -> RDKafkaErrorCode {
    error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown)
}

pub fn width(admin: &Admin, topic: &str) -> usize {
    match admin.inner().fetch_metadata(Some(topic), DEADLINE) {
        Ok(metadata) => metadata.topics()[0].partitions().len(),
        Err(_) => 0,
    }
}

pub fn send(producer: &FutureProducer, record: FutureRecord<'_, [u8], [u8]>) -> Result<Delivery, KafkaError> {
    let sent = producer.send_result(record).map_err(|(error, _)| error)?;
    block_on(sent).expect("an answer").map_err(|(error, _)| error)
}

pub fn send_all(producer: &FutureProducer, topic: &str, count: usize, prefix: &str) -> Vec<Delivery> {
    let mut waiting = Vec::new();
    for i in 0..count {
        let key = format!("{prefix}{i}");
        let value = format!("value-{key}");
        let headers = OwnedHeaders::new()
            .insert(Header { key: "codec", value: Some(prefix) })
            .insert(Header { key: "codec", value: None::<&[u8]> });
        let record = FutureRecord::to(topic).key(&key).payload(&value).headers(headers);
        waiting.push(producer.send_result(record).map_err(|(error, _)| error).expect("a place in the queue"));
    }
    waiting.into_iter().map(|sent| block_on(sent).expect("an answer").map_err(|(error, _)| error).expect("a delivery")).collect()
}
