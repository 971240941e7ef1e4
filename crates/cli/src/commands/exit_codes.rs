//! `warpyard help exit-codes`.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::{Format, Output};

/// The documentation of exit codes.
pub(crate) fn text() -> String {
    let mut text = String::from("What exit codes mean:\n\n");
    for (code, meaning) in Exit::MEANINGS {
        text.push_str(&format!("  {code}  {meaning}\n"));
    }
    text.push_str(
        "\n`exec` ends with the exit code of the command that was run. `launch`, `start` and `retry` with --wait end with the\n",
    );
    text.push_str("exit code of a batch job that failed, and with 8 where it ended without one.");
    text
}

pub(crate) fn run(out: Output) -> Outcome {
    match out.format {
        Format::Table | Format::Name => out.line(text())?,
        Format::Json | Format::Yaml => {
            let all: Vec<_> =
                Exit::MEANINGS.iter().map(|(code, meaning)| serde_json::json!({ "code": code, "meaning": meaning })).collect();
            out.value(&all)?;
        }
    }
    Ok(Exit::Done)
}
