//! A real server with a first administrator and an API token, for suites that drive it from outside.

use crate::shell;
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const EMAIL: &str = "admin@example.org";
const PASSWORD: &str = "correct horse battery staple";
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server. Dropping it ends the process and removes its data.
pub(super) struct Server {
    process: Child,
    data: PathBuf,
    /// Host and port it listens on.
    pub(super) address: String,
}

impl Server {
    /// Starts a server on an empty database and waits until it says where it listens.
    pub(super) fn start(binary: &Path) -> Result<Server> {
        let data = shell::target().join(format!("xtask/server-{}", std::process::id()));
        std::fs::create_dir_all(&data).with_context(|| format!("cannot make {}", data.display()))?;
        let password = data.join("password");
        std::fs::write(&password, PASSWORD).context("cannot write the administrator's password")?;
        let log = std::fs::File::create(shell::target().join("xtask/server.log")).context("cannot write the server's log")?;
        let mut process = shell::command(&binary.to_string_lossy())
            .args(["serve", "--listen", "127.0.0.1:0", "--simulate-gpus", "A100-80GB:4", "--data-dir"])
            .arg(data.join("data"))
            .env("WARPYARD_BOOTSTRAP_ADMIN_EMAIL", EMAIL)
            .env("WARPYARD_BOOTSTRAP_ADMIN_PASSWORD_FILE", &password)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let output = process.stdout.take().expect("standard output was piped just above");
        let mut server = Server { process, data, address: String::new() };
        server.address = announced(output)?;
        Ok(server)
    }

    /// Signs in and makes an API token.
    pub(super) fn token(&self) -> Result<String> {
        let credentials = serde_json::json!({"email": EMAIL, "password": PASSWORD});
        let session = self.send("POST", "/api/v1/session", &[], &credentials)?;
        let cookie = session.cookie.context("signing in set no cookie")?;
        let wanted = serde_json::json!({"name": "tests", "expires_in_seconds": 86_400});
        let made = self.send("POST", "/api/v1/me/tokens", &[("Cookie", &cookie)], &wanted)?;
        let token = made.body.get("token").and_then(serde_json::Value::as_str);
        token.map(str::to_owned).with_context(|| format!("no token in {}", made.body))
    }

    /// Makes an object and insists that it was made.
    pub(super) fn create(&self, token: &str, path: &str, name: &str, spec: &serde_json::Value) -> Result<()> {
        let body = serde_json::json!({"metadata": {"name": name}, "spec": spec});
        self.send("POST", path, &[("Authorization", &format!("Bearer {token}"))], &body).map(drop)
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Result<Answer> {
        let body = body.to_string();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(&self.address).with_context(|| format!("cannot connect to {}", self.address))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("{request}\r\n{body}").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = Answer::parse(&String::from_utf8_lossy(&answer))?;
        if !(200..300).contains(&answer.status) {
            bail!("{method} {path} answered {}: {}", answer.status, answer.body);
        }
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM first: the server ends what it runs for instances of this test only if it may drain.
        let ended = shell::succeeds(shell::command("kill").arg(self.process.id().to_string()));
        if !ended {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

struct Answer {
    status: u16,
    cookie: Option<String>,
    body: serde_json::Value,
}

impl Answer {
    /// Reads an answer that ended with its connection. Chunked bodies are joined; the sizes between them are dropped.
    fn parse(text: &str) -> Result<Answer> {
        let (head, body) = text.split_once("\r\n\r\n").context("the server closed the connection without an answer")?;
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("not an HTTP answer: {head:?}"))?;
        let mut cookie = None;
        let mut chunked = false;
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            match name.to_ascii_lowercase().as_str() {
                "set-cookie" => cookie = value.split(';').next().map(str::to_owned),
                "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        let body = if chunked { body.split("\r\n").skip(1).step_by(2).collect() } else { body.to_owned() };
        Ok(Answer { status, cookie, body: serde_json::from_str(&body).unwrap_or(serde_json::Value::String(body)) })
    }
}

/// Reads lines until one names an address, and goes on reading so that the server never blocks on its output.
fn announced(output: impl Read + Send + 'static) -> Result<String> {
    let (sender, addresses) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if let Some(address) = address(&line) {
                // Only the first one is waited for.
                let _ = sender.send(address);
            }
        }
    });
    addresses.recv_timeout(PATIENCE).context("the server did not say where it listens; see server.log in the target folder")
}

fn address(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("http://")?;
    let address: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || ".:-".contains(*c)).collect();
    address.contains(':').then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_a_line_for_people() {
        let line = "Warpyard 0.1.0 is ready on http://127.0.0.1:41235/ (data in ./data)";
        assert_eq!(address(line).as_deref(), Some("127.0.0.1:41235"));
        assert_eq!(address("nothing here"), None);
    }

    #[test]
    fn answers_with_a_length_and_in_chunks_are_read() {
        let plain = Answer::parse("HTTP/1.1 201 Created\r\nset-cookie: a=b; Path=/\r\n\r\n{\"token\":\"t\"}").expect("an answer");
        assert_eq!((plain.status, plain.cookie.as_deref()), (201, Some("a=b")));
        assert_eq!(plain.body["token"], "t");
        let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n2\r\n1}\r\n0\r\n\r\n";
        assert_eq!(Answer::parse(chunks).expect("an answer").body["a"], 1);
        assert!(Answer::parse("").is_err());
    }
}
