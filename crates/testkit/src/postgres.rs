//! A real PostgreSQL server of the test binary's own, on a Unix socket in a directory that goes with it.
//!
//! The server is the child of a small shell that waits for the end of its standard input: when the test binary ends,
//! however it ends, the shell stops the server and removes the directory. Nothing has to be cleaned up by hand.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long the server may take to start before the test fails.
const START: Duration = Duration::from_secs(30);

/// Waits for the end of input, then stops the server quickly: its data is thrown away. Signals to the whole group must
/// not keep it from cleaning up.
const KEEPER: &str = r#"
directory=$1
shift
"$@" </dev/null >"$directory/log" 2>&1 &
server=$!
trap '' HUP INT TERM
cat >/dev/null
kill -INT "$server" 2>/dev/null
wait "$server"
rm -rf "$directory"
"#;

/// A running PostgreSQL.
pub struct Postgres {
    programs: PathBuf,
    socket: PathBuf,
    account: Option<&'static str>,
    made: AtomicU32,
    /// Held for its standard input: the server lives as long as it is open.
    _keeper: Mutex<Child>,
}

static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();

impl Postgres {
    /// The server of this test binary, started by whoever asks first. `None`, with a line that says so, when there is
    /// no PostgreSQL on this machine and `WARPYARD_REQUIRE_ALL` does not forbid to skip; a server that is there and does
    /// not start is a failure.
    pub fn start() -> Option<&'static Postgres> {
        let Some(programs) = programs() else {
            let message = "PostgreSQL: initdb is neither below /usr/lib/postgresql nor on the PATH; install postgresql";
            assert!(!requires_all(), "nothing may be skipped here: {message}");
            // Past the capture of the test harness, where `make test` counts it.
            let _ = writeln!(std::io::stderr(), "skipped: {message}");
            return None;
        };
        match SHARED.get_or_init(|| launch(programs)) {
            Ok(postgres) => Some(postgres),
            Err(message) => panic!("PostgreSQL does not start: {message}"),
        }
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let user = self.account.map_or_else(current_user, str::to_owned);
        let created = Command::new(self.programs.join("createdb"))
            .arg("-h")
            .arg(&self.socket)
            .args(["-U", &user, &name])
            .stdin(Stdio::null())
            .output()
            .expect("createdb runs");
        assert!(created.status.success(), "createdb: {}", String::from_utf8_lossy(&created.stderr));
        format!("postgres:///{name}?host={}&user={user}", self.socket.display())
    }
}

/// The directory with the newest server's programs.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").is_file())
        .collect();
    found.sort();
    if let Some((_, programs)) = found.pop() {
        return Some(programs);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|directory| directory.join("initdb").is_file())
}

fn current_user() -> String {
    let told = Command::new("id").arg("-un").output().expect("id runs");
    String::from_utf8_lossy(&told.stdout).trim().to_owned()
}

/// Whoever the server runs as when this is root: it refuses to run as root itself.
fn account() -> Option<&'static str> {
    if current_user() != "root" {
        return None;
    }
    let known = |name: &str| Command::new("id").arg(name).output().is_ok_and(|out| out.status.success());
    Some(if known("postgres") { "postgres" } else { "nobody" })
}

/// `program` as that account.
fn as_account(account: Option<&str>, program: &Path) -> Command {
    match account {
        None => Command::new(program),
        Some(account) => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", account, "--regid", &group_of(account), "--clear-groups", "--"]).arg(program);
            command
        }
    }
}

fn group_of(account: &str) -> String {
    let told = Command::new("id").args(["-g", account]).output().expect("id runs");
    String::from_utf8_lossy(&told.stdout).trim().to_owned()
}

fn launch(programs: PathBuf) -> Result<Postgres, String> {
    let account = account();
    let directory = tempfile::Builder::new().prefix("warpyard-postgres-").tempdir().map_err(|e| e.to_string())?.keep();
    if let Some(account) = account {
        let owned = Command::new("chown").arg(account).arg(&directory).status().map_err(|e| e.to_string())?;
        assert!(owned.success(), "chown {account} {}", directory.display());
    }
    let data = directory.join("data");
    let user = account.map_or_else(current_user, str::to_owned);
    let made = as_account(account, &programs.join("initdb"))
        .args(["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "-U", &user, "-D"])
        .arg(&data)
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("initdb: {e}"))?;
    if !made.status.success() {
        return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
    }
    let server = as_account(account, &programs.join("postgres"));
    let keeper = Command::new("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(&directory)
        .arg(server.get_program())
        .args(server.get_args())
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&directory)
        // Nothing here has to survive a crash, and every test brings a pool of its own.
        .args(["-h", "", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"])
        .args(["-c", "max_connections=400", "-c", "shared_buffers=64MB"])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("sh: {e}"))?;
    let postgres =
        Postgres { programs, socket: directory.clone(), account, made: AtomicU32::new(0), _keeper: Mutex::new(keeper) };
    postgres.wait_until_it_answers(&user)?;
    Ok(postgres)
}

impl Postgres {
    fn wait_until_it_answers(&self, user: &str) -> Result<(), String> {
        let began = Instant::now();
        loop {
            let ready = Command::new(self.programs.join("pg_isready"))
                .arg("-h")
                .arg(&self.socket)
                .args(["-q", "-U", user, "-d", "postgres"])
                .status()
                .map_err(|e| format!("pg_isready: {e}"))?;
            if ready.success() {
                return Ok(());
            }
            if began.elapsed() > START {
                let log = std::fs::read_to_string(self.socket.join("log")).unwrap_or_default();
                return Err(format!("it does not answer within {} s:\n{log}", START.as_secs()));
            }
            // Another program's start can only be asked about; pg_isready is how.
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Whether a skip is a failure, as in continuous integration.
fn requires_all() -> bool {
    std::env::var("WARPYARD_REQUIRE_ALL").is_ok_and(|value| !value.is_empty() && value != "0")
}
