//! Makes the sandbox, listens to its init, and starts it again where the policy says so.

use super::super::launch::{FromInit, Launch, ToInit};
use super::super::{proc_tree, spawn, wire};
use super::restart::{MOST_RESTARTS, Restarts};
use super::shared::Shared;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};
use warpyard_model::kinds::RestartPolicy;
use warpyard_provider::RunState;

/// How long a sandbox may take to stand.
const SANDBOX_TIMEOUT: Duration = Duration::from_secs(30);
/// How long the rest of the output is waited for after a command ended.
const OUTPUT_TIMEOUT: Duration = Duration::from_secs(2);
const MESSAGE_LINES: usize = 5;

/// What the shim's main thread hears.
pub(super) enum Event {
    /// From the init of run number `.0`.
    Init(u32, FromInit),
    /// The init of run number `.0` is gone.
    InitGone(u32),
    /// The server wants the service to end; its connection closes when it has.
    Stop { grace: Duration, asked_by: UnixStream },
}

/// How a run ended.
struct Ended {
    exit_code: i32,
    message: String,
    /// Starting it again cannot help.
    hopeless: bool,
}

/// Stop requests: kept open until the shim ends.
#[derive(Default)]
struct Stopping {
    asked_by: Vec<UnixStream>,
    deadline: Option<Instant>,
}

impl Stopping {
    fn ask(&mut self, grace: Duration, asked_by: UnixStream) {
        let deadline = Instant::now() + grace;
        self.deadline = Some(self.deadline.map_or(deadline, |earlier| earlier.min(deadline)));
        self.asked_by.push(asked_by);
    }

    fn is_asked(&self) -> bool {
        self.deadline.is_some()
    }
}

/// Runs the service until it is over for good: ended, given up, or stopped.
pub(super) fn until_over(
    launch: &Launch,
    shared: &Arc<Shared>,
    door: &UnixListener,
    events: &Sender<Event>,
    inbox: &Receiver<Event>,
    announce: &mut impl FnMut(),
) -> io::Result<()> {
    let mut restarts = Restarts::default();
    let mut stopping = Stopping::default();
    for run in 0.. {
        shared.log().begin_run();
        let ended = match Run::begin(launch, shared, events, run) {
            Ok(run) => run.until_ended(launch, door, inbox, &mut stopping, announce),
            Err(error) => {
                let program = launch.sandbox.first().map_or("", String::as_str);
                Ended { exit_code: 1, message: format!("{program} could not be started: {error}"), hopeless: true }
            }
        };
        shared.set_sandbox_pid(None);
        let again = !stopping.is_asked() && !ended.hopeless && ended.exit_code != 0;
        let pause = match launch.restart() {
            RestartPolicy::OnFailure if again => restarts.next_pause(Instant::now()),
            _ => None,
        };
        let gave_up = again && pause.is_none() && launch.restart() == RestartPolicy::OnFailure;
        shared.change(|observed| {
            observed.ready = false;
            observed.exit_code = Some(ended.exit_code);
            observed.state = if pause.is_some() { RunState::Restarting } else { RunState::Exited };
            observed.message = if stopping.is_asked() { "stopped".to_owned() } else { ended.message.clone() };
            if gave_up {
                observed.message = format!("gave up after {MOST_RESTARTS} restarts within ten minutes: {}", ended.message);
            }
        });
        announce();
        let Some(pause) = pause else { return Ok(()) };
        let headline = ended.message.lines().next().unwrap_or_default();
        shared.write_log(format!("[warpyard] {headline}; starting again in {} s\n", pause.as_secs()).as_bytes());
        if !wait_out(pause, inbox, &mut stopping) {
            shared.change(|observed| {
                observed.state = RunState::Exited;
                observed.message = "stopped".to_owned();
            });
            return Ok(());
        }
        shared.change(|observed| observed.restarts += 1);
    }
    Ok(())
}

/// Waits before a restart; `false` when a stop came.
fn wait_out(pause: Duration, inbox: &Receiver<Event>, stopping: &mut Stopping) -> bool {
    let until = Instant::now() + pause;
    loop {
        match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Event::Stop { grace, asked_by }) => {
                stopping.ask(grace, asked_by);
                return false;
            }
            // Something late from the run before.
            Ok(_) => {}
            Err(_) => return true,
        }
    }
}

