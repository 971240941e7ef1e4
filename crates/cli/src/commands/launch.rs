//! `warpyard launch`: from a card of the catalogue to a running instance.
//!
//! The form says of which type each input is and what is wrong with the values; the same answer holds the summary that
//! `--dry-run` shows. Nothing is checked here that the server checks.

use super::input_values::values;
use super::parse_duration;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::output::Format;
use crate::session::Session;
use crate::wait::{self, Goal};
use crate::{columns, place};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher};
use std::time::Duration;
use warpyard_client::{AnyObject, CatalogueCard, FormAnswer, FormRequest};
use warpyard_model::inputs::{Form, Values};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{ErrorCode, Kind, Level, Name, ScopePath, name};

/// How many times a name that was made up may be taken before giving up.
const NAME_TRIES: usize = 5;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard launch jupyterlab --wait
  warpyard launch jupyterlab --name nb-1 -i disk=20GiB --compute-input gpus=2
  warpyard launch vllm --preset small --dry-run        price, size and room, without launching
  warpyard launch batch -i script=@train.py --wait --timeout 2h
  warpyard launch small --kind compute --on-behalf-of ana

Values: true or false, 20GiB, 2h30m, lists as a,b, maps as KEY=VALUE,KEY=VALUE, JSON where a field takes it,
@FILE for what is in a file (@@ for an @). A list or map given twice grows.")]
pub(crate) struct LaunchArgs {
    /// The profile in the catalogue; HOME/NAME when two projects share one of the same name.
    profile: String,
    /// The instance's name; the profile's and four letters where absent.
    #[arg(long)]
    name: Option<String>,
    /// What people read as its name.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// An input of the profile; may be given several times.
    #[arg(short, long, value_name = "KEY=VALUE")]
    input: Vec<String>,
    /// Run on this compute instance.
    #[arg(long, value_name = "NAME")]
    compute: Option<String>,
    /// An input of the compute profile, when a compute instance is made too.
    #[arg(long, value_name = "KEY=VALUE", conflicts_with = "compute")]
    compute_input: Vec<String>,
    /// A preset of the profile; inputs given as well win.
    #[arg(long, value_name = "NAME")]
    preset: Option<String>,
    /// Which kind of profile, when both have the name.
    #[arg(long, value_enum, value_name = "service|compute", hide_possible_values = true)]
    kind: Option<ProfileKind>,
    /// Whose instance it is; needs the grant to launch on behalf.
    #[arg(long, value_name = "USER")]
    on_behalf_of: Option<String>,
    /// Wait until it runs, showing its steps; a batch job until it ends, with its exit code.
    #[arg(long)]
    wait: bool,
    /// How long to wait at most.
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = parse_duration)]
    timeout: Duration,
    /// Only show size, price, capacity and what would be made.
    #[arg(long, conflicts_with = "wait")]
    dry_run: bool,
}

/// The kinds of profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileKind {
    /// Something that runs on compute.
    Service,
    /// A size.
    Compute,
}

impl ProfileKind {
    /// The kind of the profile.
    pub(crate) fn profile(self) -> Kind {
        match self {
            ProfileKind::Service => Kind::ServiceProfile,
            ProfileKind::Compute => Kind::ComputeProfile,
        }
    }
}

/// Everything that a launch sends.
struct Plan {
    kind: Kind,
    scope: ScopePath,
    profile: String,
    spec: Value,
    form: FormAnswer,
}

