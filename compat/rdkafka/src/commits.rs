//! Offsets of groups: manual and automatic commits, metadata, and what the admin client says of them.
use crate::groups::fill;
use crate::harness::{DEADLINE, admin, check, code, consumer, key, options, producer, read, send_all, until};
use futures_executor::block_on;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::{Message, Offset, TopicPartitionList};
use std::time::Duration;

const TOPIC: &str = "rdkafka-commits";

/// The committed offset with its metadata; a broker that just started may need a moment for its coordinator.
fn stored(group: &str) -> (Offset, String) {
    let reader = consumer(&[("group.id", group)]);
    let mut found = None;
    until(|| {
        let mut list = TopicPartitionList::new();
        list.add_partition(TOPIC, 0);
        found = reader.committed_offsets(list, DEADLINE).ok().and_then(|list| {
            let elements = list.elements();
            elements[0].error().ok().map(|()| (elements[0].offset(), elements[0].metadata().to_owned()))
        });
        found.is_some()
    });
    found.expect("an offset")
}

fn commit(reader: &BaseConsumer, offset: i64, metadata: &str) -> Option<Code> {
    let mut list = TopicPartitionList::new();
    let mut element = list.add_partition(TOPIC, 0);
    element.set_offset(Offset::Offset(offset)).expect("an offset");
    element.set_metadata(metadata);
    reader.commit(&list, CommitMode::Sync).err().as_ref().map(code)
}

fn delete(group: &str) -> Option<Code> {
    match block_on(admin().delete_groups(&[group], &options())) {
        Ok(results) => results[0].clone().err().map(|(_, code)| code),
        Err(error) => Some(code(&error)),
    }
}

fn listed(group: &str) -> Option<String> {
    let all = consumer(&[]).fetch_group_list(None, DEADLINE).expect("a list");
    all.groups().iter().find(|one| one.name() == group).map(|one| one.state().to_owned())
}

pub fn before() {
    fill(TOPIC, 1);
    check("commits", stored("rdkafka-manual").0 == Offset::Invalid, "a new group has no offset", stored("rdkafka-manual"));
    let manual = consumer(&[("group.id", "rdkafka-manual")]);
    manual.subscribe(&[TOPIC]).expect("a subscription");
    read(&manual, 40);
    let done = manual.commit_consumer_state(CommitMode::Sync);
    check("commits", done.is_ok() && stored("rdkafka-manual").0 == Offset::Offset(40), "commits the position", done);
    let done = commit(&manual, 60, "told by m\u{e4}x");
    check("commits", done.is_none() && stored("rdkafka-manual").0 == Offset::Offset(60), "commits an offset of its own", done);
    check("commits", stored("rdkafka-manual").1 == "told by m\u{e4}x", "keeps the metadata of a commit", stored("rdkafka-manual"));
    let done = commit(&manual, 1, &"x".repeat(5000));
    check("commits", done == Some(Code::OffsetMetadataTooLarge), "metadata over the limit is refused", done);
    let outside = consumer(&[("group.id", "rdkafka-manual")]);
    let done = commit(&outside, 1, "");
    check("commits", done == Some(Code::UnknownMemberId), "refuses a commit from outside while the group has members", done);
    let done = delete("rdkafka-manual");
    check("admin", done == Some(Code::NonEmptyGroup), "refuses to delete a group that has members", done);
    drop(manual);
    check("admin", listed("rdkafka-manual").as_deref() == Some("Empty"), "lists groups, and describes one without members as empty", listed("rdkafka-manual"));
    let again = consumer(&[("group.id", "rdkafka-manual")]);
    again.subscribe(&[TOPIC]).expect("a subscription");
    let offsets: Vec<i64> = read(&again, 40).iter().map(Message::offset).collect();
    check("commits", offsets == (60..100).collect::<Vec<_>>(), "a new member goes on at the committed offset", offsets);
    drop(again);

    let auto = consumer(&[("group.id", "rdkafka-auto"), ("enable.auto.commit", "true"), ("auto.commit.interval.ms", "50")]);
    auto.subscribe(&[TOPIC]).expect("a subscription");
    read(&auto, 100);
    let done = until(|| {
        auto.poll(Duration::from_millis(10));
        stored("rdkafka-auto").0 == Offset::Offset(100)
    });
    check("commits", done, "commits by itself", stored("rdkafka-auto"));
    drop(auto);
    let alone = consumer(&[("group.id", "rdkafka-alone")]);
    let done = commit(&alone, 7, "");
    check("commits", done.is_none() && stored("rdkafka-alone").0 == Offset::Offset(7), "commits without being a member of the group", done);
    drop(alone);
    let done = delete("rdkafka-alone");
    check("admin", done.is_none() && listed("rdkafka-alone").is_none(), "deletes a group", done);
}

pub fn after() {
    let found = stored("rdkafka-manual");
    check("restart", found == (Offset::Offset(60), "told by m\u{e4}x".to_owned()), "committed offsets and metadata are there after the restart", found);
    send_all(&producer(&[]), TOPIC, 10, "after-");
    let reader = consumer(&[("group.id", "rdkafka-auto")]);
    reader.subscribe(&[TOPIC]).expect("a subscription");
    let records = read(&reader, 10);
    check("restart", records.len() == 10 && key(&records[0]) == "after-0", "a group goes on at its committed offsets after the restart", records.len());
}
