//! A name server that answers differently each time cannot lead past the guard.

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use fetcher::{FetchError, Resolve, parse_url};
use tokio::{net::UdpSocket, task::JoinSet};

use crate::server::{Reply, Server, fetcher, policy};

const LIMIT: Duration = Duration::from_secs(5);

/// A name server on the loopback interface: each query gets the next answer, with a time to live of 0.
struct NameServer {
    address: SocketAddr,
    queries: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl NameServer {
    async fn start(answers: Vec<Ipv4Addr>) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = socket.local_addr().unwrap();
        let queries = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&queries);
        let answers = Mutex::new(VecDeque::from(answers));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut query = [0; 512];
            while let Ok((length, client)) = socket.recv_from(&mut query).await {
                count.fetch_add(1, Ordering::SeqCst);
                let Some(answer) = answers.lock().unwrap().pop_front() else {
                    return;
                };
                let mut reply = query[..length].to_vec();
                reply[2..4].copy_from_slice(&[0x81, 0x80]); // a reply, no error
                reply[6..8].copy_from_slice(&[0, 1]); // one answer
                reply.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]); // the name asked for, A, IN, TTL 0
                reply.extend(answer.octets());
                socket.send_to(&reply, client).await.unwrap();
            }
        });
        Self {
            address,
            queries,
            _tasks: tasks,
        }
    }
}

/// Asks a name server for an IPv4 address. Addresses get the port of the server of the test that listens there.
struct Dns {
    server: SocketAddr,
    ports: Vec<SocketAddr>,
}

#[async_trait]
impl Resolve for Dns {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let mut query = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in host.split('.') {
            query.push(u8::try_from(label.len()).unwrap());
            query.extend(label.bytes());
        }
        query.extend([0, 0, 1, 0, 1]);
        socket.send_to(&query, self.server).await?;
        let mut reply = [0; 512];
        let length = socket.recv(&mut reply).await?;
        let octets: [u8; 4] = reply[length - 4..length].try_into().unwrap();
        let ip = IpAddr::from(octets);
        let port = self
            .ports
            .iter()
            .find(|address| address.ip() == ip)
            .map_or(0, SocketAddr::port);
        Ok(vec![SocketAddr::new(ip, port)])
    }
}

#[tokio::test]
async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
    let (public_ip, private_ip) = (Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2));
    let public = Server::start_at(public_ip, None, |_| Reply::html("public")).await;
    let private = Server::start_at(private_ip, None, |_| Reply::html("secret")).await;
    let names = NameServer::start(vec![public_ip, private_ip, public_ip, private_ip]).await;
    let dns = Dns {
        server: names.address,
        ports: vec![public.address, private.address],
    };
    // The first server stands for a public one; the guard holds for all else.
    let fetcher = fetcher(policy(&[public.address]), Arc::new(dns));
    let url = parse_url("http://rebind.example/").unwrap();

    // One query for each connection: no second one between the check and the connection could answer differently.
    let fetched = fetcher.fetch(&url, None, LIMIT).await.unwrap();
    assert_eq!(fetched.bytes, b"public");
    assert_eq!(names.queries.load(Ordering::SeqCst), 1);

    let refused = fetcher.fetch(&url, None, LIMIT).await;
    assert!(matches!(refused, Err(FetchError::Address { .. })), "{refused:?}");
    assert_eq!(names.queries.load(Ordering::SeqCst), 2);
    assert_eq!((public.connections(), private.connections()), (1, 0));
}

#[tokio::test]
async fn a_redirect_to_the_same_name_is_checked_again() {
    let (public_ip, private_ip) = (Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2));
    let public = Server::start_at(public_ip, None, |_| Reply::redirect(302, "/next")).await;
    let private = Server::start_at(private_ip, None, |_| Reply::html("secret")).await;
    let names = NameServer::start(vec![public_ip, private_ip]).await;
    let dns = Dns {
        server: names.address,
        ports: vec![public.address, private.address],
    };
    let fetcher = fetcher(policy(&[public.address]), Arc::new(dns));
    let refused = fetcher
        .fetch(&parse_url("http://rebind.example/").unwrap(), None, LIMIT)
        .await;
    assert!(matches!(refused, Err(FetchError::Address { .. })), "{refused:?}");
    assert_eq!((public.connections(), private.connections()), (1, 0));
}