pub(crate) async fn run(args: LaunchArgs, session: Session) -> Outcome {
    if let Some(name) = &args.name {
        Name::parse(name).map_err(|e| Failure::usage(format!("--name {name:?}: {e}")))?;
    }
    let project = session.need(Level::Project).await?;
    let card = find_card(&session, &project, &args).await?;
    let plan = plan(&session, card, &args).await?;
    if args.dry_run {
        return dry_run(&session, &args, &plan).await;
    }
    let made = create(&session, &args, &plan, false).await?;
    let word = columns::word(&made);
    let place = made.scope().key();
    if !args.wait {
        let phase = made.phase().unwrap_or("pending");
        session.out.object(&format!("{word} in {place} is {phase}."), &made)?;
        return Ok(Exit::Done);
    }
    session.out.note(format!("{word} in {place}"));
    let ended = wait::for_instance(&session, &made, Goal::Up, args.timeout).await?;
    let phase = ended.phase().unwrap_or_default();
    let ready = ended.array("/status/endpoints").iter().any(|e| e.get("ready").and_then(Value::as_bool) == Some(true));
    let open = if ready { format!(" Open it with `warpyard open {}`.", ended.name()) } else { String::new() };
    session.out.object(&format!("{word} is {phase}.{open}"), &ended)?;
    Ok(Exit::Done)
}

/// The card that was meant.
async fn find_card(session: &Session, project: &ScopePath, args: &LaunchArgs) -> Outcome<CatalogueCard> {
    let (home, wanted) = match args.profile.split_once('/') {
        Some((home, name)) => (Some(home), name),
        None => (None, args.profile.as_str()),
    };
    let (org, here) = names(project)?;
    let cards = session.client.catalogue(&org, &here).await?;
    let mut found: Vec<&CatalogueCard> = cards
        .iter()
        .filter(|card| card.name == wanted)
        .filter(|card| home.is_none_or(|home| card.project == home))
        .filter(|card| args.kind.is_none_or(|kind| card.kind == kind.profile()))
        .collect();
    // The project's own card stands before a shared one of the same name.
    if found.len() > 1 && home.is_none() && found.iter().any(|card| card.project == here) {
        found.retain(|card| card.project == here);
    }
    match found.as_slice() {
        [card] => Ok((*card).clone()),
        [] => {
            let failure =
                Failure::not_found(format!("the catalogue of {} has no published profile {:?}", project.key(), args.profile));
            Err(match kind_word::nearest(wanted, cards.iter().map(|c| c.name.as_str())) {
                Some(near) => failure.with_hint(format!("did you mean {near}?")),
                None if cards.is_empty() => {
                    failure.with_hint("nothing is published there yet; a PaaS admin can publish profiles")
                }
                None => {
                    let names: Vec<&str> = cards.iter().map(|c| c.name.as_str()).collect();
                    failure.with_hint(format!("there are {}", names.join(", ")))
                }
            })
        }
        several if several.iter().any(|card| card.kind != several[0].kind) => {
            Err(Failure::usage(format!("{wanted:?} is a service profile and a compute profile"))
                .with_hint("say --kind service or --kind compute"))
        }
        several => {
            let words: Vec<String> = several.iter().map(|c| format!("{}/{}", c.project, c.name)).collect();
            Err(Failure::usage(format!("which {wanted:?}? Several projects share one"))
                .with_hint(format!("say {}", words.join(" or "))))
        }
    }
}

fn names(scope: &ScopePath) -> Outcome<(String, String)> {
    match (&scope.org, &scope.project) {
        (Some(org), Some(project)) => Ok((org.to_string(), project.to_string())),
        _ => Err(Failure::usage("which project? Say --org and --project")),
    }
}

