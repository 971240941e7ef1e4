//! Limits hold where the provider says so.

use crate::support::{Yard, allocation, service, shell, skip};
use warpyard_model::kinds::Allocation;
use warpyard_provider::{Provider, RunState};

#[tokio::test]
async fn who_eats_too_much_memory_is_ended_and_told_so() {
    let yard = Yard::new();
    if !yard.provider.capabilities().await.unwrap().enforces_limits {
        return skip(&yard.provider.capabilities().await.unwrap().isolation);
    }
    let small = Allocation { memory_bytes: 64 << 20, ..allocation() };
    let compute = yard.compute(small.clone()).await;
    let eater = "import sys\nx = []\nwhile True: x.append(bytearray(1 << 20)); sys.stdout.write('.')";
    let mut desired = service(&compute, ["python3", "-c", eater].map(str::to_owned).to_vec());
    desired.allocation = small.clone();
    yard.apply(&desired).await;
    let seen = yard.until(&desired.uid, |seen| seen.state == RunState::Exited).await;
    assert_eq!((seen.message.as_str(), seen.exit_code), ("killed: out of memory", Some(137)), "{seen:?}");
    // Its neighbour on another instance has its own limit and lives.
    let other = yard.compute(allocation()).await;
    let text = yard.output_of(&other, "python3 -c 'x = bytearray(100 << 20); print(len(x))'").await;
    assert_eq!(text.trim(), (100_u64 << 20).to_string());
    yard.end(&[compute, other]).await;
}

#[tokio::test]
async fn nobody_gets_more_cpu_than_was_allotted() {
    let yard = Yard::new();
    if !yard.provider.capabilities().await.unwrap().enforces_limits {
        return skip(&yard.provider.capabilities().await.unwrap().isolation);
    }
    let slow = Allocation { cpu_millis: 200, ..allocation() };
    let compute = yard.compute(slow.clone()).await;
    let busy = "import time\nbegan, used = time.monotonic(), time.process_time()\n\
                while time.monotonic() - began < 2: pass\nprint(time.process_time() - used)";
    let mut desired = service(&compute, ["python3", "-c", busy].map(str::to_owned).to_vec());
    desired.allocation = slow;
    yard.apply(&desired).await;
    yard.until(&desired.uid, |seen| seen.state == RunState::Exited).await;
    let used: f64 = yard.log(&desired.uid).await.trim().parse().unwrap();
    assert!(used < 1.0, "{used} s of CPU within 2 s at a fifth of a core");
    yard.end(&[compute]).await;
}

#[tokio::test]
async fn use_is_measured() {
    let yard = Yard::new();
    let compute = yard.compute(allocation()).await;
    let script =
        "x=$(head -c 20000000 /dev/zero | tr '\\0' x); i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done; echo done; sleep 1000";
    let desired = service(&compute, shell(script));
    yard.apply(&desired).await;
    yard.until_log(&desired.uid, "done").await;
    let sample = yard.provider.metrics(&desired.uid).await.unwrap();
    assert!(sample.cpu_used_millis.is_some_and(|millis| millis > 5), "{sample:?}");
    assert!(sample.memory_bytes.is_some_and(|bytes| (20 << 20..400 << 20).contains(&bytes)), "{sample:?}");
    assert!(sample.processes.is_some_and(|count| (2..10).contains(&count)), "{sample:?}");
    yard.end(&[compute]).await;
}