/// One sandbox, from its making to its end.
struct Run<'a> {
    number: u32,
    shared: &'a Shared,
    sandbox: Child,
    init: UnixStream,
    output_ended: Receiver<()>,
    kills_before: u64,
}

impl<'a> Run<'a> {
    /// Starts the sandbox. Its parent is this very thread, which lives as long as the shim: the kernel ends the sandbox
    /// when its parent *thread* ends.
    fn begin(launch: &Launch, shared: &'a Arc<Shared>, events: &Sender<Event>, number: u32) -> io::Result<Self> {
        let (init, theirs) = UnixStream::pair()?;
        let (output, their_output) = io::pipe()?;
        let program = launch.sandbox.first().map_or("", String::as_str);
        let mut command = spawn::command(program);
        command.args(launch.sandbox.iter().skip(1));
        command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs))).stdout(their_output.try_clone()?).stderr(their_output);
        let kills_before = oom_kills(launch);
        let sandbox = command.spawn()?;
        // Our copies of the sandbox's ends must go, or the end of the streams would never come.
        drop(command);
        shared.set_sandbox_pid(Some(sandbox.id()));
        let (done, output_ended) = mpsc::channel();
        {
            let shared = Arc::clone(shared);
            small_thread(move || {
                keep_output(output, &shared);
                let _ = done.send(());
            })?;
        }
        {
            let (init, events) = (init.try_clone()?, events.clone());
            small_thread(move || listen(&init, &events, number))?;
        }
        // While bubblewrap builds the sandbox: joining a group takes milliseconds of waiting.
        join_groups(launch, sandbox.id());
        Ok(Self { number, shared, sandbox, init, output_ended, kills_before })
    }

    fn until_ended(
        mut self,
        launch: &Launch,
        door: &UnixListener,
        inbox: &Receiver<Event>,
        stopping: &mut Stopping,
        announce: &mut impl FnMut(),
    ) -> Ended {
        let mut told = Told::default();
        let mut deadline = Some(Instant::now() + SANDBOX_TIMEOUT);
        loop {
            let event = match deadline {
                Some(at) => inbox.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match event {
                Ok(Event::Init(number, message)) if number == self.number => match message {
                    FromInit::Hello => {
                        deadline = stopping.deadline;
                        if stopping.is_asked() {
                            self.kill(launch);
                        } else if let Err(error) = self.send_begin(launch, door) {
                            told.message = Some(format!("the sandbox could not be told what to run: {error}"));
                            let _ = self.sandbox.kill();
                        }
                    }
                    FromInit::Started => {
                        told.started = true;
                        self.shared.started(launch.begin.readiness.is_none());
                        announce();
                    }
                    FromInit::Ready => self.shared.change(|observed| {
                        observed.ready = true;
                        observed.message.clear();
                    }),
                    FromInit::NotReady { message } => {
                        // A start that failed ends, or it would hold its resources for nobody; the same again will not help.
                        self.shared.write_log(format!("[warpyard] {message}\n").as_bytes());
                        (told.message, told.hopeless) = (Some(message), true);
                        let grace = Duration::from_secs(launch.desired.stop_grace_seconds.into());
                        deadline = Some(stopping.deadline.unwrap_or_else(|| Instant::now() + grace));
                        let _ = wire::send(&self.init, &ToInit::Terminate, &[]);
                    }
                    FromInit::SpawnFailed { exit_code, message } => {
                        self.shared.write_log(format!("[warpyard] {message}\n").as_bytes());
                        (told.exit_code, told.message, told.hopeless) = (Some(exit_code), Some(message), true);
                    }
                    FromInit::Exited { exit_code } => told.exit_code = Some(exit_code),
                },
                Ok(Event::InitGone(number)) if number == self.number => return self.finish(launch, told),
                Ok(Event::Init(..) | Event::InitGone(_)) => {}
                Ok(Event::Stop { grace, asked_by }) => {
                    stopping.ask(grace, asked_by);
                    deadline = stopping.deadline;
                    let _ = wire::send(&self.init, &ToInit::Terminate, &[]);
                }
                Err(_) => {
                    if !told.started && !stopping.is_asked() {
                        told.message = Some(format!("the sandbox did not stand within {} s", SANDBOX_TIMEOUT.as_secs()));
                    }
                    deadline = Some(Instant::now() + OUTPUT_TIMEOUT);
                    self.kill(launch);
                }
            }
        }
    }

    fn send_begin(&self, launch: &Launch, door: &UnixListener) -> io::Result<()> {
        // The init may have been made before the sandbox's outermost process joined its groups.
        if let Some(inner) = proc_tree::first_child(self.sandbox.id()) {
            join_groups(launch, inner);
        }
        wire::send(&self.init, &ToInit::Begin(Box::new(launch.begin.clone())), &[door.as_fd()])
    }

    /// Ends everything at once.
    fn kill(&mut self, launch: &Launch) {
        // Without processes of its own the init must end the others: it does when its socket closes.
        let _ = self.init.shutdown(std::net::Shutdown::Both);
        if launch.begin.own_processes {
            // The kernel ends the sandbox with its parent.
            let _ = self.sandbox.kill();
        }
    }

    fn finish(mut self, launch: &Launch, told: Told) -> Ended {
        let status = self.sandbox.wait();
        // What is left of the output: the writers are gone, except for processes that escaped an imperfect sandbox.
        let _ = self.output_ended.recv_timeout(OUTPUT_TIMEOUT);
        let exit_code = told.exit_code.unwrap_or_else(|| {
            status.map_or(1, |status| status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()))
        });
        let lines = self.shared.log().last_lines(MESSAGE_LINES);
        let message = match told.message {
            Some(message) => message,
            None if oom_kills(launch) > self.kills_before && exit_code != 0 => "killed: out of memory".to_owned(),
            None if !told.started => with_lines("the sandbox could not be made", &lines),
            None => describe_exit(exit_code, &lines),
        };
        Ended { exit_code, message, hopeless: told.hopeless || !told.started }
    }
}