async fn plan(session: &Session, card: CatalogueCard, args: &LaunchArgs) -> Outcome<Plan> {
    let scope = session.need(Level::Workspace).await?;
    let project = ScopePath { workspace: None, ..scope.clone() };
    let mut request = FormRequest {
        workspace: scope.workspace.as_ref().map(ToString::to_string),
        compute: args.compute.clone(),
        ..FormRequest::default()
    };
    let ask = async |request: &FormRequest| session.client.form(card.kind, &project, &card.name, &card.project, request).await;
    let first = ask(&request).await?;
    let preset = match &args.preset {
        Some(wanted) => preset(&first.form, wanted)?,
        None => Values::default(),
    };
    request.inputs = values(Some(&first.form), &args.input, preset)?;
    request.compute_inputs = values(first.compute_form.as_ref(), &args.compute_input, Values::default())?;
    let untouched = request.inputs.is_empty() && request.compute_inputs.is_empty();
    let form = if untouched { first } else { ask(&request).await? };
    if !form.errors.is_empty() {
        let count = form.errors.len();
        let message = match form.errors.as_slice() {
            [one] => format!("{}: {}", one.path, one.message),
            _ => format!("{count} inputs of {} break a rule", card.name),
        };
        let asks_for_compute = form.errors.iter().any(|e| e.path == "compute") && !form.compute_options.is_empty();
        let failure = Failure::invalid(message, form.errors);
        return Err(if asks_for_compute {
            let options: Vec<&str> = form.compute_options.iter().map(|o| o.name.as_str()).collect();
            failure.with_hint(format!("run it on one of these with --compute: {}", options.join(", ")))
        } else {
            failure
        });
    }

    let mut profile = Map::new();
    profile.insert("name".to_owned(), json!(card.name));
    if !card.project.is_empty() {
        profile.insert("project".to_owned(), json!(card.project));
    }
    let mut spec = Map::new();
    spec.insert("profile".to_owned(), Value::Object(profile));
    spec.insert("inputs".to_owned(), json!(request.inputs));
    if !request.compute_inputs.is_empty() {
        spec.insert("compute_inputs".to_owned(), json!(request.compute_inputs));
    }
    for (key, value) in [("compute", &args.compute), ("owner", &args.on_behalf_of)] {
        if let Some(value) = value {
            spec.insert(key.to_owned(), json!(value));
        }
    }
    let kind = if card.kind == Kind::ComputeProfile { Kind::ComputeInstance } else { Kind::ServiceInstance };
    Ok(Plan { kind, scope, profile: card.name, spec: Value::Object(spec), form })
}

fn preset(form: &Form, wanted: &str) -> Outcome<Values> {
    match form.presets.iter().find(|preset| preset.name == wanted) {
        Some(preset) => Ok(preset.values.clone()),
        None => {
            let names: Vec<&str> = form.presets.iter().map(|p| p.name.as_str()).collect();
            let failure = Failure::not_found(format!("the profile has no preset {wanted:?}"));
            Err(if names.is_empty() { failure } else { failure.with_hint(format!("there are {}", names.join(", "))) })
        }
    }
}

/// Makes the instance. A name that was made up and is taken is made up again.
async fn create(session: &Session, args: &LaunchArgs, plan: &Plan, dry_run: bool) -> Outcome<AnyObject> {
    let mut tries = 0;
    loop {
        tries += 1;
        let text = args.name.clone().unwrap_or_else(|| generated_name(&plan.profile));
        let metadata = NewMetadata {
            name: Name::parse(&text).map_err(|e| Failure::usage(format!("{text:?}: {e}")).with_hint("give a --name"))?,
            display_name: args.display_name.clone().unwrap_or_default(),
            description: String::new(),
            labels: BTreeMap::new(),
        };
        match session.client.create(plan.kind, &plan.scope, &metadata, &plan.spec, dry_run).await {
            Err(error) if error.code == ErrorCode::AlreadyExists && args.name.is_none() && tries < NAME_TRIES => {}
            Err(error) => return Err(error.into()),
            Ok(object) => return Ok(object),
        }
    }
}

