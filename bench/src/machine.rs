//! What the numbers were measured on.

use serde::Serialize;

/// Facts that numbers depend on, and nothing that names the machine.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_bytes: u64,
    pub(crate) system: String,
    pub(crate) kernel: String,
    pub(crate) date: String,
    /// Processes that wanted a core before anything was started; near 0 on a machine that is fit for this.
    pub(crate) load_before: f64,
}

impl Machine {
    /// Reads what the kernel says; what it does not say stays unknown.
    pub(crate) fn read() -> Self {
        let read = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let unknown = || "unknown".to_owned();
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name", ':').unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: memory(&read("/proc/meminfo")).unwrap_or(0),
            system: field(&read("/etc/os-release"), "PRETTY_NAME", '=').unwrap_or_else(unknown),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            load_before: read("/proc/loadavg").split(' ').next().and_then(|load| load.parse().ok()).unwrap_or(f64::NAN),
            date: jiff::ZonedDateTime::now().date().to_string(),
        }
    }
}

fn field(text: &str, name: &str, separator: char) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(separator)?;
        (key.trim() == name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn memory(text: &str) -> Option<u64> {
    let kibibytes: u64 = field(text, "MemTotal", ':')?.split(' ').next()?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_tables_are_read() {
        assert_eq!(field("model name\t: A processor\n", "model name", ':').as_deref(), Some("A processor"));
        assert_eq!(memory("MemTotal:       24000 kB\n"), Some(24000 * 1024));
        assert_eq!(memory(""), None);
    }
}
