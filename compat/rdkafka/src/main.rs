//! The rdkafka crate: see ../README.md for the phases. Phase `member` is a process that a check starts and kills.
mod admin;
mod commits;
mod data;
mod groups;
mod harness;
mod survivor;

use std::thread;

fn together(parts: &[fn()]) {
    thread::scope(|scope| {
        for part in parts {
            scope.spawn(part);
        }
    });
}

fn main() {
    match std::env::args().nth(2).as_deref() {
        Some("before") => {
            together(&[
                admin::before,
                data::codecs,
                data::others,
                groups::assignors,
                groups::static_members,
                groups::crash,
                groups::growing,
                groups::pattern,
                commits::before,
            ]);
            survivor::run();
        }
        Some("after") => together(&[admin::after, data::after, commits::after]),
        Some("member") => groups::crashing(),
        other => panic!("no such phase: {other:?}"),
    }
}
