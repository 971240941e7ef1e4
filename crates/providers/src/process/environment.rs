//! The environment of services, prepare steps and terminals: clean, then ours, then the template's.

use super::sandbox::USER;
use std::collections::BTreeMap;
use std::path::Path;
use warpyard_model::kinds::Allocation;

/// What every command gets.
pub(super) fn base(home: &Path, search_path: &str) -> BTreeMap<String, String> {
    let shell = if Path::new("/bin/bash").exists() { "/bin/bash" } else { "/bin/sh" };
    let home = home.display().to_string();
    [
        ("PATH", format!("{home}/.local/bin:{search_path}")),
        ("HOME", home),
        ("USER", USER.to_owned()),
        ("LOGNAME", USER.to_owned()),
        ("LANG", "C.UTF-8".to_owned()),
        ("TERM", "xterm-256color".to_owned()),
        ("SHELL", shell.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// Which GPUs programs see: exactly the allotted ones. Real ones by id, which no reordering of devices changes; simulated
/// ones by index; and without any, a value that hides those of the machine.
pub(super) fn gpus(allocation: &Allocation) -> [(String, String); 2] {
    let indices: Vec<String> = allocation.gpu_indices.iter().map(u32::to_string).collect();
    let visible = if allocation.simulated || allocation.gpus.len() != indices.len() {
        indices.join(",")
    } else {
        allocation.gpus.join(",")
    };
    let for_containers = if visible.is_empty() { "void".to_owned() } else { visible.clone() };
    [("CUDA_VISIBLE_DEVICES".to_owned(), visible), ("NVIDIA_VISIBLE_DEVICES".to_owned(), for_containers)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpus_are_what_was_allotted() {
        let mut allocation = Allocation::default();
        assert_eq!(gpus(&allocation).map(|(_, v)| v), ["", "void"]);
        allocation.gpus = vec!["GPU-a".to_owned(), "GPU-b".to_owned()];
        allocation.gpu_indices = vec![0, 3];
        assert_eq!(gpus(&allocation).map(|(_, v)| v), ["GPU-a,GPU-b", "GPU-a,GPU-b"]);
        allocation.simulated = true;
        assert_eq!(gpus(&allocation).map(|(_, v)| v), ["0,3", "0,3"]);
    }
}
