//! Groups: every assignor, static members, a member that crashes, more partitions, patterns.
use crate::harness::{DEADLINE, admin, bootstrap, check, consumer, create, key, options, producer, send_all, text, until};
use futures_executor::block_on;
use rdkafka::Message;
use rdkafka::admin::NewPartitions;
use rdkafka::consumer::{CommitMode, Consumer};
use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

const CRASH: &str = "rdkafka-crash";

#[derive(Default)]
struct Shared {
    closing: AtomicBool,
    share: Mutex<HashSet<(String, i32)>>,
    keys: Mutex<HashSet<String>>,
    values: Mutex<Vec<String>>,
}

/// A member of a group that polls in its own thread until it is dropped.
pub struct Member {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Member {
    pub fn join(topic: &str, group: &str, more: &[(&str, &str)]) -> Member {
        let config: Vec<(&str, &str)> = [("group.id", group)].iter().chain(more).copied().collect();
        let reader = consumer(&config);
        reader.subscribe(&[topic]).expect("a subscription");
        let shared = Arc::new(Shared::default());
        let mine = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while !mine.closing.load(Ordering::Relaxed) {
                if let Some(Ok(message)) = reader.poll(Duration::from_millis(20)) {
                    mine.keys.lock().expect("a lock").insert(key(&message.detach()));
                    mine.values.lock().expect("a lock").push(text(message.payload()));
                }
                let list = reader.assignment().expect("an assignment");
                *mine.share.lock().expect("a lock") = list.elements().iter().map(|one| (one.topic().to_owned(), one.partition())).collect();
            }
            let _ = reader.commit_consumer_state(CommitMode::Sync);
        });
        Member { shared, thread: Some(thread) }
    }

    pub fn share(&self) -> HashSet<(String, i32)> {
        self.shared.share.lock().expect("a lock").clone()
    }

    pub fn keys(&self) -> HashSet<String> {
        self.shared.keys.lock().expect("a lock").clone()
    }

    pub fn values(&self) -> Vec<String> {
        self.shared.values.lock().expect("a lock").clone()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        self.thread.take().expect("a thread").join().expect("its end");
    }
}

fn shared(first: &Member, second: &Member, total: usize) -> bool {
    let (a, b) = (first.share(), second.share());
    a.len() == total / 2 && b.len() == total / 2 && a.is_disjoint(&b)
}

pub fn fill(topic: &str, partitions: i32) {
    create(topic, partitions, &[]);
    send_all(&producer(&[]), topic, 100, "g-");
}

pub fn assignors() {
    let topic = "rdkafka-assignors";
    fill(topic, 4);
    for name in ["range", "roundrobin", "cooperative-sticky"] {
        let group = format!("rdkafka-{name}");
        let config = [("partition.assignment.strategy", name)];
        let first = Member::join(topic, &group, &config);
        let second = Member::join(topic, &group, &config);
        check("groups", until(|| shared(&first, &second, 4)), &format!("two members share the partitions evenly ({name})"), (first.share(), second.share()));
        let asked = consumer(&[]);
        let listed = asked.fetch_group_list(Some(&group), DEADLINE).expect("a list");
        let found = &listed.groups()[0];
        check("groups", found.state() == "Stable" && found.protocol() == name && found.members().len() == 2, &format!("the group is described as stable ({name})"), found.state());
        let had = second.keys();
        drop(second);
        check("groups", until(|| first.share().len() == 4), &format!("the member that stays gets all partitions when the other leaves ({name})"), first.share());
        check("groups", until(|| first.keys().union(&had).count() == 100), &format!("the group reads all records ({name})"), first.keys().len());
    }
}

pub fn static_members() {
    let topic = "rdkafka-static";
    fill(topic, 4);
    let first = Member::join(topic, topic, &[("group.instance.id", "one")]);
    let second = Member::join(topic, topic, &[("group.instance.id", "two")]);
    check("groups", until(|| shared(&first, &second, 4)), "two static members share the partitions", (first.share(), second.share()));
    let (had, other) = (second.share(), first.share());
    drop(second);
    let again = Member::join(topic, topic, &[("group.instance.id", "two")]);
    check("groups", until(|| again.share() == had), "a static member that comes back has its partitions again", again.share());
    check("groups", first.share() == other, "its return changes nothing for the other member", first.share());
}

/// The process of a member that is going to be killed.
pub fn crashing() {
    let member = Member::join(CRASH, CRASH, &[]);
    until(|| !member.share().is_empty());
    println!("assigned");
    loop {
        thread::park();
    }
}

pub fn crash() {
    fill(CRASH, 4);
    let first = Member::join(CRASH, CRASH, &[]);
    let mut child = Command::new(std::env::current_exe().expect("a path")).args([bootstrap().as_str(), "member"]).stdout(Stdio::piped()).spawn().expect("a process");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    check("groups", until(|| first.share().len() == 2), "a member in another process takes its share", line);
    child.kill().expect("its end");
    child.wait().expect("its end");
    check("groups", until(|| first.share().len() == 4), "the partitions of a member that crashed go to the other after its session timeout", first.share());
    check("groups", until(|| first.keys().len() == 100), "the member that stays reads what the other had not committed", first.keys().len());
}

pub fn growing() {
    let topic = "rdkafka-growing";
    create(topic, 1, &[]);
    let member = Member::join(topic, topic, &[]);
    until(|| member.share().len() == 1);
    let _ = block_on(admin().create_partitions(&[NewPartitions::new(topic, 3)], &options()));
    check("groups", until(|| member.share().len() == 3), "a running group gets the partitions that are added", member.share());
}

pub fn pattern() {
    create("rdkafka-pattern-1", 1, &[]);
    let member = Member::join("^rdkafka-pattern-.*", "rdkafka-pattern", &[]);
    check("groups", until(|| member.share().len() == 1), "a pattern subscribes to a topic that matches", member.share());
    create("rdkafka-pattern-2", 2, &[]);
    check("groups", until(|| member.share().len() == 3), "a pattern takes up a topic that is created later", member.share());
}
