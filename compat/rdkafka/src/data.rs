//! What is produced is read: codecs, acks, sizes, records of every shape, positions and limits of a fetch.
use crate::harness::{DEADLINE, assigned, check, code, create, key, producer, read, send, send_all, text};
use rdkafka::consumer::Consumer;
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders, OwnedMessage, Timestamp};
use rdkafka::producer::FutureRecord;
use rdkafka::{Offset, TopicPartitionList};
use std::collections::HashSet;
use std::time::{Duration, Instant};

const TOPIC: &str = "rdkafka-data";
const LINE: &str = "rdkafka-line";
const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

fn has_all(records: &[OwnedMessage]) -> bool {
    let keys: HashSet<String> = records.iter().map(key).collect();
    records.len() == 500 && CODECS.iter().all(|codec| (0..100).all(|i| keys.contains(&format!("{codec}-{i}"))))
}

fn headers(record: &OwnedMessage) -> Vec<(String, Option<Vec<u8>>)> {
    let all = record.headers().map(|headers| headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect());
    all.unwrap_or_default()
}

pub fn codecs() {
    create(TOPIC, 3, &[]);
    for codec in CODECS {
        let sent = send_all(&producer(&[("compression.type", codec)]), TOPIC, 100, &format!("{codec}-"));
        check("codecs", sent.iter().all(|one| one.offset >= 0), &format!("produces 100 records with {codec}"), &sent[0]);
    }
    let records = read(&assigned(TOPIC, 3, Offset::Beginning, &[]), 500);
    check("codecs", has_all(&records), "reads back all 500 records of every codec", records.len());
    let kept = records.iter().all(|record| {
        let all = headers(record);
        text(record.payload()) == format!("value-{}", key(record)) && all.len() == 2 && key(record).starts_with(&text(all[0].1.as_deref())) && all[1].1.is_none()
    });
    check("codecs", kept, "keeps values and headers under every codec", headers(&records[0]));
}

pub fn others() {
    acks();
    sizes();
    shapes();
    positions();
}

fn acks() {
    for level in ["0", "1", "all"] {
        let topic = format!("rdkafka-acks-{level}");
        create(&topic, 1, &[]);
        let sent = send_all(&producer(&[("acks", level)]), &topic, 50, "a-");
        check("produce", sent.len() == 50 && (level == "0" || sent[49].offset == 49), &format!("acks={level} is answered as asked"), &sent[49]);
        let keys: Vec<String> = read(&assigned(&topic, 1, Offset::Beginning, &[]), 50).iter().map(key).collect();
        check("produce", keys == (0..50).map(|i| format!("a-{i}")).collect::<Vec<_>>(), &format!("keeps records and their order with acks={level}"), keys.len());
    }
}

fn sizes() {
    let topic = "rdkafka-big";
    create(topic, 1, &[]);
    let sender = producer(&[("message.max.bytes", "3000000")]);
    let value: Vec<u8> = (0..998_400_u32).map(|i| (i % 251) as u8).collect();
    let sent = send(&sender, FutureRecord::to(topic).payload(&value));
    check("produce", sent.as_ref().is_ok_and(|one| one.offset == 0), "produces a record near 1 MB", sent);
    let sent = send(&sender, FutureRecord::to(topic).payload(&vec![0; 1_200_000]));
    check("produce", sent.as_ref().is_err_and(|error| code(error) == Code::MessageSizeTooLarge), "a record that is too large is refused as MESSAGE_TOO_LARGE", sent);
    let sent = send(&sender, FutureRecord::to(topic).payload(b"small"));
    check("produce", sent.as_ref().is_ok_and(|one| one.offset == 1), "goes on after a refused record", sent);
    let records = read(&assigned(topic, 1, Offset::Beginning, &[("max.partition.fetch.bytes", "1000")]), 2);
    check("consume", records.len() == 2 && records[0].payload() == Some(&value) && records[1].payload() == Some(b"small"), "a record larger than the limit of a partition is read all the same", records.len());
}

