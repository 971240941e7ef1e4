//! GPUs: real ones through NVIDIA's management library, pretended ones by configuration.

use super::sandbox::Mount;
use nvml_wrapper::Nvml;
use std::path::{Path, PathBuf};
use warpyard_model::kinds::{Allocation, Gpu, parse_simulated};

/// Device files every CUDA program needs beside its GPU's.
const COMMON: [&str; 5] =
    ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset", "/dev/nvidia-caps"];

/// A GPU and its device file.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub(super) gpu: Gpu,
    pub(super) file: Option<PathBuf>,
}

/// The machine's GPUs, and the simulated ones after them. A machine without the library has none.
pub(super) fn devices(simulated: &[String]) -> Vec<Device> {
    let mut devices = real().unwrap_or_default();
    let mut index = devices.len() as u32;
    let mut number = 0;
    for (model, count) in simulated.iter().filter_map(|text| parse_simulated(text)) {
        for _ in 0..count {
            let gpu = Gpu {
                id: format!("sim-{number}"),
                index,
                model: model.to_owned(),
                memory_bytes: memory_of_model(model),
                simulated: true,
                healthy: true,
            };
            devices.push(Device { gpu, file: None });
            index += 1;
            number += 1;
        }
    }
    devices
}

fn real() -> Option<Vec<Device>> {
    let nvml = Nvml::init().ok()?;
    let count = nvml.device_count().ok()?;
    Some(
        (0..count)
            .filter_map(|index| one(&nvml, index).inspect_err(|error| tracing::warn!(index, %error, "a GPU cannot be read")).ok())
            .collect(),
    )
}

fn one(nvml: &Nvml, index: u32) -> Result<Device, nvml_wrapper::error::NvmlError> {
    let device = nvml.device_by_index(index)?;
    let gpu = Gpu {
        id: device.uuid()?,
        index,
        model: device.name()?,
        memory_bytes: device.memory_info()?.total,
        simulated: false,
        // A device with pending page retirements or that fell off the bus refuses this.
        healthy: device.utilization_rates().is_ok(),
    };
    let file = device.minor_number().unwrap_or(index);
    Ok(Device { gpu, file: Some(format!("/dev/nvidia{file}").into()) })
}

/// The memory that a model's name tells, such as `A100-80GB`; 16 GiB where it tells none.
fn memory_of_model(model: &str) -> u64 {
    let upper = model.to_ascii_uppercase();
    let told = upper.match_indices("GB").find_map(|(at, _)| {
        let digits: String = upper[..at].trim_end().chars().rev().take_while(char::is_ascii_digit).collect();
        digits.chars().rev().collect::<String>().parse::<u64>().ok()
    });
    told.filter(|gigabytes| (1..=4096).contains(gigabytes)).unwrap_or(16) << 30
}

/// Device files of the allotted GPUs; none for simulated ones.
pub(super) fn mounts(devices: &[Device], allocation: &Allocation) -> Vec<Mount> {
    let allotted = devices.iter().filter(|d| allocation.gpus.contains(&d.gpu.id)).filter_map(|d| d.file.clone());
    let mut files: Vec<PathBuf> = allotted.collect();
    if !files.is_empty() {
        files.extend(COMMON.iter().map(Path::new).map(Path::to_path_buf));
    }
    files.into_iter().map(Mount::Device).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_tell_their_memory() {
        assert_eq!(memory_of_model("A100-80GB"), 80 << 30);
        assert_eq!(memory_of_model("NVIDIA H100 PCIe 94 GB"), 94 << 30);
        assert_eq!(memory_of_model("T4"), 16 << 30);
    }

    #[test]
    fn only_allotted_devices_are_shown() {
        let device = |id: &str, index, file: Option<&str>| Device {
            gpu: Gpu {
                id: id.to_owned(),
                index,
                model: "m".to_owned(),
                memory_bytes: 1,
                simulated: file.is_none(),
                healthy: true,
            },
            file: file.map(PathBuf::from),
        };
        let devices =
            [device("GPU-a", 0, Some("/dev/nvidia0")), device("GPU-b", 1, Some("/dev/nvidia1")), device("sim-0", 2, None)];
        let holding = |id: &str| Allocation { gpus: vec![id.to_owned()], ..Allocation::default() };
        let shown = mounts(&devices, &holding("GPU-b"));
        assert!(shown.contains(&Mount::Device("/dev/nvidia1".into())) && !shown.contains(&Mount::Device("/dev/nvidia0".into())));
        assert!(shown.contains(&Mount::Device("/dev/nvidiactl".into())));
        assert!(mounts(&devices, &holding("sim-0")).is_empty());
    }

    #[test]
    fn simulated_ones_are_numbered_through() {
        let ids: Vec<String> = devices(&["A100-80GB:2".to_owned(), "T4:1".to_owned()])
            .into_iter()
            .filter(|d| d.gpu.simulated)
            .map(|d| d.gpu.id)
            .collect();
        assert_eq!(ids, ["sim-0", "sim-1", "sim-2"]);
    }
}
