//! Finding things: the organization, project and workspace nobody named, and an object by its name alone.
//!
//! When there is only one candidate it is taken; with several the person is told which there are. Nothing is guessed.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::session::Session;
use warpyard_client::{AnyObject, ListQuery, scope_for};
use warpyard_model::{ErrorCode, Kind, Level, Name, ScopePath};

/// `service instance "nb-1" in /acme/vision`, for messages.
pub(crate) fn describe(kind: Kind, name: &str, scope: &ScopePath) -> String {
    let place = if scope.level() == Level::Platform { String::new() } else { format!(" in {}", scope.key()) };
    format!("{} {name:?}{place}", kind.snake().replace('_', " "))
}

impl Session {
    /// The scope down to `level`, filled in where there is only one choice.
    pub(crate) async fn need(&self, level: Level) -> Outcome<ScopePath> {
        let mut scope = self.scope.clone();
        if level >= Level::Org && scope.org.is_none() {
            scope.org = Some(self.only(Kind::Organization, &ScopePath::platform(), "--org").await?);
        }
        if level >= Level::Project && scope.project.is_none() {
            scope.project = Some(self.only(Kind::Project, &scope, "--project").await?);
        }
        if level >= Level::Workspace && scope.workspace.is_none() {
            scope.workspace = Some(self.only(Kind::Workspace, &scope, "--workspace").await?);
        }
        if level < Level::Workspace {
            scope.workspace = None;
        }
        if level < Level::Project {
            scope.project = None;
        }
        if level < Level::Org {
            scope.org = None;
        }
        Ok(scope)
    }

    /// The only object of `kind` the person sees in `scope`.
    async fn only(&self, kind: Kind, scope: &ScopePath, flag: &str) -> Outcome<Name> {
        let query = ListQuery { sort: Some("name".to_owned()), limit: Some(20), ..ListQuery::default() };
        let found = self.client.list_everywhere(kind, scope, &query).await?;
        let word = kind.snake();
        let place = if scope.level() == Level::Platform { String::new() } else { format!(" in {}", scope.key()) };
        match found.as_slice() {
            [one] => Name::parse(one.name()).map_err(|e| Failure::other(format!("the server sent a {word} without a name: {e}"))),
            [] => {
                let failure = Failure::not_found(format!("there is no {word}{place} that you may use"));
                Err(match kind {
                    Kind::Workspace => failure.with_hint(format!(
                        "make one: echo '{{apiVersion: warpyard.io/v1, kind: Workspace, metadata: {{name: research{}}}}}' | warpyard apply -f -",
                        scope_fields(scope)
                    )),
                    _ => failure.with_hint("ask an administrator for access"),
                })
            }
            several => {
                let names: Vec<&str> = several.iter().map(AnyObject::name).collect();
                Err(Failure::usage(format!("which {word}{place}? There are {}", names.join(", "))).with_hint(format!(
                    "say {flag} NAME, or choose one for good: warpyard config set {} NAME",
                    flag.trim_start_matches('-')
                )))
            }
        }
    }

