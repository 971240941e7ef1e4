//! What an instance sees, and what others see of it.

use crate::support::{Yard, allocation, processes_with, service, shell};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use warpyard_model::kinds::Allocation;
use warpyard_provider::{FileDesired, Provider, RunState};

#[tokio::test]
async fn an_instance_sees_its_home_and_a_read_only_system() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let data = yard.data.path().display().to_string();
    let script = format!(
        "pwd; echo home=$HOME user=$(id -un) tools=$(command -v python3 >/dev/null && echo yes)
         echo capabilities=$(grep CapEff /proc/self/status | cut -f2) privileges=$(grep NoNewPrivs /proc/self/status | cut -f2)
         echo processes=$(ls /proc | grep -c '^[0-9]')
         echo interfaces=$(tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | tr '\\n' ,)
         for path in /etc/shadow /root {data} /var/log /var/lib /sys/fs/cgroup; do [ -e $path ] && echo sees $path; done
         touch /usr/x /etc/x /x /opt/warpyard/x 2>/dev/null && echo writes the system
         touch ~/mine /tmp/mine /dev/shm/mine && echo writes its own; hostname; exit 0"
    );
    let text = yard.output_of(&compute, &script).await;
    let expected = "/home/warpyard\nhome=/home/warpyard user=warpyard tools=yes\ncapabilities=0000000000000000 privileges=1\n";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("interfaces=lo,\nwrites its own\ns-"), "{text}");
    let processes: u32 = text.split("processes=").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
    assert!(processes <= 6, "it sees processes of the machine: {text}");
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn instances_do_not_see_each_other() {
    let yard = Yard::new();
    let (one, other) = (yard.compute(allocation()).await, yard.compute(allocation()).await);
    let first = yard.output_of(&one, "echo secret > ~/file; cat ~/file; stat -c %u ~").await;
    assert!(first.starts_with("secret\n"), "{first}");
    let second = yard.output_of(&other, "ls -A ~ | wc -l; ls /home; cat /home/*/file 2>/dev/null; exit 0").await;
    assert_eq!(second, "0\nwarpyard\n");
    // Homes are closed to everybody but their users, and as root every instance has a user of its own.
    let home = |uid: &str| std::fs::metadata(yard.data.path().join("process/compute").join(uid).join("home")).unwrap();
    assert_eq!(home(&one).permissions().mode() & 0o777, 0o700);
    if nix::unistd::geteuid().is_root() {
        assert!(home(&one).uid() >= 40_000 && home(&one).uid() != home(&other).uid());
    }
    // The home outlives the service and is the same for the next one.
    assert_eq!(yard.output_of(&one, "cat file").await, "secret\n");
    yard.end(&[one, other]).await;
}

#[tokio::test]
async fn secrets_reach_the_app_and_nobody_else() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let canary = format!("canary-{}", std::process::id());
    let mut desired = service(&compute, shell("echo length ${#PASSWORD}; exec sleep 1000"));
    desired.environment.insert("PASSWORD".to_owned(), canary.clone());
    yard.apply(&desired).await;
    yard.until_log(&desired.uid, &format!("length {}", canary.len())).await;
    assert_eq!(processes_with(&canary), Vec::<u32>::new(), "a secret is in an argument list");
    let directory = yard.data.path().join("process/service").join(&desired.uid);
    for pid in processes_with(&directory.display().to_string()) {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&environment).contains(&canary), "the supervisor has it in its environment");
    }
    for entry in std::fs::read_dir(&directory).unwrap().flatten().filter(|e| e.file_type().unwrap().is_file()) {
        let holds = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).contains(&canary);
        assert_eq!(holds, entry.file_name() == "desired.json", "{:?}", entry.path());
    }
    let mode = std::fs::metadata(directory.join("desired.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn gpus_are_those_that_were_allotted() {
    let yard = Yard::with(|config| config.simulated_gpus = vec!["A100-80GB:4".to_owned()]);
    let inventory = yard.provider.inventory().await.unwrap();
    assert_eq!(inventory.nodes[0].gpus.iter().filter(|gpu| gpu.simulated).count(), 4);
    let compute = yard.compute(allocation()).await;
    let script = shell("echo [$CUDA_VISIBLE_DEVICES] [$NVIDIA_VISIBLE_DEVICES]; ls /dev | grep -c nvidia; exit 0");
    let without = service(&compute, script.clone());
    let mut with = service(&compute, script);
    let gpus = vec!["sim-1".to_owned(), "sim-3".to_owned()];
    with.allocation = Allocation { gpus, gpu_indices: vec![1, 3], simulated: true, ..allocation() };
    for (desired, expected) in [(without, "[] [void]\n0\n"), (with, "[1,3] [1,3]\n0\n")] {
        yard.apply(&desired).await;
        yard.until(&desired.uid, |seen| seen.state == RunState::Exited).await;
        assert_eq!(yard.log(&desired.uid).await, expected);
    }
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn files_are_written_as_the_instance_and_stay_in_its_home() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let victim = yard.data.path().join("victim");
    std::fs::create_dir(&victim).unwrap();
    std::fs::set_permissions(&victim, std::fs::Permissions::from_mode(0o700)).unwrap();
    let file = |path: &str, content: &str, overwrite| FileDesired {
        path: path.to_owned(),
        content: content.to_owned(),
        executable: path.ends_with(".sh"),
        overwrite,
    };
    let mut desired =
        service(&compute, shell(format!("cat kept; bin/run.sh; echo changed > kept; ln -s {} trap", victim.display())));
    desired.files = vec![file("kept", "first\n", false), file("bin/run.sh", "#!/bin/sh\necho ran\n", true)];
    yard.apply(&desired).await;
    yard.until(&desired.uid, |seen| seen.state == RunState::Exited).await;
    assert_eq!(yard.log(&desired.uid).await, "first\nran\n");
    // What the person changed stays; a link that leads out of the home leads nowhere.
    let mut again = service(&compute, shell("cat kept; bin/run.sh"));
    again.files = desired.files.clone();
    yard.apply(&again).await;
    yard.until(&again.uid, |seen| seen.state == RunState::Exited).await;
    assert_eq!(yard.log(&again.uid).await, "changed\nran\n");
    let mut trapped = service(&compute, shell("true"));
    trapped.files = vec![file("trap/x", "x", true)];
    yard.apply(&trapped).await;
    let seen = yard.until(&trapped.uid, |seen| seen.state == RunState::Exited).await;
    assert!(seen.exit_code != Some(0) && seen.message.contains("trap/x"), "{seen:?}");
    assert_eq!(std::fs::read_dir(&victim).unwrap().count(), 0);
    let mut escaping = service(&compute, shell("true"));
    escaping.working_directory = "../..".to_owned();
    assert!(yard.provider.apply_service(&escaping, &crate::support::Silent).await.is_err());
    yard.end(&[compute]).await;
}
