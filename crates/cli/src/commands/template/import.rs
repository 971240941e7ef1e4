//! `warpyard template import` and `profile import`: drafts on standard output, what became of each part on standard error.

use crate::arguments::Global;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{Format, Output};
use crate::settings::{Config, Settings};
use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use warpyard_client::AnyObject;
use warpyard_import::archive::{self, MAX_FILES, MAX_PACKED_BYTES, MAX_UNPACKED_BYTES, Unpacked};
use warpyard_import::{ReportItem, Severity, rafay, tofu};
use warpyard_model::{API_VERSION, FieldError, Kind, Name};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard template import ./terraform-aws-vpc
  warpyard template import module.tar.gz --folder modules/nodes --name nodes
  warpyard template import ./net --org acme | warpyard apply -f -

The draft goes to standard output as a document, the report to standard error; `-o json` gives both as one value.
Files are read, never run, and links are not followed. It works without a server.")]
pub(crate) struct ModuleArgs {
    /// The module's folder, or a .zip or .tar.gz archive of it.
    #[arg(value_name = "DIR|ARCHIVE")]
    path: PathBuf,
    /// The folder inside, when there are several modules.
    #[arg(long, value_name = "DIR")]
    folder: Option<String>,
    /// The name of the template; the folder's otherwise.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard profile import small-gpu.yaml
  warpyard profile import small-gpu.yaml --org acme --project vision | warpyard apply -f -

Reads a Rafay compute or service profile (paas.envmgmt.io/v1). The drafts go to standard output as documents, the
report to standard error; `-o json` gives both as one value. It works without a server.")]
pub(crate) struct DocumentArgs {
    /// The document; - is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) fn module(args: ModuleArgs, global: &Global) -> Outcome {
    let name = args.name.as_deref().map(Name::parse).transpose().map_err(|why| Failure::usage(format!("--name: {why}")))?;
    let unpacked = if args.path.is_dir() { folder(&args.path)? } else { packed(&args.path)? };
    // A folder that was given as `.` has its name elsewhere.
    let own = args.path.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    let name = name.or_else(|| own.filter(|_| args.path.is_dir() && args.folder.is_none()).and_then(|own| Name::slug(&own)));
    let import = tofu::template_of(&unpacked, args.folder.as_deref(), name).map_err(|error| refused(&args.path, error))?;
    let place = Place::of(global);
    let documents: Vec<Value> = import
        .template
        .iter()
        .map(|draft| place.document(Kind::EnvironmentTemplate, &draft.metadata, &draft.spec))
        .collect::<Result<_, _>>()?;
    let nothing = documents.is_empty();
    tell(global.output(), &import, &import.report, &documents)?;
    if nothing {
        return Err(Failure::invalid(format!("nothing in {} could be read", args.path.display()), Vec::new()));
    }
    Ok(Exit::Done)
}

pub(crate) fn profile(args: DocumentArgs, global: &Global) -> Outcome {
    let mut text = String::new();
    let most = rafay::MAX_BYTES as u64 + 1;
    if args.file.as_os_str() == "-" {
        let read = std::io::stdin().take(most).read_to_string(&mut text);
        read.map_err(|e| Failure::other(format!("cannot read standard input: {e}")))?;
    } else {
        let file = std::fs::File::open(&args.file).map_err(|e| Failure::file("read", &args.file, &e))?;
        file.take(most).read_to_string(&mut text).map_err(|e| Failure::file("read", &args.file, &e))?;
    }
    let import = rafay::profile_of(&text).map_err(|error| refused(&args.file, error))?;
    let place = Place::of(global);
    let mut documents = Vec::new();
    if let Some(draft) = &import.template {
        documents.push(place.document(Kind::EnvironmentTemplate, &draft.metadata, &draft.spec)?);
    }
    documents.push(place.document(import.kind, &import.profile.metadata, &import.profile.spec)?);
    tell(global.output(), &import, &import.report, &documents)?;
    Ok(Exit::Done)
}

fn refused(path: &Path, error: FieldError) -> Failure {
    let place = if error.path.is_empty() { String::new() } else { format!(" {}:", error.path) };
    Failure::invalid(format!("{}:{place} {}", path.display(), error.message), Vec::new())
}

/// Where drafts will live, as far as flags and the configuration say; no server is asked.
struct Place {
    org: Option<String>,
    project: Option<String>,
}

impl Place {
    fn of(global: &Global) -> Self {
        let configured = Config::load().ok().and_then(|config| Settings::resolve(global, &config).ok());
        let scope = configured.map(|settings| settings.scope).unwrap_or_default();
        let text = |name: Option<Name>| name.map(|name| name.to_string());
        Self {
            org: global.org.clone().or_else(|| text(scope.org)),
            project: global.project.clone().or_else(|| text(scope.project)),
        }
    }

