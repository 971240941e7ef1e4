//! Routes and their OpenAPI 3.1 description from one declaration.
//!
//! Handlers are generic over kinds, so the description is built beside the route instead of by a macro over one function
//! per operation; JSON Schema 2020-12 from `schemars` is what OpenAPI 3.1 takes as it is.

use crate::problem::Problem;
use crate::state::AppState;
use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, on};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Who may call an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// Nobody in particular: no credentials.
    Nothing,
    /// A signed-in person; what they get is their own.
    SignIn,
    /// This permission on what the path names (`kind.verb`).
    Permission(String),
}

/// One declared operation.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The HTTP method.
    pub method: Method,
    /// The path with `{parameters}`.
    pub path: String,
    /// Unique: `compute_profile_list`.
    pub id: String,
    /// Who may call it.
    pub needs: Needs,
    summary: String,
    tag: String,
    query: Option<Value>,
    /// What it takes, by media type; empty where it takes nothing.
    body: Vec<(String, Value)>,
    answers: Vec<(u16, &'static str, String, Value)>,
    problems: Vec<u16>,
}

/// Collects routes and their description.
pub(crate) struct Routes {
    router: Router<Arc<AppState>>,
    generator: SchemaGenerator,
    pub(crate) operations: Vec<Operation>,
}

/// Builds one operation.
pub(crate) struct Declared<'a> {
    routes: &'a mut Routes,
    operation: Operation,
}

impl Routes {
    pub(crate) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|s| {
            s.definitions_path = "/components/schemas".into();
            s.meta_schema = None;
        });
        Self { router: Router::new(), generator: settings.into_generator(), operations: Vec::new() }
    }

    pub(crate) fn declare(&mut self, method: Method, path: &str, id: &str, tag: &str, summary: &str) -> Declared<'_> {
        let operation = Operation {
            method,
            path: path.to_owned(),
            id: id.to_owned(),
            needs: Needs::SignIn,
            summary: summary.to_owned(),
            tag: tag.to_owned(),
            query: None,
            body: Vec::new(),
            answers: Vec::new(),
            problems: Vec::new(),
        };
        Declared { routes: self, operation }
    }

    pub(crate) fn finish(self) -> (Router<Arc<AppState>>, Value) {
        let Self { router, mut generator, operations } = self;
        let problem = generator.subschema_for::<Problem>().to_value();
        let mut problems = Map::new();
        let mut paths: Map<String, Value> = Map::new();
        for operation in &operations {
            let entry = paths.entry(operation.path.clone()).or_insert_with(|| json!({}));
            entry[operation.method.as_str().to_lowercase()] = operation.describe();
            for status in operation.problem_statuses() {
                let name = axum::http::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error");
                let response = json!({ "description": name, "content": { "application/problem+json": { "schema": problem } } });
                problems.insert(format!("Problem{status}"), response);
            }
        }
        let schemas = Value::Object(generator.take_definitions(true));
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Warpyard",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "Self-hosted GPU PaaS. Sizes are bytes, durations seconds, times RFC 3339 in UTC, money decimal strings. Errors are RFC 9457 problems.",
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
            },
            "security": [{ "token": [] }, { "session": [] }],
            "paths": paths,
            "components": {
                "schemas": schemas,
                "responses": problems,
                "securitySchemes": {
                    "token": { "type": "http", "scheme": "bearer", "description": "A personal token, wyd_…" },
                    "session": { "type": "apiKey", "in": "cookie", "name": "__Host-warpyard_session" }
                }
            }
        });
        (router, document)
    }
}

impl Declared<'_> {
    pub(crate) fn needs(mut self, needs: Needs) -> Self {
        self.operation.needs = needs;
        self
    }

    pub(crate) fn permission(self, word: impl Into<String>) -> Self {
        self.needs(Needs::Permission(word.into()))
    }

    pub(crate) fn query<T: JsonSchema>(mut self) -> Self {
        let mut schema = serde_json::to_value(self.routes.generator.root_schema_for::<T>()).unwrap_or_default();
        // A root schema carries every definition made so far: kept for each operation, that is tens of megabytes at start.
        if let Some(object) = schema.as_object_mut() {
            object.retain(|key, _| key == "properties" || key == "required");
        }
        self.operation.query = Some(schema);
        self
    }

    pub(crate) fn body<T: JsonSchema>(self) -> Self {
        self.body_as::<T>("application/json")
    }

    pub(crate) fn body_as<T: JsonSchema>(mut self, media: &str) -> Self {
        let schema = self.routes.generator.subschema_for::<T>();
        self.operation.body.push((media.to_owned(), schema.to_value()));
        self
    }

    /// Bytes in a format that has no schema.
    pub(crate) fn body_of_bytes(mut self, media: &str) -> Self {
        self.operation.body.push((media.to_owned(), json!({ "type": "string", "format": "binary" })));
        self
    }

    /// Text in a format that has no schema here.
    pub(crate) fn answers<T: JsonSchema>(mut self, status: u16, text: &str) -> Self {
        let schema = self.routes.generator.subschema_for::<T>().to_value();
        self.operation.answers.push((status, "application/json", text.to_owned(), schema));
        self
    }

    pub(crate) fn answers_as(mut self, status: u16, media: &'static str, text: &str) -> Self {
        self.operation.answers.push((status, media, text.to_owned(), json!({ "type": "string" })));
        self
    }

    pub(crate) fn answers_nothing(mut self, status: u16, text: &str) -> Self {
        self.operation.answers.push((status, "", text.to_owned(), Value::Null));
        self
    }

    /// Problems beside 401, 403, 404, 422, 429 and 503, which every operation may answer.
    pub(crate) fn problems(mut self, statuses: &[u16]) -> Self {
        self.operation.problems.extend(statuses);
        self
    }

    pub(crate) fn to<H, T>(self, handler: H)
    where
        H: axum::handler::Handler<T, Arc<AppState>>,
        T: 'static,
    {
        let Declared { routes, operation } = self;
        let filter = axum::routing::MethodFilter::try_from(operation.method.clone()).unwrap_or(axum::routing::MethodFilter::GET);
        let method_router: MethodRouter<Arc<AppState>> = on(filter, handler);
        let router = std::mem::take(&mut routes.router);
        routes.router = router.route(&operation.path, method_router);
        routes.operations.push(operation);
    }
}

