//! `warpyard template test`: a folder of templates and profiles, checked as the server would, without one.

use super::case::{Case, CaseFile, Subject};
use crate::commands::documents;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Output};
use clap::Args;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use warpyard_model::document::{self, Document};
use warpyard_model::inputs::{InputRule, LiveOptions, Preset, effective_form};
use warpyard_model::kinds::{ComputeProfile, EnvironmentTemplate, ServiceProfile, TemplateRef};
use warpyard_model::{FieldError, Kind, Name, Spec};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard template test platform/
  warpyard template test platform/ --update      accept what is rendered now

Checks every template and profile of the folder, then runs the cases in tests/*.yaml:

  template: hello                 # or profile: NAME; only needed when there are several
  cases:
    - name: defaults
      inputs: {greeting: hi}
      expect: {greeting: hi}      # values that come out
    - name: too long
      inputs: {greeting: hi there, all of you}
      errors: {greeting: at most}

What a case renders is compared with tests/golden/FILE.CASE.yaml. It works without a server and ends with 1 when
something is wrong, so that a pipeline can run it.")]
pub(crate) struct TestArgs {
    /// The folder.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write the golden files anew.
    #[arg(long)]
    update: bool,
}

/// How one file or case went.
#[derive(Debug, Serialize)]
struct Checked {
    /// The document or case.
    name: String,
    /// What is wrong; nothing when it is good.
    problems: Vec<String>,
}

/// What a folder holds.
#[derive(Default)]
struct Folder {
    templates: Vec<(Name, EnvironmentTemplate)>,
    profiles: Vec<Profile>,
}

struct Profile {
    kind: Kind,
    name: Name,
    template: TemplateRef,
    rules: Vec<InputRule>,
    presets: Vec<Preset>,
}

pub(crate) fn run(args: TestArgs, out: Output) -> Outcome {
    let tests = args.folder.join("tests");
    let mut checked = Vec::new();
    let folder = read(&args.folder, &tests, &mut checked)?;
    for profile in &folder.profiles {
        if let Some(problems) = folder.check(profile) {
            checked.push(Checked { name: profile.word(), problems });
        }
    }
    let mut golden = Golden { folder: tests.join("golden"), update: args.update, used: BTreeSet::new() };
    let files = if tests.is_dir() { documents::files_in(&tests)? } else { Vec::new() };
    for file in &files {
        if file.starts_with(&golden.folder) {
            continue;
        }
        cases(file, &folder, &mut golden, &mut checked)?;
    }
    golden.leftovers(&mut checked)?;
    if checked.is_empty() {
        return Err(Failure::usage(format!("there is no template, profile or case in {}", args.folder.display())));
    }
    let bad = checked.iter().filter(|checked| !checked.problems.is_empty()).count();
    if out.for_people() {
        for checked in &checked {
            out.line(format!("{} {}", if checked.problems.is_empty() { "ok    " } else { "FAILED" }, checked.name))?;
            checked.problems.iter().try_for_each(|problem| out.line(format!("         {problem}")))?;
        }
        out.line(format!("{} good, {bad} failed", checked.len() - bad))?;
    } else {
        out.value(&serde_json::json!({ "items": checked }))?;
    }
    Ok(if bad == 0 { Exit::Done } else { Exit::Other })
}

/// Reads and checks every document outside of `tests`.
fn read(root: &Path, tests: &Path, checked: &mut Vec<Checked>) -> Outcome<Folder> {
    let mut folder = Folder::default();
    for file in documents::files_in(root)?.iter().filter(|file| !file.starts_with(tests)) {
        let text = std::fs::read_to_string(file).map_err(|e| Failure::file("read", file, &e))?;
        match document::parse(&text) {
            Ok(documents) => documents.into_iter().for_each(|document| folder.add(document, file, checked)),
            Err(error) => checked.push(Checked { name: file.display().to_string(), problems: told(&error.fields) }),
        }
    }
    Ok(folder)
}

fn told(errors: &[FieldError]) -> Vec<String> {
    let place = |error: &FieldError| if error.path.is_empty() { String::new() } else { format!("{}: ", error.path) };
    errors.iter().map(|error| format!("{}{}", place(error), error.message)).collect()
}

/// A spec of a kind, or what is wrong with it.
fn spec<S: Spec>(document: &Document) -> Result<S, Vec<String>> {
    let spec: S = serde_json::from_value(document.spec.clone()).map_err(|error| vec![format!("spec: {error}")])?;
    let errors = told(&spec.validate());
    if errors.is_empty() { Ok(spec) } else { Err(errors) }
}

impl Folder {
    fn add(&mut self, document: Document, file: &Path, checked: &mut Vec<Checked>) {
        let name = document.metadata.name.clone();
        let problems = match document.kind {
            Kind::EnvironmentTemplate => spec(&document).map(|spec| self.templates.push((name.clone(), spec))),
            Kind::ComputeProfile => spec::<ComputeProfile>(&document).map(|spec| {
                let (kind, name) = (document.kind, name.clone());
                self.profiles.push(Profile { kind, name, template: spec.template, rules: spec.inputs, presets: spec.presets });
            }),
            Kind::ServiceProfile => spec::<ServiceProfile>(&document).map(|spec| {
                let (kind, name) = (document.kind, name.clone());
                self.profiles.push(Profile { kind, name, template: spec.template, rules: spec.inputs, presets: spec.presets });
            }),
            _ => return,
        };
        let word = crate::kind_word::singular(document.kind);
        let problems = problems.err().unwrap_or_default();
        checked.push(Checked { name: format!("{}: {word}/{name}", file.display()), problems });
    }

    fn template(&self, name: &str) -> Option<&EnvironmentTemplate> {
        self.templates.iter().find(|(own, _)| own.as_str() == name).map(|(_, template)| template)
    }

    /// What is wrong between a profile and its template; nothing is known of a template that is not in the folder.
    fn check(&self, profile: &Profile) -> Option<Vec<String>> {
        let template = self.template(profile.template.name.as_str())?;
        let Some(version) = template.version(&profile.template.version) else {
            let why = format!("the template {} has no version {}", profile.template.name, profile.template.version);
            return Some(vec![why]);
        };
        let form = effective_form(&version.inputs, &profile.rules, &profile.presets, &LiveOptions::new());
        Some(form.err().map(|errors| told(&errors)).unwrap_or_default())
    }

    /// What the cases of a file are about.
    fn subject(&self, file: &CaseFile) -> Result<Subject<'_>, String> {
        let profile = match &file.profile {
            None => None,
            Some(word) => {
                let named = |profile: &&Profile| profile.name.as_str() == word || profile.word() == *word;
                match self.profiles.iter().filter(named).collect::<Vec<_>>().as_slice() {
                    [one] => Some(*one),
                    [] => return Err(format!("there is no profile {word:?} in the folder")),
                    _ => return Err(format!("there are several profiles {word:?}; write KIND/NAME")),
                }
            }
        };
        let name = match (&file.template, profile, self.templates.as_slice()) {
            (Some(name), ..) => name.as_str(),
            (None, Some(profile), _) => profile.template.name.as_str(),
            (None, None, [(name, _)]) => name.as_str(),
            (None, None, []) => return Err("there is no template in the folder".to_owned()),
            (None, None, _) => return Err("there are several templates in the folder; say which with template: NAME".to_owned()),
        };
        let template = self.template(name).ok_or_else(|| format!("there is no template {name:?} in the folder"))?;
        let wanted = file.version.as_ref().or(profile.map(|profile| &profile.template.version));
        let version = match wanted {
            Some(wanted) => template.version(wanted).ok_or_else(|| format!("the template {name} has no version {wanted}"))?,
            None => template.versions.last().ok_or_else(|| format!("the template {name} has no version"))?,
        };
        let (rules, presets) = profile.map_or((&[][..], &[][..]), |profile| (&profile.rules, &profile.presets));
        Ok(Subject { version, rules, presets })
    }
}

impl Profile {
    fn word(&self) -> String {
        format!("{}/{}", crate::kind_word::singular(self.kind), self.name)
    }
}

/// Runs the cases of a file.
fn cases(file: &Path, folder: &Folder, golden: &mut Golden, checked: &mut Vec<Checked>) -> Outcome<()> {
    let text = std::fs::read_to_string(file).map_err(|e| Failure::file("read", file, &e))?;
    let shown = file.display().to_string();
    let read: CaseFile = match serde_saphyr::from_str(&text) {
        Ok(read) => read,
        Err(error) => {
            let why = error.to_string().lines().next().unwrap_or_default().to_owned();
            checked.push(Checked { name: shown, problems: vec![why] });
            return Ok(());
        }
    };
    let subject = match folder.subject(&read) {
        Ok(subject) => subject,
        Err(why) => {
            checked.push(Checked { name: shown, problems: vec![why] });
            return Ok(());
        }
    };
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut names = BTreeSet::new();
    for case in &read.cases {
        let mut problems = match case.run(&subject) {
            Ok(None) => Vec::new(),
            Ok(Some(rendered)) => golden.compare(&format!("{stem}.{}", slug(case)), &output::yaml(&rendered)?)?,
            Err(problems) => problems,
        };
        if !names.insert(slug(case)) {
            problems.push("another case of the file has this name".to_owned());
        }
        checked.push(Checked { name: format!("{shown}: {}", case.name), problems });
    }
    Ok(())
}

fn slug(case: &Case) -> String {
    Name::slug(&case.name).map_or_else(|| "case".to_owned(), |name| name.to_string())
}

/// The golden files.
struct Golden {
    folder: PathBuf,
    update: bool,
    used: BTreeSet<PathBuf>,
}

impl Golden {
    /// Compares with what was accepted before, or accepts it.
    fn compare(&mut self, name: &str, rendered: &str) -> Outcome<Vec<String>> {
        let path = self.folder.join(format!("{name}.yaml"));
        self.used.insert(path.clone());
        let recorded = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        if recorded.as_deref() == Some(rendered) {
            return Ok(Vec::new());
        }
        if self.update {
            std::fs::create_dir_all(&self.folder).map_err(|e| Failure::file("make", &self.folder, &e))?;
            std::fs::write(&path, rendered).map_err(|e| Failure::file("write", &path, &e))?;
            return Ok(Vec::new());
        }
        let Some(recorded) = recorded else {
            return Ok(vec![format!("there is no {}; look at what is rendered with --update and keep the file", path.display())]);
        };
        let mut problems = vec![format!("it renders something else than {}; accept it with --update:", path.display())];
        let (old, new): (Vec<&str>, Vec<&str>) = (recorded.lines().collect(), rendered.lines().collect());
        let same = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        problems.push(format!("line {}: {:?} was {:?}", same + 1, new.get(same).unwrap_or(&""), old.get(same).unwrap_or(&"")));
        Ok(problems)
    }

    /// Golden files that belong to no case any more.
    fn leftovers(&self, checked: &mut Vec<Checked>) -> Outcome<()> {
        if !self.folder.is_dir() {
            return Ok(());
        }
        for path in documents::files_in(&self.folder)?.into_iter().filter(|path| !self.used.contains(path)) {
            if self.update {
                std::fs::remove_file(&path).map_err(|e| Failure::file("remove", &path, &e))?;
            } else {
                let problems = vec!["it belongs to no case that renders something; remove it, or use --update".to_owned()];
                checked.push(Checked { name: path.display().to_string(), problems });
            }
        }
        Ok(())
    }
}