    fn document(&self, kind: Kind, metadata: &impl Serialize, spec: &impl Serialize) -> Outcome<Value> {
        let value = |part: Result<Value, serde_json::Error>| part.map_err(|e| Failure::other(e.to_string()));
        let mut metadata = value(serde_json::to_value(metadata))?;
        if let Some(org) = &self.org {
            metadata["org"] = json!(org);
        }
        if let Some(project) = self.project.as_ref().filter(|_| kind != Kind::EnvironmentTemplate) {
            metadata["project"] = json!(project);
        }
        Ok(json!({ "apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": value(serde_json::to_value(spec))? }))
    }
}

/// Documents for files, or everything for programs. What was carried over is only counted.
fn tell(out: Output, everything: &impl Serialize, report: &[ReportItem], documents: &[Value]) -> Outcome<()> {
    match out.format {
        Format::Json => return out.value(everything),
        Format::Name => documents.iter().try_for_each(|d| out.line(crate::columns::word(&AnyObject(d.clone()))))?,
        Format::Yaml | Format::Table => out.stream(&documents.iter().cloned().map(AnyObject).collect::<Vec<_>>())?,
    }
    let of = |severity: Severity| report.iter().filter(move |item| item.severity == severity);
    for (severity, word) in [(Severity::Lost, "lost"), (Severity::Adapted, "adapted")] {
        for item in of(severity) {
            out.note(format!("{word}: {}: {}", item.item, item.message));
        }
    }
    let count = |severity: Severity| of(severity).count();
    out.note(format!(
        "{} carried over, {} adapted, {} lost",
        count(Severity::Carried),
        count(Severity::Adapted),
        count(Severity::Lost)
    ));
    Ok(())
}

fn packed(path: &Path) -> Outcome<Unpacked> {
    let file = std::fs::File::open(path).map_err(|e| Failure::file("read", path, &e))?;
    let mut bytes = Vec::new();
    file.take(MAX_PACKED_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|e| Failure::file("read", path, &e))?;
    archive::unpack(&bytes).map_err(|error| refused(path, error))
}

/// The files of a folder that OpenTofu would read, those below it included.
fn folder(root: &Path) -> Outcome<Unpacked> {
    let mut files = Vec::new();
    let mut links = Vec::new();
    let mut waiting = vec![root.to_owned()];
    let mut bytes = 0;
    while let Some(folder) = waiting.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| Failure::file("read", &folder, &e))?;
        for entry in entries {
            let entry = entry.map_err(|e| Failure::file("read", &folder, &e))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(|e| Failure::file("read", &path, &e))?;
            let inside = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            // `.git` and `.terraform` hold what others wrote.
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            } else if kind.is_dir() {
                waiting.push(path);
            } else if !archive::is_wanted(&inside) {
                continue;
            } else if !kind.is_file() {
                links.push(inside);
            } else {
                let mut content = Vec::new();
                std::fs::File::open(&path)
                    .and_then(|file| file.take(MAX_UNPACKED_BYTES + 1).read_to_end(&mut content))
                    .map_err(|e| Failure::file("read", &path, &e))?;
                bytes += content.len() as u64;
                match String::from_utf8(content) {
                    Ok(text) => files.push((inside, text)),
                    Err(_) => links.push(inside),
                }
            }
            if files.len() > MAX_FILES || bytes > MAX_UNPACKED_BYTES {
                let limits = format!("at most {MAX_FILES} files and {MAX_UNPACKED_BYTES} bytes");
                return Err(Failure::invalid(format!("{} is too large for a module: {limits}", root.display()), Vec::new()));
            }
        }
    }
    files.sort();
    let mut unpacked = archive::collect(files).map_err(|error| refused(root, error))?;
    for path in links {
        unpacked.report.push(ReportItem {
            item: format!("file {path}"),
            severity: Severity::Lost,
            message: "it is a link, which is not followed, or no UTF-8 text".to_owned(),
        });
    }
    Ok(unpacked)
}