fn shapes() {
    let topic = "rdkafka-shapes";
    create(topic, 1, &[]);
    let stamp = 1_600_000_000_123_i64;
    let sender = producer(&[]);
    let rows: [(Option<&[u8]>, Option<&[u8]>); 5] = [(Some(b"k"), Some(b"v")), (None, Some(b"no key")), (Some(b"dead"), None), (Some(b""), Some(b"")), (None, None)];
    for (i, (key, value)) in rows.into_iter().enumerate() {
        let mut record: FutureRecord<'_, [u8], [u8]> = FutureRecord::to(topic).timestamp(stamp + i as i64);
        record.key = key;
        record.payload = value;
        if i == 0 {
            record = record.headers(
                OwnedHeaders::new()
                    .insert(Header { key: "h", value: Some("1") })
                    .insert(Header { key: "h", value: None::<&[u8]> })
                    .insert(Header { key: "h", value: Some("") })
                    .insert(Header { key: "\u{e9}", value: Some("2") }),
            );
        }
        send(&sender, record).expect("a delivery");
    }
    let reader = assigned(topic, 1, Offset::Beginning, &[]);
    let r = read(&reader, 5);
    let expected: Vec<(String, Option<Vec<u8>>)> = vec![("h".into(), Some(b"1".to_vec())), ("h".into(), None), ("h".into(), Some(vec![])), ("\u{e9}".into(), Some(b"2".to_vec()))];
    check("records", headers(&r[0]) == expected, "keeps headers: doubled keys, null and empty values", headers(&r[0]));
    check("records", r[1].key().is_none() && r[1].payload() == Some(b"no key"), "keeps a null key", key(&r[1]));
    check("records", r[2].key() == Some(b"dead") && r[2].payload().is_none(), "keeps a tombstone", r[2].payload());
    check("records", r[3].key() == Some(b"") && r[3].payload() == Some(b"") && r[4].key().is_none() && r[4].payload().is_none(), "tells empty from null", (r[3].key(), r[4].key()));
    check("records", (0..5).all(|i| r[i].timestamp() == Timestamp::CreateTime(stamp + i as i64)), "keeps timestamps", r[0].timestamp());
    let at = |time: i64| {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Offset(time)).expect("a time");
        reader.offsets_for_times(list, DEADLINE).map(|found| found.elements()[0].offset())
    };
    check("consume", at(stamp + 2) == Ok(Offset::Offset(2)), "finds an offset by time", at(stamp + 2));
    check("consume", at(stamp + 100) == Ok(Offset::End), "finds no offset for a time after the last record", at(stamp + 100));

    let appended = "rdkafka-appended";
    create(appended, 1, &[("message.timestamp.type", "LogAppendTime")]);
    let started = Timestamp::now().to_millis();
    let sent = send(&sender, FutureRecord::to(appended).payload(b"v".as_slice()).timestamp(stamp)).expect("a delivery");
    let record = read(&assigned(appended, 1, Offset::Beginning, &[]), 1).remove(0);
    check("records", matches!(record.timestamp(), Timestamp::LogAppendTime(time) if Some(time) >= started), "LogAppendTime gives the broker's time", (record.timestamp(), sent));
}

fn positions() {
    create(LINE, 1, &[]);
    let sender = producer(&[]);
    for _ in 0..10 {
        send_all(&sender, LINE, 100, "l-");
    }
    let reader = assigned(LINE, 1, Offset::Offset(437), &[("max.partition.fetch.bytes", "500"), ("auto.offset.reset", "error")]);
    check("consume", reader.fetch_watermarks(LINE, 0, DEADLINE) == Ok((0, 1000)), "tells the first and the last offset", ());
    let records = read(&reader, 100);
    check("consume", records[0].offset() == 437 && key(&records[0]) == "l-37" && records[99].offset() == 536, "starts at an offset in the middle of a batch", records[0].offset());
    reader.seek(LINE, 0, Offset::Beginning, DEADLINE).expect("a seek");
    let offsets: Vec<i64> = read(&reader, 1000).iter().map(Message::offset).collect();
    check("consume", offsets == (0..1000).collect::<Vec<_>>(), "seeks, and reads all in order under small limits of a fetch", offsets.len());
    let mut line = TopicPartitionList::new();
    line.add_partition(LINE, 0);
    reader.pause(&line).expect("a pause");
    reader.seek(LINE, 0, Offset::Offset(3), DEADLINE).expect("a seek");
    check("consume", reader.poll(Duration::from_millis(200)).is_none(), "a paused partition gives nothing", ());
    reader.resume(&line).expect("to resume");
    check("consume", read(&reader, 1)[0].offset() == 3, "a resumed partition goes on", ());
    let beyond = assigned(LINE, 1, Offset::Offset(5000), &[("auto.offset.reset", "error")]);
    let error = beyond.poll(DEADLINE).and_then(Result::err);
    check("consume", error.as_ref().is_some_and(|error| code(error) == Code::AutoOffsetReset), "an offset out of range is an error when there is no reset", error);
    let started = Instant::now();
    let count = read(&assigned(LINE, 1, Offset::Offset(990), &[("fetch.min.bytes", "500000"), ("fetch.wait.max.ms", "400")]), 10).len();
    check("consume", count == 10 && started.elapsed() > Duration::from_millis(300), "waits for min bytes no longer than the longest wait", started.elapsed());
}

pub fn after() {
    let records = read(&assigned(TOPIC, 3, Offset::Beginning, &[]), 500);
    check("restart", has_all(&records), "all records are there after the restart", records.len());
    let sent = send_all(&producer(&[("compression.type", "zstd")]), LINE, 10, "after-");
    check("restart", sent[0].offset == 1000 && sent[9].offset == 1009, "offsets go on where they were", &sent[0]);
}
