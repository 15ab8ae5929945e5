//! Topics, partitions, configs and records by the admin client.
use crate::harness::{Admin, admin, check, code, create, options, producer, send_all, until, width};
use futures_executor::block_on;
use rdkafka::admin::{AlterConfig, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};
use std::time::Duration;

const TOPIC: &str = "rdkafka-admin";

fn value_of(admin: &Admin, name: &str) -> Option<String> {
    let answers = block_on(admin.describe_configs(&[ResourceSpecifier::Topic(TOPIC)], &options())).expect("an answer");
    answers.into_iter().next()?.ok()?.get(name)?.value.clone()
}

fn exists(admin: &Admin, topic: &str) -> bool {
    let metadata = admin.inner().fetch_metadata(None, Duration::from_secs(30)).expect("metadata");
    metadata.topics().iter().any(|found| found.name() == topic)
}

fn widen(admin: &Admin, count: usize) -> Option<Code> {
    let answers = block_on(admin.create_partitions(&[NewPartitions::new(TOPIC, count)], &options())).expect("an answer");
    answers[0].clone().err().map(|(_, code)| code)
}

fn remove(admin: &Admin, topic: &str) -> Option<Code> {
    let answers = block_on(admin.delete_topics(&[topic], &options())).expect("an answer");
    answers[0].clone().err().map(|(_, code)| code)
}

pub fn before() {
    let made = create(TOPIC, 3, &[("retention.ms", "86400000")]);
    check("admin", made.is_none(), "creates a topic with a config", made);
    let again = create(TOPIC, 3, &[]);
    check("admin", again == Some(Code::TopicAlreadyExists), "refuses the topic a second time", again);
    let name = create("not/a/name", 1, &[]);
    check("admin", name == Some(Code::InvalidTopic), "refuses a name that is not allowed", name);
    let config = create("rdkafka-none", 1, &[("retention.ms", "soon")]);
    check("admin", config == Some(Code::InvalidConfig), "refuses a config that is not a number", config);

    let admin = admin();
    let dry = [NewTopic::new("rdkafka-dry", 1, TopicReplication::Fixed(1))];
    let answer = block_on(admin.create_topics(&dry, &options().validate_only(true)));
    check("admin", answer.is_ok() && until(|| exists(&admin, TOPIC)) && !exists(&admin, "rdkafka-dry"), "lists topics; validate_only made none", answer);
    let metadata = admin.inner().fetch_metadata(Some(TOPIC), Duration::from_secs(30)).expect("metadata");
    let partitions = metadata.topics()[0].partitions();
    check("admin", partitions.len() == 3 && partitions[0].leader() == partitions[0].replicas()[0] && partitions[0].isr().len() == 1, "describes the partitions of a topic", partitions.len());
    check("admin", metadata.brokers().len() == 1 && metadata.brokers()[0].id() == metadata.orig_broker_id(), "describes the cluster", metadata.brokers().len());
    check("admin", value_of(&admin, "retention.ms").as_deref() == Some("86400000"), "describes the configs of a topic", ());
    let change = AlterConfig::new(ResourceSpecifier::Topic(TOPIC)).set("cleanup.policy", "compact");
    let altered = block_on(admin.alter_configs(&[change], &options())).map(|mut all| all.remove(0));
    check(
        "admin",
        matches!(altered, Ok(Ok(_))) && until(|| value_of(&admin, "cleanup.policy").as_deref() == Some("compact") && value_of(&admin, "retention.ms").as_deref() == Some("604800000")),
        "alters all configs at once",
        altered,
    );
    let widened = widen(&admin, 5);
    check("admin", widened.is_none() && until(|| width(&admin, TOPIC) == 5), "adds partitions", widened);
    let narrowed = widen(&admin, 2);
    check("admin", narrowed == Some(Code::InvalidPartitions), "refuses fewer partitions", narrowed);
    create("rdkafka-cut", 1, &[]);
    send_all(&producer(&[]), "rdkafka-cut", 10, "cut-");
    let mut cut = TopicPartitionList::new();
    cut.add_partition_offset("rdkafka-cut", 0, Offset::Offset(6)).expect("an offset");
    let low = block_on(admin.delete_records(&cut, &options())).map(|list| list.elements()[0].offset());
    check("admin", matches!(low, Ok(Offset::Offset(6))), "deletes records up to an offset", low);
    let gone = remove(&admin, "rdkafka-cut");
    check("admin", gone.is_none() && until(|| !exists(&admin, "rdkafka-cut")), "deletes a topic", gone);
    let unknown = remove(&admin, "rdkafka-cut");
    check("admin", unknown == Some(Code::UnknownTopicOrPartition), "tells that a topic to delete is unknown", unknown);
    let nothing = block_on(admin.delete_groups(&["rdkafka-nowhere"], &options())).map(|mut all| all.remove(0)).map_err(|error| code(&error));
    check("admin", matches!(&nothing, Ok(Err((_, Code::GroupIdNotFound)))), "tells that a group to delete is unknown", nothing);
}

pub fn after() {
    let admin = admin();
    check("restart", width(&admin, TOPIC) == 5 && value_of(&admin, "cleanup.policy").as_deref() == Some("compact"), "topics and configs are as before the restart", ());
    let gone = remove(&admin, TOPIC);
    check("admin", gone.is_none() && until(|| !exists(&admin, TOPIC)), "deletes a topic after the restart", gone);
}