/// What the init said so far.
#[derive(Default)]
struct Told {
    started: bool,
    exit_code: Option<i32>,
    message: Option<String>,
    hopeless: bool,
}

fn describe_exit(exit_code: i32, lines: &str) -> String {
    match exit_code {
        0 => String::new(),
        129..=192 => with_lines(&format!("killed by signal {}", exit_code - 128), lines),
        _ => with_lines(&format!("exited with code {exit_code}"), lines),
    }
}

fn with_lines(what: &str, lines: &str) -> String {
    if lines.is_empty() { what.to_owned() } else { format!("{what}: {lines}") }
}

fn keep_output(mut output: impl Read, shared: &Shared) {
    let mut buffer = [0; 32 << 10];
    loop {
        match output.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => shared.write_log(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

fn listen(init: &UnixStream, events: &Sender<Event>, run: u32) {
    while let Ok(Some((message, _))) = wire::receive::<FromInit>(init) {
        if events.send(Event::Init(run, message)).is_err() {
            return;
        }
    }
    let _ = events.send(Event::InitGone(run));
}

fn join_groups(launch: &Launch, pid: u32) {
    for group in &launch.groups.directories {
        if let Err(error) = std::fs::write(group.join("cgroup.procs"), pid.to_string()) {
            // A process that just ended has nothing to limit; anything else is worth knowing.
            if error.raw_os_error() != Some(libc::ESRCH) {
                eprintln!("warpyard internal-shim: {} could not be joined: {error}", group.display());
            }
        }
    }
}

/// Kills for lack of memory so far in the service's group.
fn oom_kills(launch: &Launch) -> u64 {
    let Some(path) = &launch.groups.oom_counter else { return 0 };
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok()).unwrap_or(0)
}

fn small_thread(work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    std::thread::Builder::new().stack_size(128 << 10).spawn(work).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits_are_described() {
        assert_eq!(describe_exit(0, "fine"), "");
        assert_eq!(describe_exit(3, "no such table"), "exited with code 3: no such table");
        assert_eq!(describe_exit(143, ""), "killed by signal 15");
    }
}