impl Operation {
    /// The problems it may answer.
    fn problem_statuses(&self) -> Vec<u16> {
        let mut statuses = vec![403, 404, 422, 429, 503];
        if self.needs != Needs::Nothing {
            statuses.push(401);
        }
        if !self.body.is_empty() {
            statuses.push(413);
        }
        if self.takes_idempotency_key() {
            // The key was used for another request, or its first one is still under way.
            statuses.push(409);
        }
        statuses.extend(&self.problems);
        statuses.sort_unstable();
        statuses.dedup();
        statuses
    }

    fn takes_idempotency_key(&self) -> bool {
        self.method == Method::POST && self.needs != Needs::Nothing
    }

    fn describe(&self) -> Value {
        let mut parameters: Vec<Value> = self
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')))
            .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
            .collect();
        if let Some(query) = &self.query
            && let Some(properties) = query["properties"].as_object()
        {
            let required: Vec<&str> = query["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            for (name, schema) in properties {
                let mut schema = schema.clone();
                let description = schema.as_object_mut().and_then(|s| s.remove("description"));
                parameters.push(json!({
                    "name": name, "in": "query", "required": required.contains(&name.as_str()),
                    "description": description, "schema": never_null(schema)
                }));
            }
        }
        if self.takes_idempotency_key() {
            parameters.push(json!({
                "name": "Idempotency-Key", "in": "header", "required": false,
                "description": "Sent again with the same key, the request is answered as the first time and done once.",
                "schema": { "type": "string", "minLength": 1, "maxLength": crate::idempotency::KEY_MAX }
            }));
        }
        let mut responses = Map::new();
        for (status, media, text, schema) in &self.answers {
            // One status may come as several media types.
            let response = responses.entry(status.to_string()).or_insert_with(|| json!({ "description": text }));
            if !media.is_empty() {
                // What comes in an event is one JSON text per line; OpenAPI 3.1 has no words for that.
                let described = if *media == "text/event-stream" { json!({}) } else { json!({ "schema": schema }) };
                response["content"][*media] = described;
            }
        }
        for status in self.problem_statuses() {
            responses
                .entry(status.to_string())
                .or_insert_with(|| json!({ "$ref": format!("#/components/responses/Problem{status}") }));
        }
        let mut out = json!({
            "operationId": self.id, "summary": self.summary, "tags": [self.tag], "parameters": parameters, "responses": responses
        });
        if !self.body.is_empty() {
            let content = self.body.iter().map(|(media, schema)| (media.clone(), json!({ "schema": schema })));
            out["requestBody"] = json!({ "required": true, "content": content.collect::<Map<_, _>>() });
        }
        match &self.needs {
            Needs::Nothing => out["security"] = json!([]),
            Needs::SignIn => {}
            Needs::Permission(word) => out["x-warpyard-permission"] = json!(word),
        }
        out
    }
}

/// A query parameter is there or not: it has no way to be null.
fn never_null(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        if let Some(kind) = object.get("type").and_then(Value::as_array).and_then(|all| all.iter().find(|t| *t != "null")) {
            let kind = kind.clone();
            object.insert("type".to_owned(), kind);
        }
        let variant = object.get("anyOf").and_then(Value::as_array).and_then(|all| all.iter().find(|s| s["type"] != "null"));
        if let Some(variant) = variant.cloned() {
            return variant;
        }
    }
    schema
}

/// Every operation, and the document that describes them.
pub fn operations() -> (Vec<Operation>, Value) {
    let routes = crate::api::routes();
    let operations = routes.operations.clone();
    (operations, routes.finish().1)
}
