//! `warpyard whoami`.

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::output::Format;
use crate::session::Session;
use crate::time_words::until;
use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard whoami
  warpyard whoami -o name")]
pub(crate) struct WhoamiArgs {}

pub(crate) async fn run(_: WhoamiArgs, session: Session) -> Outcome {
    let me = session.client.me().await?;
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&me)?,
        Format::Name => out.line(format!("user/{}", me.user.name))?,
        Format::Table => {
            let title = if me.user.display_name.is_empty() { &me.user.name } else { &me.user.display_name };
            out.line(format!("{title} ({}, {}) at {}", me.user.name, me.user.email, session.client.address()))?;
            out.line(format!("using {}", session.scope.key()))?;
            if let Some(limits) = &me.limited_to {
                let words = |items: &[String], none: &str| if items.is_empty() { none.to_owned() } else { items.join(", ") };
                let (scopes, places) = (words(&limits.scopes, "all scopes"), words(&limits.places, "everywhere"));
                out.line(format!("by a token limited to {scopes}; {places}"))?;
            }
            for org in &me.second_factor_required {
                out.note(format!("{org} asks for a second factor: sign in with one, or use a token made from such a session"));
            }
            if me.bindings.is_empty() {
                out.line("no roles yet: ask an administrator for one")?;
            } else {
                let rows: Vec<Vec<String>> = me
                    .bindings
                    .iter()
                    .map(|binding| {
                        let place: Vec<&str> = [&binding.org, &binding.project, &binding.workspace]
                            .into_iter()
                            .flatten()
                            .map(String::as_str)
                            .collect();
                        let role = binding.role.clone().or_else(|| binding.custom_role.clone()).unwrap_or_default();
                        let by = binding.group.as_ref().map_or_else(|| "-".to_owned(), |group| format!("group {group}"));
                        vec![role, format!("/{}", place.join("/")), by, until(binding.expires_at)]
                    })
                    .collect();
                out.line("")?;
                out.table(&["ROLE", "SCOPE", "BY", "ENDS"], &rows)?;
            }
        }
    }
    Ok(Exit::Done)
}
