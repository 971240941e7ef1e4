//! `warpyard get`.

use crate::columns;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::output::{self, Format};
use crate::session::Session;
use clap::Args;
use std::collections::HashMap;
use warpyard_client::{AnyObject, ListQuery, WatchEvent, WatchRequest, scope_for};
use warpyard_model::{Kind, Level, ScopePath};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard get services                      service instances of the project and workspace in use
  warpyard get compute-profiles -A           everywhere you may look
  warpyard get service nb-1 -o yaml
  warpyard get services --watch
  warpyard get services --label team=vision --sort -created_at --limit 10
  warpyard get computes --phase queued

Kinds: orgs, users, targets, system-profiles, role-bindings, environment-templates, projects, secrets,
compute-profiles, service-profiles, workspaces, compute-instances, service-instances; any spelling of
them and the short forms service, compute, template, binding, ws, cp, sp.")]
pub(crate) struct GetArgs {
    /// The kind, or KIND/NAME.
    kind: String,
    /// Only the object of this name.
    name: Option<String>,
    /// Everywhere you may look, not only in the organization, project and workspace in use.
    #[arg(short = 'A', long)]
    all: bool,
    /// Only names and titles with these words.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Only objects with this label; may be given several times.
    #[arg(short, long, value_name = "KEY=VALUE")]
    label: Vec<String>,
    /// Only instances in this phase.
    #[arg(long)]
    phase: Option<String>,
    /// name, created_at or updated_at; with a hyphen before it the other way round.
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// At most this many.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Go on and show every change.
    #[arg(short, long)]
    watch: bool,
}

pub(crate) async fn run(args: GetArgs, session: Session) -> Outcome {
    let (kind, name) = target(&args.kind, args.name.as_deref())?;
    let query = ListQuery {
        search: args.search.clone(),
        sort: args.sort.clone(),
        phase: args.phase.clone(),
        labels: args.label.clone(),
        limit: args.limit,
    };
    match name {
        Some(name) => {
            let object = session.find(kind, &name).await?;
            match session.out.format {
                Format::Json | Format::Yaml => session.out.value(&object)?,
                Format::Table | Format::Name => session.out.objects(kind, std::slice::from_ref(&object), false)?,
            }
            if args.watch {
                let scope = object.scope();
                watch(&session, kind, scope, vec![object], false, |seen| seen.name() == name).await?;
            }
        }
        None => {
            let (objects, scope, with_scope) = list(&session, kind, args.all, &query).await?;
            if objects.is_empty() && session.out.for_people() && !args.watch {
                let place = if scope.level() == Level::Platform { String::new() } else { format!(" in {}", scope.key()) };
                session.out.note(format!("There are no {}{place}.", kind_word::plural_words(kind)));
            } else {
                session.out.objects(kind, &objects, with_scope)?;
            }
            if args.watch {
                let narrowed = query.search.is_some() || query.phase.is_some() || !query.labels.is_empty();
                // What the server narrowed must stay narrowed; a change of something else is not shown.
                if narrowed {
                    return Err(Failure::usage("--watch cannot be narrowed with --search, --phase or --label yet")
                        .with_hint("narrow with --workspace, or filter the output"));
                }
                watch(&session, kind, scope, objects, with_scope, |_| true).await?;
            }
        }
    }
    Ok(Exit::Done)
}

/// Kind and name from `KIND`, `KIND NAME` or `KIND/NAME`.
pub(crate) fn target(kind: &str, name: Option<&str>) -> Outcome<(Kind, Option<String>)> {
    if let (Some((kind, name)), None) = (kind.split_once('/'), name) {
        return Ok((kind_word::parse(kind).map_err(Failure::usage)?, Some(name.to_owned())));
    }
    let kind = kind_word::parse(kind).map_err(Failure::usage)?;
    match name.map(kind_word::split).transpose()? {
        Some((Some(other), _)) if other != kind => {
            Err(Failure::usage(format!("{} and {} are two kinds; say one", kind.plural(), other.plural())))
        }
        Some((_, name)) => Ok((kind, Some(name))),
        None => Ok((kind, None)),
    }
}

