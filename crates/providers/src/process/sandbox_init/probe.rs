//! Asks until the app answers: quick at first, so that a start of a tenth of a second is seen as one.

use super::super::launch::{FromInit, Probe};
use super::door::connect_loopback;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What one question found.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Ready,
    Closed,
    Silent,
    Status(u16),
}

/// Runs until the probe holds or its time is up, and tells which.
pub(super) fn run(probe: &Probe, tell: &dyn Fn(FromInit)) {
    let began = Instant::now();
    let timeout = Duration::from_secs(probe.timeout_seconds.into());
    loop {
        let answer = ask(probe);
        if answer == Answer::Ready {
            return tell(FromInit::Ready);
        }
        let elapsed = began.elapsed();
        if elapsed >= timeout {
            return tell(FromInit::NotReady { message: complaint(probe, &answer) });
        }
        std::thread::sleep(pause_after(elapsed).min(timeout - elapsed));
    }
}

/// A twentieth of the time waited so far, within bounds.
fn pause_after(elapsed: Duration) -> Duration {
    (elapsed / 20).clamp(FIRST_PAUSE, LONGEST_PAUSE)
}

fn complaint(probe: &Probe, answer: &Answer) -> String {
    let Probe { port, path, timeout_seconds } = probe;
    match answer {
        Answer::Status(status) => format!("GET {path} on port {port} still answered {status} after {timeout_seconds} s"),
        Answer::Silent => format!("GET {path} on port {port} was not answered within {timeout_seconds} s"),
        Answer::Closed | Answer::Ready => format!("port {port} was not opened within {timeout_seconds} s"),
    }
}

fn ask(probe: &Probe) -> Answer {
    let Ok(mut stream) = connect_loopback(probe.port, Duration::from_secs(1)) else { return Answer::Closed };
    if probe.path.is_empty() {
        return Answer::Ready;
    }
    let _ = stream.set_read_timeout(Some(ANSWER_TIMEOUT.min(Duration::from_secs(probe.timeout_seconds.max(1).into()))));
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: localhost:{}\r\nUser-Agent: warpyard\r\nAccept: */*\r\nConnection: close\r\n\r\n",
        probe.path, probe.port
    );
    if stream.write_all(request.as_bytes()).is_err() {
        return Answer::Silent;
    }
    match read_status(&mut stream) {
        Ok(Some(status)) if status < 500 => Answer::Ready,
        Ok(Some(status)) => Answer::Status(status),
        Ok(None) | Err(_) => Answer::Silent,
    }
}

/// The status of an HTTP answer; `None` when it is something else.
fn read_status(stream: &mut impl Read) -> io::Result<Option<u16>> {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while head.len() < 64 && !head.ends_with(b"\n") {
        if stream.read(&mut byte)? == 0 {
            break;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    Ok(head.strip_prefix("HTTP/").and_then(|rest| rest.split(' ').nth(1)).and_then(|status| status.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn probe(port: u16, path: &str) -> Probe {
        Probe { port, path: path.to_owned(), timeout_seconds: 1 }
    }

    #[test]
    fn statuses_are_read() {
        assert_eq!(read_status(&mut &b"HTTP/1.1 302 Found\r\n"[..]).unwrap(), Some(302));
        assert_eq!(read_status(&mut &b"HTTP/1.0 200\r\n"[..]).unwrap(), Some(200));
        assert_eq!(read_status(&mut &b"SSH-2.0-OpenSSH\r\n"[..]).unwrap(), None);
        assert_eq!(read_status(&mut &b""[..]).unwrap(), None);
    }

    #[test]
    fn an_app_that_answers_is_ready_and_one_that_fails_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            for status in ["503 Busy", "404 Not Found"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let _ = stream.read(&mut request).unwrap();
                write!(stream, "HTTP/1.1 {status}\r\n\r\n").unwrap();
            }
        });
        assert_eq!(ask(&probe(port, "/")), Answer::Status(503));
        assert_eq!(ask(&probe(port, "/")), Answer::Ready);
        server.join().unwrap();
        assert_eq!(ask(&probe(port, "")), Answer::Closed);
    }

    #[test]
    fn pauses_grow_within_bounds() {
        assert_eq!(pause_after(Duration::ZERO), FIRST_PAUSE);
        assert_eq!(pause_after(Duration::from_secs(2)), Duration::from_millis(100));
        assert_eq!(pause_after(Duration::from_secs(60)), LONGEST_PAUSE);
    }

    #[test]
    fn complaints_name_the_port() {
        assert_eq!(complaint(&probe(8888, ""), &Answer::Closed), "port 8888 was not opened within 1 s");
    }
}
