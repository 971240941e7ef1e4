//! What this machine has.

use super::config::ProcessConfig;
use super::gpu::Device;
use warpyard_model::kinds::{Inventory, Node};

/// The inventory: one node.
pub(super) fn inventory(config: &ProcessConfig, devices: &[Device]) -> Inventory {
    let name = config.node_name.clone().unwrap_or_else(host_name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let memory = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_memory(&text)).unwrap_or(0);
    Inventory {
        nodes: vec![Node {
            name,
            cpu_millis: config.cpu_millis.unwrap_or(cores * 1000),
            // A tenth is left to the machine, the server and what supervises instances; whole mebibytes read better.
            memory_bytes: config.memory_bytes.unwrap_or(((memory / 10 * 9) >> 20) << 20),
            gpus: devices.iter().map(|device| device.gpu.clone()).collect(),
        }],
    }
}

fn host_name() -> String {
    nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok()).unwrap_or_else(|| "localhost".to_owned())
}

/// Reads `MemTotal` of `/proc/meminfo`, which is in kibibytes.
fn total_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemTotal:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read() {
        assert_eq!(total_memory("MemTotal:       24684032 kB\nMemFree: 1 kB\n"), Some(24_684_032 * 1024));
        assert_eq!(total_memory(""), None);
    }

    #[test]
    fn the_configuration_goes_before_the_machine() {
        let config = ProcessConfig {
            cpu_millis: Some(500),
            memory_bytes: Some(7),
            node_name: Some("n1".to_owned()),
            ..ProcessConfig::new("/nowhere", "/nowhere")
        };
        let node = &inventory(&config, &[]).nodes[0];
        assert_eq!((node.name.as_str(), node.cpu_millis, node.memory_bytes), ("n1", 500, 7));
        let node = &inventory(&ProcessConfig::new("/nowhere", "/nowhere"), &[]).nodes[0];
        assert!(node.cpu_millis >= 1000 && node.memory_bytes > 0 && node.memory_bytes.is_multiple_of(1 << 20));
    }
}