/// The objects of a kind in the scope in use, that scope, and whether a table should say where each lives.
pub(crate) async fn list(
    session: &Session,
    kind: Kind,
    everywhere: bool,
    query: &ListQuery,
) -> Outcome<(Vec<AnyObject>, ScopePath, bool)> {
    let scope = if everywhere {
        ScopePath::platform()
    } else if kind == Kind::EnvironmentTemplate {
        // Shipped templates are of use in every organization, so they are left out only when somebody asks for one.
        ScopePath { org: session.explicit.org.clone(), ..ScopePath::default() }
    } else {
        session.scope.clone()
    };
    let exact = kind.levels().len() == 1 && !everywhere;
    match scope_for(kind, &scope) {
        // Asking the collection itself, so that a project that is not there is an error and not an empty list.
        Ok(exact_scope) if exact => {
            let objects = session.client.list(kind, &exact_scope, query).await?;
            Ok((objects, exact_scope, false))
        }
        _ => {
            let objects = session.client.list_everywhere(kind, &scope, query).await?;
            Ok((objects, scope, true))
        }
    }
}

/// Shows changes until somebody stops it.
async fn watch(
    session: &Session,
    kind: Kind,
    scope: ScopePath,
    shown: Vec<AnyObject>,
    with_scope: bool,
    wanted: impl Fn(&AnyObject) -> bool,
) -> Outcome<()> {
    let since = shown.iter().map(AnyObject::resource_version).max();
    let columns = columns::of(kind, with_scope);
    let titles: Vec<&str> = columns.iter().map(|c| c.title).collect();
    // Rows to come stand under the heading of the first table.
    let mut widths: Vec<u16> = titles.iter().map(|t| cell_width(t)).collect();
    for object in &shown {
        widen(&mut widths, &output::row(&columns, object));
    }
    let mut versions: HashMap<String, i64> = shown.iter().map(|o| (o.uid().to_owned(), o.resource_version())).collect();
    let mut watch = session.client.watch(WatchRequest { kinds: vec![kind], scope, since }).await?;
    loop {
        let (event, object) = match watch.next().await? {
            WatchEvent::Synced(_) => continue,
            WatchEvent::Added(object) => ("added", object),
            WatchEvent::Modified(object) => ("modified", object),
            WatchEvent::Deleted(object) => ("deleted", object),
        };
        let known = versions.get(object.uid()).copied().unwrap_or(i64::MIN);
        if !wanted(&object) || (event != "deleted" && object.resource_version() <= known) {
            continue;
        }
        versions.insert(object.uid().to_owned(), object.resource_version());
        match session.out.format {
            Format::Json => {
                let line = serde_json::to_string(&serde_json::json!({ "type": event, "object": object }));
                session.out.line(line.map_err(|e| Failure::other(format!("cannot write JSON: {e}")))?)?;
            }
            Format::Yaml => session.out.stream(std::slice::from_ref(&object))?,
            Format::Name => session.out.line(columns::word(&object))?,
            Format::Table => {
                let mut cells = output::row(&columns, &object);
                if event == "deleted" {
                    cells.iter_mut().skip(1).filter(|cell| *cell == "-").for_each(|cell| cell.clear());
                    cells.push("(deleted)".to_owned());
                }
                widen(&mut widths, &cells);
                session.out.raw(output::table_text(&[], &[cells], false, None, &widths).as_bytes())?;
            }
        }
    }
}

/// The width of a column with a cell: its characters and the space behind.
fn cell_width(text: &str) -> u16 {
    u16::try_from(text.chars().count()).unwrap_or(u16::MAX - 2) + 2
}

fn widen(widths: &mut [u16], cells: &[String]) {
    for (width, cell) in widths.iter_mut().zip(cells) {
        *width = (*width).max(cell_width(cell));
    }
}