    /// The object `name` of `kind`, wherever the person may see it inside the known scope.
    pub(crate) async fn find(&self, kind: Kind, name: &str) -> Outcome<AnyObject> {
        // Whatever is no name cannot be there; the server would say the same in other words.
        Name::parse(name).map_err(|e| Failure::usage(format!("{name:?} is not a name: {e}")))?;
        let here = scope_for(kind, &self.scope).ok().filter(|_| kind.levels().len() == 1);
        if let Some(scope) = here {
            return match self.client.get(kind, &scope, name).await {
                Err(error) if error.is_not_found() => Err(self.not_there(kind, name, &scope, Some(error.message)).await),
                other => Ok(other?),
            };
        }
        let scope = if kind == Kind::EnvironmentTemplate { ScopePath::platform() } else { self.scope.clone() };
        let query = ListQuery { search: Some(name.to_owned()), ..ListQuery::default() };
        let mut found = self.client.list_everywhere(kind, &scope, &query).await?;
        found.retain(|object| object.name() == name);
        if kind == Kind::EnvironmentTemplate && found.len() > 1 {
            // An organization's own template stands before the shipped one of the same name.
            let own: Vec<AnyObject> =
                found.iter().filter(|o| o.scope().org.is_some() && o.scope().org == self.scope.org).cloned().collect();
            if !own.is_empty() {
                found = own;
            }
        }
        match found.len() {
            0 => Err(self.not_there(kind, name, &scope, None).await),
            1 => Ok(found.remove(0)),
            _ => {
                let places: Vec<String> = found.iter().map(|o| o.scope().key()).collect();
                Err(Failure::usage(format!("which {}? There is one in {}", describe(kind, name, &scope), places.join(", ")))
                    .with_hint("say which with --org, --project or --workspace"))
            }
        }
    }

    async fn not_there(&self, kind: Kind, name: &str, scope: &ScopePath, told: Option<String>) -> Failure {
        let message = told.unwrap_or_else(|| format!("there is no {}", describe(kind, name, scope)));
        let failure = Failure::not_found(message);
        let others = self.client.list_everywhere(kind, scope, &ListQuery { limit: Some(200), ..ListQuery::default() }).await;
        let others = others.unwrap_or_default();
        match kind_word::nearest(name, others.iter().map(AnyObject::name)) {
            Some(near) => failure.with_hint(format!("did you mean {near}?")),
            None => failure.with_hint(format!("`warpyard get {} -A` lists what there is", kind.plural())),
        }
    }

    /// An instance by `NAME` or `KIND/NAME`. A service stands before the compute instance that came with it, which has its
    /// name; otherwise a name alone is enough only when just one of them is there.
    pub(crate) async fn find_instance(&self, word: &str) -> Outcome<AnyObject> {
        let (kind, name) = kind_word::split(word)?;
        if let Some(kind) = kind {
            if !matches!(kind, Kind::ServiceInstance | Kind::ComputeInstance) {
                return Err(Failure::usage(format!("{} is no instance", kind_word::singular(kind))));
            }
            return self.find(kind, &name).await;
        }
        let service = self.find(Kind::ServiceInstance, &name).await;
        if let Err(failure) = &service
            && failure.exit != Exit::NotFound
        {
            return service;
        }
        if let Ok(service) = &service
            && service.0.pointer("/spec/owns_compute").and_then(serde_json::Value::as_bool) == Some(true)
            && service.text("/spec/compute") == Some(name.as_str())
        {
            return Ok(service.clone());
        }
        match (service, self.find(Kind::ComputeInstance, &name).await) {
            (Ok(_), Ok(_)) => Err(Failure::usage(format!("{name:?} is a service instance and a compute instance"))
                .with_hint(format!("say service/{name} or compute/{name}"))),
            (Ok(one), _) | (Err(_), Ok(one)) => Ok(one),
            (Err(service), Err(_)) => Err(service),
        }
    }

    /// A service instance by `NAME` or `service/NAME`.
    pub(crate) async fn find_service(&self, word: &str) -> Outcome<AnyObject> {
        let (kind, name) = kind_word::split(word)?;
        match kind {
            None | Some(Kind::ServiceInstance) => self.find(Kind::ServiceInstance, &name).await,
            Some(other) => {
                Err(Failure::usage(format!("this works on service instances, not on {}", kind_word::plural_words(other))))
            }
        }
    }
}

/// Whether a list was refused rather than broken, so that another kind may still be read.
pub(crate) fn is_refusal(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::Forbidden | ErrorCode::NotFound)
}

fn scope_fields(scope: &ScopePath) -> String {
    [("org", &scope.org), ("project", &scope.project)]
        .iter()
        .filter_map(|(key, name)| name.as_ref().map(|name| format!(", {key}: {name}")))
        .collect()
}
