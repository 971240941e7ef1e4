//! The console's files, compiled in from `web/dist`, and the rendered API reference.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use serde_json::Value;
use std::fmt::Write as _;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../../web/dist/"]
#[allow_missing = true]
struct Files;

/// No script but the console's own, no style element, no other host. Apps are on other origins and never framed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'";

fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    response
}

/// A file of the console, or its page for every address that is no file: the console finds its way itself.
pub(crate) async fn serve(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return crate::problem::ApiError(warpyard_model::Error::not_found("There is no such operation.")).into_response();
    }
    if let Some(file) = Files::get(path).filter(|_| !path.is_empty()) {
        let kind = mime_guess::from_path(path).first_or_octet_stream();
        // Vite names files in assets/ by their content.
        let caching = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
        let headers = [(header::CONTENT_TYPE, kind.as_ref()), (header::CACHE_CONTROL, caching)];
        return guarded((headers, Body::from(file.data)).into_response());
    }
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some(page) = Files::get("index.html") else {
        let text = "The console was not built into this server. Build it with `npm ci && npm run build` in web/, then build the server again. The API is at /api/v1.";
        return (StatusCode::NOT_FOUND, text).into_response();
    };
    let page = String::from_utf8_lossy(&page.data).into_owned();
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    guarded((headers, page).into_response())
}

static REFERENCE: LazyLock<String> = LazyLock::new(|| render(&crate::openapi::operations().1));
static STYLE: &str = include_str!("reference.css");

/// The API reference as one page without script.
pub(crate) async fn reference() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    guarded((headers, REFERENCE.as_str()).into_response())
}

/// Its style sheet.
pub(crate) async fn reference_style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], STYLE).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn render(document: &Value) -> String {
    let mut out = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Warpyard API</title><link rel=\"stylesheet\" href=\"docs/reference.css\"></head><body><main>",
    );
    let info = &document["info"];
    let _ = write!(
        out,
        "<h1>Warpyard API {}</h1><p>{}</p><p>The same as OpenAPI 3.1: <a href=\"api/v1/openapi.json\">openapi.json</a>.</p>",
        escape(info["version"].as_str().unwrap_or_default()),
        escape(info["description"].as_str().unwrap_or_default())
    );
    let mut tags: Vec<String> = Vec::new();
    let operations: Vec<(&String, &String, &Value)> = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |(m, o)| (path, m, o)))
        .collect();
    for (_, _, operation) in &operations {
        let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    out.push_str("<nav><ul>");
    for tag in &tags {
        let _ = write!(out, "<li><a href=\"docs#{0}\">{0}</a></li>", escape(tag));
    }
    out.push_str("</ul></nav>");
    for tag in &tags {
        let _ = write!(out, "<section><h2 id=\"{0}\">{0}</h2>", escape(tag));
        for (path, method, operation) in operations.iter().filter(|(_, _, o)| o["tags"][0] == tag.as_str()) {
            describe(&mut out, path, method, operation);
        }
        out.push_str("</section>");
    }
    out.push_str("<section><h2 id=\"schemas\">Schemas</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        let text = serde_json::to_string_pretty(schema).unwrap_or_default();
        let _ = write!(
            out,
            "<details id=\"schema-{0}\"><summary><code>{0}</code></summary><pre tabindex=\"0\">{1}</pre></details>",
            escape(name),
            escape(&text)
        );
    }
    out.push_str("</section></main></body></html>");
    out
}

fn describe(out: &mut String, path: &str, method: &str, operation: &Value) {
    let id = operation["operationId"].as_str().unwrap_or_default();
    let _ = write!(
        out,
        "<article id=\"{0}\"><h3><code class=\"{1}\">{2}</code> <code>{3}</code></h3><p>{4}</p>",
        escape(id),
        escape(method),
        escape(&method.to_uppercase()),
        escape(path),
        escape(operation["summary"].as_str().unwrap_or_default())
    );
    let _ = write!(out, "<p class=\"facts\">Operation <code>{}</code>", escape(id));
    match operation["x-warpyard-permission"].as_str() {
        Some(permission) => {
            let _ = write!(out, " · needs <code>{}</code>", escape(permission));
        }
        None if operation["security"].as_array().is_some_and(Vec::is_empty) => out.push_str(" · no credentials"),
        None => out.push_str(" · needs you to be signed in"),
    }
    out.push_str("</p>");
    let query: Vec<&Value> = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query").collect();
    if !query.is_empty() {
        out.push_str("<dl>");
        for parameter in query {
            let _ = write!(
                out,
                "<dt><code>?{}</code></dt><dd>{}</dd>",
                escape(parameter["name"].as_str().unwrap_or_default()),
                escape(parameter["description"].as_str().unwrap_or_default())
            );
        }
        out.push_str("</dl>");
    }
    for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let _ = write!(out, "<p class=\"facts\">Body <code>{}</code> {}</p>", escape(media), schema_link(&content["schema"]));
    }
    let answers = operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with(['1', '2']));
    for (status, answer) in answers {
        let schema = answer["content"].as_object().and_then(|c| c.values().next()).map(|c| schema_link(&c["schema"]));
        let _ = write!(
            out,
            "<p class=\"facts\">{} {} {}</p>",
            escape(status),
            escape(answer["description"].as_str().unwrap_or_default()),
            schema.unwrap_or_default()
        );
    }
    out.push_str("</article>");
}

fn schema_link(schema: &Value) -> String {
    let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) else { return String::new() };
    format!("<a href=\"docs#schema-{0}\"><code>{0}</code></a>", escape(name))
}
