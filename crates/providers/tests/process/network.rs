//! Networks: none means none, and the machine's is reached by the allotted port.

use crate::SERVER;
use crate::support::{Yard, allocation, service};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use warpyard_model::kinds::Network;
use warpyard_provider::{EndpointDesired, Provider, ReadinessDesired, ServiceDesired};

fn web(compute: &str, network: Network, port: u16) -> ServiceDesired {
    ServiceDesired {
        network,
        endpoints: vec![EndpointDesired { name: "web".to_owned(), port }],
        readiness: Some(ReadinessDesired { endpoint: "web".to_owned(), path: "/".to_owned(), timeout_seconds: 60 }),
        ..service(compute, ["python3", "-c", SERVER, &port.to_string()].map(str::to_owned).to_vec())
    }
}

#[tokio::test]
async fn a_private_port_is_invisible_outside() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    // A port that is free outside, so that whoever answers there would be the service.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let desired = web(&compute, Network::None, port);
    yard.apply(&desired).await;
    yard.until(&desired.uid, |seen| seen.ready).await;
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err(), "a private port is open on the machine");
    let mut stream = yard.provider.connect(&desired.uid, "web").await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn the_machines_network_uses_the_allotted_port() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let uid = service(&compute, Vec::new()).uid;
    let port = yard.provider.ports(&uid, &["web".to_owned()]).await.unwrap()["web"];
    let desired = ServiceDesired { uid, ..web(&compute, Network::Host, port) };
    yard.apply(&desired).await;
    let seen = yard.until(&desired.uid, |seen| seen.ready).await;
    assert!(seen.isolation.contains("the machine's network"), "{}", seen.isolation);
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok());
    let mut stream = yard.provider.connect(&desired.uid, "web").await.unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("hello"), "{answer}");
    yard.end(&[compute]).await;
}
