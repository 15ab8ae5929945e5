//! Clients that live through the restart: an idempotent producer that never pauses and a group that reads along.
use crate::groups::Member;
use crate::harness::{DEADLINE, assigned, check, consumer, create, producer, read, text, until};
use futures_executor::block_on;
use rdkafka::consumer::Consumer;
use rdkafka::producer::FutureRecord;
use rdkafka::{Message, Offset, TopicPartitionList};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const TOPIC: &str = "rdkafka-survivor";

/// What a group read, without what it read again, from its committed offset, after its members had to join again.
fn firsts(values: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    values.into_iter().filter(|value| seen.insert(value.clone())).collect()
}

pub fn run() {
    create(TOPIC, 1, &[]);
    let reader = Member::join(TOPIC, TOPIC, &[("enable.auto.commit", "true"), ("auto.commit.interval.ms", "100")]);
    let stop = AtomicBool::new(false);
    let acknowledged = Mutex::new(Vec::new());
    let failures = Mutex::new(Vec::new());
    let acked = || acknowledged.lock().expect("a lock").len();
    thread::scope(|scope| {
        let (results, answers) = std::sync::mpsc::channel();
        let stopping = &stop;
        scope.spawn(move || {
            let sender = producer(&[("enable.idempotence", "true"), ("message.timeout.ms", "60000")]);
            for i in 0.. {
                if stopping.load(Ordering::Relaxed) {
                    break;
                }
                let value = i.to_string();
                let record: FutureRecord<'_, [u8], str> = FutureRecord::to(TOPIC).payload(value.as_str());
                results.send(sender.send_result(record).map_err(|(error, _)| error).expect("a place in the queue")).expect("a reader");
                thread::sleep(Duration::from_millis(5)); // The rate.
            }
            drop(results);
            rdkafka::producer::Producer::flush(&sender, DEADLINE).expect("a flush");
        });
        scope.spawn(|| {
            for answer in answers {
                match block_on(answer).expect("an answer") {
                    Ok(sent) => acknowledged.lock().expect("a lock").push(sent.offset),
                    Err((error, _)) => failures.lock().expect("a lock").push(error),
                }
            }
        });
        check("idempotence", until(|| reader.values().len() > 100), "an idempotent producer writes while a group reads", acked());
        println!("restart");
        std::io::stdin().read_line(&mut String::new()).expect("a line");
        let goal = acked() + 200;
        check("restart", until(|| acked() > goal), "a producer that lives on goes on after the restart", acked());
        check("restart", until(|| reader.values().len() > goal), "a member of a group that lives on goes on after the restart", reader.values().len());
        stop.store(true, Ordering::Relaxed);
    });
    let total = acked();
    let line: Vec<String> = (0..total).map(|i| i.to_string()).collect();
    let in_order = acknowledged.lock().expect("a lock").iter().enumerate().all(|(i, offset)| i as i64 == *offset);
    let failures = failures.lock().expect("a lock");
    check("idempotence", failures.is_empty() && in_order, "each record is acknowledged once, in order, over the restart", &failures);
    check("restart", until(|| firsts(reader.values()).len() >= total) && firsts(reader.values()) == line, "the group missed no record over the restart", (reader.values().len(), total));
    let asked = consumer(&[("group.id", TOPIC)]);
    let committed = || {
        let mut list = TopicPartitionList::new();
        list.add_partition(TOPIC, 0);
        asked.committed_offsets(list, DEADLINE).map(|found| found.elements()[0].offset())
    };
    check("commits", until(|| committed() == Ok(Offset::Offset(total as i64))), "the group commits after the restart", committed());
    let values: Vec<String> = read(&assigned(TOPIC, 1, Offset::Beginning, &[]), total).iter().map(|record| text(record.payload())).collect();
    check("idempotence", values == line, "the log holds each record once, in order", (values.len(), total));
}