async fn dry_run(session: &Session, args: &LaunchArgs, plan: &Plan) -> Outcome {
    let checked = create(session, args, plan, true).await?;
    let summary = &plan.form.summary;
    let makes_compute = plan.kind == Kind::ServiceInstance && args.compute.is_none() && plan.form.compute_form.is_some();
    let mut would_create = vec![columns::word(&checked)];
    if makes_compute {
        would_create.push("a compute instance that goes with it".to_owned());
    }
    let out = session.out;
    match out.format {
        Format::Json | Format::Yaml => out.value(&json!({
            "would_create": would_create, "scope": plan.scope, "summary": summary,
            "inputs": plan.form.values, "compute_inputs": plan.form.compute_values, "object": checked,
        }))?,
        Format::Name => out.line(columns::word(&checked))?,
        Format::Table => {
            let fact = |key: &str, value: &str| {
                if value.is_empty() { Ok(()) } else { out.line(format!("{:<13} {value}", format!("{key}:"))) }
            };
            fact("Would make", &format!("{} in {}", would_create.join(" and "), plan.scope.key()))?;
            fact("Size", &summary.size.as_ref().map(ToString::to_string).unwrap_or_default())?;
            fact("Price", &price(&plan.form))?;
            let capacity = &summary.capacity;
            let room = if capacity.message.is_empty() { capacity.state.replace('_', " ") } else { capacity.message.clone() };
            fact("Capacity", &room)?;
            fact("Target", summary.target.as_deref().unwrap_or_default())?;
            fact("Isolation", &summary.isolation)?;
            for access in &summary.access {
                let title = if access.title.is_empty() { &access.endpoint } else { &access.title };
                fact("Opens for", &format!("{} ({title})", access.access))?;
            }
            let sensitive: Vec<&str> = [Some(&plan.form.form), plan.form.compute_form.as_ref()]
                .into_iter()
                .flatten()
                .flat_map(|form| form.fields.iter())
                .filter(|f| f.field.sensitive)
                .map(|f| f.field.name.as_str())
                .collect();
            for (prefix, values) in [("inputs", &plan.form.values), ("compute_inputs", &plan.form.compute_values)] {
                for (key, value) in values {
                    let shown = if sensitive.contains(&key.as_str()) { "(hidden)".to_owned() } else { value.to_string() };
                    fact(&format!("{prefix}.{key}"), &shown)?;
                }
            }
        }
    }
    // A launch that can never run is told as such; one that would wait is still a launch.
    if matches!(summary.capacity.state.as_str(), "never" | "no_target") {
        return Err(Failure::new(
            Exit::Unavailable,
            format!(
                "{} could not run now or later: {}",
                place::describe(plan.kind, checked.name(), &plan.scope),
                summary.capacity.message
            ),
        ));
    }
    Ok(Exit::Done)
}

fn price(form: &FormAnswer) -> String {
    let summary = &form.summary;
    match (&summary.price_per_hour, &summary.price_per_month) {
        (Some(hour), Some(month)) => format!("{hour} {0} per hour, {month} {0} per month", summary.currency),
        (Some(hour), None) => format!("{hour} {} per hour", summary.currency),
        (None, _) => "none".to_owned(),
    }
}

/// `<profile>-<4 letters>`, short enough for a name.
fn generated_name(profile: &str) -> String {
    let letters = random_letters();
    let room = name::MAX_LENGTH - letters.len() - 1;
    let short: String = profile.chars().take(room).collect();
    format!("{}-{letters}", short.trim_end_matches('-'))
}

/// Four letters that are likely to be unused; without vowels, so that they spell nothing.
pub(crate) fn random_letters() -> String {
    const LETTERS: &[u8] = b"bcdfghjkmnpqrstvwxz";
    // The standard library seeds every hasher state at random, which is all that is needed here.
    let mut number = std::hash::RandomState::new().build_hasher().finish();
    (0..4)
        .map(|_| {
            let letter = LETTERS[usize::try_from(number % LETTERS.len() as u64).unwrap_or_default()];
            number /= LETTERS.len() as u64;
            char::from(letter)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_are_names() {
        for profile in ["jupyterlab", "a", &"x".repeat(48), &format!("{}-b", "x".repeat(42))] {
            let name = generated_name(profile);
            assert!(Name::parse(&name).is_ok(), "{name}");
        }
        assert_ne!(random_letters() + &random_letters(), random_letters() + &random_letters());
    }
}
