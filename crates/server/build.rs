//! Sees to it that the console's folder exists before it is compiled in.
//!
//! A folder that was missing when the server was compiled stays unknown to it, also once the console has been built. An
//! optimised build carries the files inside, so it is made again when they change; any other build reads them as they are.

use std::{env, fs};

const CONSOLE: &str = "../../web/dist";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(error) = fs::create_dir_all(CONSOLE) {
        println!("cargo:warning=the console's folder {CONSOLE} could not be made: {error}");
    }
    #[expect(clippy::disallowed_methods, reason = "Cargo tells a build script what it builds in no other way")]
    let profile = env::var("PROFILE");
    if profile.is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={CONSOLE}");
    }
}
