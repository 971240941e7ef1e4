//! `warpyard delete`.

use super::documents;
use super::get::target;
use super::parse_duration;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::place::describe;
use crate::session::Session;
use crate::{columns, terminal_mode, wait};
use clap::Args;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;
use warpyard_client::AnyObject;
use warpyard_model::{Kind, Name, ScopePath};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard delete service nb-1
  warpyard delete service nb-1 nb-2 --yes --wait
  warpyard delete service/nb-1 compute/small-abcd --yes
  warpyard delete -f team.yaml --yes

What something still uses is not deleted; the error lists its users.")]
pub(crate) struct DeleteArgs {
    /// A kind and names, or several KIND/NAME.
    #[arg(value_name = "KIND NAME", required_unless_present = "filename")]
    what: Vec<String>,
    /// The objects of these files; may be given several times.
    #[arg(short, long, value_name = "FILE|DIR|-", conflicts_with = "what")]
    filename: Vec<PathBuf>,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
    /// Wait until they are gone.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most, for each.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = parse_duration)]
    timeout: Duration,
}

pub(crate) async fn run(args: DeleteArgs, session: Session) -> Outcome {
    let objects = if args.filename.is_empty() {
        let mut objects = Vec::new();
        for (kind, name) in words(&args.what)? {
            objects.push(session.find(kind, &name).await?);
        }
        objects
    } else {
        of_files(&args, &session).await?
    };
    if !args.yes {
        confirm(&objects)?;
    }
    for object in &objects {
        let kind = object.kind().ok_or_else(|| Failure::other("the server sent an object of an unknown kind"))?;
        let word = columns::word(object);
        let going = session.client.delete(kind, &object.scope(), object.name()).await?;
        if going.is_some() && args.wait {
            wait::until(&session, object, args.timeout, |seen| match seen {
                None => ControlFlow::Break(()),
                Some(_) => ControlFlow::Continue(()),
            })
            .await?;
        }
        let gone = going.is_none() || args.wait;
        let sentence = if gone { format!("{word} is deleted.") } else { format!("{word} is being deleted.") };
        session.out.result(&sentence, &word, &serde_json::json!({ "kind": kind, "name": object.name(), "gone": gone }))?;
    }
    Ok(Exit::Done)
}

/// Kinds and names from `KIND NAME…` or `KIND/NAME…`.
fn words(what: &[String]) -> Outcome<Vec<(Kind, String)>> {
    let Some((first, rest)) = what.split_first() else { return Ok(Vec::new()) };
    if first.contains('/') {
        return what
            .iter()
            .map(|word| match kind_word::split(word)? {
                (Some(kind), name) => Ok((kind, name)),
                (None, name) => Err(Failure::usage(format!("{name:?} has no kind")).with_hint(format!("say KIND/{name}"))),
            })
            .collect();
    }
    if rest.is_empty() {
        let (kind, _) = target(first, None)?;
        return Err(Failure::usage(format!("which {}? Deleting takes names", kind.snake().replace('_', " ")))
            .with_hint(format!("`warpyard get {}` lists them", kind.plural())));
    }
    rest.iter().map(|name| target(first, Some(name)).map(|(kind, name)| (kind, name.unwrap_or_default()))).collect()
}

/// The objects of files that are there, users before what they use.
async fn of_files(args: &DeleteArgs, session: &Session) -> Outcome<Vec<AnyObject>> {
    let mut objects = Vec::new();
    for document in documents::read(&args.filename)?.iter().rev() {
        let written = AnyObject(document.value.clone());
        let kind = written.kind().ok_or_else(|| Failure::usage("a document without a known kind cannot be deleted"))?;
        let own = written.scope();
        let or = |name: Option<Name>, default: &Option<Name>| name.or_else(|| default.clone());
        let scope = ScopePath {
            org: or(own.org, &session.scope.org),
            project: or(own.project, &session.scope.project),
            workspace: or(own.workspace, &session.scope.workspace),
        };
        // A binding or template lives exactly where its document says, not at the deepest place in use.
        let scope = if kind.levels().len() > 1 { written.scope() } else { scope };
        match session.client.get(kind, &scope, written.name()).await {
            Ok(object) => objects.push(object),
            Err(error) if error.is_not_found() => {
                session.out.note(format!("{} is not there", describe(kind, written.name(), &scope)));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(objects)
}

fn confirm(objects: &[AnyObject]) -> Outcome<()> {
    if objects.is_empty() {
        return Ok(());
    }
    if !terminal_mode::can_ask() {
        return Err(Failure::usage("there is no terminal to ask whether to delete").with_hint("say --yes when you mean it"));
    }
    let names: Vec<String> = objects.iter().map(|o| format!("{} in {}", columns::word(o), o.scope().key())).collect();
    let question = match names.as_slice() {
        [one] => format!("Delete {one}? [y/N] "),
        several => format!("{}\nDelete these {}? [y/N] ", several.join("\n"), several.len()),
    };
    let answer = terminal_mode::ask(&question).map_err(super::login::asking)?;
    if matches!(answer.to_lowercase().as_str(), "y" | "yes") { Ok(()) } else { Err(Failure::other("nothing was deleted")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_delete_is_written_in_two_ways() {
        let parse = |what: &[&str]| words(&what.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
        let expected = vec![(Kind::ServiceInstance, "a".to_owned()), (Kind::ServiceInstance, "b".to_owned())];
        assert_eq!(parse(&["service", "a", "b"]).unwrap(), expected);
        assert_eq!(parse(&["service/a", "svc/b"]).unwrap(), expected);
        assert_eq!(parse(&["services", "service-instance/a", "b"]).unwrap(), expected);
        for bad in [&["service"][..], &["pods", "a"], &["service/a", "b"], &["service", "compute/a"]] {
            assert_eq!(parse(bad).unwrap_err().exit, Exit::Usage, "{bad:?}");
        }
    }
}
