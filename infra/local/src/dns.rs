//! A name server on loopback, which knows the texts that somebody has set: so that a domain can be proved here.
//!
//! It answers TXT questions over UDP, and for every other name that there is none. Functions are told of it in
//! `DNS_SERVER`.

use crate::sync::locked;
use hickory_proto::{
    op::{Message, ResponseCode},
    rr::{RData, Record, RecordType, rdata::TXT},
};
use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::{net::UdpSocket, task::JoinHandle};

/// Bytes of a question; a longer one is none.
const LONGEST: usize = 1232;
/// Bytes of one part of a text (RFC 1035, 3.3).
const PART: usize = 255;

/// The name server.
pub struct Dns {
    address: SocketAddr,
    texts: Arc<Mutex<BTreeMap<String, Vec<String>>>>,
    task: JoinHandle<()>,
}

impl Dns {
    /// On a free port.
    pub(crate) async fn start() -> io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let texts: Arc<Mutex<BTreeMap<String, Vec<String>>>> = Arc::default();
        Ok(Self {
            address: socket.local_addr()?,
            task: tokio::spawn(serve(socket, Arc::clone(&texts))),
            texts,
        })
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The texts that stand at a name from now on; none takes the name away.
    pub fn set(&self, name: &str, texts: Vec<String>) {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let mut all = locked(&self.texts);
        if texts.is_empty() {
            all.remove(&name);
        } else {
            all.insert(name, texts);
        }
    }

    /// All there are.
    pub(crate) fn all(&self) -> BTreeMap<String, Vec<String>> {
        locked(&self.texts).clone()
    }
}

impl Drop for Dns {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(socket: UdpSocket, texts: Arc<Mutex<BTreeMap<String, Vec<String>>>>) {
    let mut buffer = [0; LONGEST];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            continue;
        };
        let question = buffer.get(..length).unwrap_or_default();
        let Ok(question) = Message::from_vec(question) else {
            continue;
        };
        let answer = answer(question, &locked(&texts)).to_vec();
        if let Ok(answer) = answer {
            // Whoever asked is gone, or asks again.
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

fn answer(question: Message, texts: &BTreeMap<String, Vec<String>>) -> Message {
    let mut answer = Message::response(question.metadata.id, question.metadata.op_code);
    answer.metadata.authoritative = true;
    answer.metadata.recursion_desired = question.metadata.recursion_desired;
    for query in &question.queries {
        let name = query.name.to_ascii();
        let known = texts.get(&name.trim_end_matches('.').to_ascii_lowercase());
        match known {
            None => answer.metadata.response_code = ResponseCode::NXDomain,
            Some(texts) if query.query_type == RecordType::TXT => {
                answer.add_answers(texts.iter().map(|text| {
                    let parts = text.as_bytes().chunks(PART).collect();
                    Record::from_rdata(query.name.clone(), 0, RData::TXT(TXT::from_bytes(parts)))
                }));
            }
            Some(_) => {}
        }
    }
    answer.add_queries(question.queries);
    answer
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use hickory_proto::op::Query;

    fn ask(name: &str, kind: RecordType) -> (ResponseCode, Vec<String>) {
        let long = "x".repeat(300);
        let texts = BTreeMap::from([(
            "_tenantry.acme.example".to_owned(),
            vec!["one".to_owned(), long],
        )]);
        let mut question = Message::query();
        question.add_query(Query::query(name.parse().unwrap(), kind));
        let answer = answer(question, &texts).to_vec().unwrap();
        let answer = Message::from_vec(&answer).unwrap();
        let texts = answer
            .answers
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => String::from_utf8(text.txt_data.concat()).ok(),
                _ => None,
            });
        (answer.metadata.response_code, texts.collect())
    }

    #[test]
    fn it_knows_what_was_set() {
        let both = vec!["one".to_owned(), "x".repeat(300)];
        for name in ["_tenantry.acme.example.", "_TENANTRY.Acme.Example."] {
            assert_eq!(
                ask(name, RecordType::TXT),
                (ResponseCode::NoError, both.clone())
            );
        }
        let none = Vec::new();
        assert_eq!(
            ask("_tenantry.acme.example.", RecordType::A),
            (ResponseCode::NoError, none.clone())
        );
        assert_eq!(
            ask("acme.example.", RecordType::TXT),
            (ResponseCode::NXDomain, none)
        );
    }
}
