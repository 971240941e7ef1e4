//! A Jupyter kernel, used as JupyterLab's page uses it.

use crate::http::Origin;
use serde_json::json;

/// Starts a kernel, runs one cell and gives what it printed.
pub(crate) fn run_cell(app: &Origin, code: &str) -> String {
    // The page carries the cookie that Jupyter wants to see again in a header of every change.
    let page = app.get("/lab").good();
    let cookie = page.headers.get_all("set-cookie").iter().filter_map(|c| c.to_str().ok()).find(|c| c.starts_with("_xsrf="));
    let cookie = cookie.expect("a cookie against forged requests").split(';').next().unwrap().to_owned();
    let app = app.clone().with("cookie", &cookie).with("x-xsrftoken", cookie.trim_start_matches("_xsrf="));
    let kernel = app.post("/api/kernels", &json!({"name": "python3"})).good().json();
    let id = kernel["id"].as_str().unwrap();
    let message = json!({
        "header": {"msg_id": "cell-1", "msg_type": "execute_request", "username": "", "session": "test", "version": "5.3"},
        "parent_header": {}, "metadata": {}, "buffers": [], "channel": "shell",
        "content": {"code": code, "silent": false, "store_history": false, "user_expressions": {}, "allow_stdin": false},
    });
    let ours = |m: &serde_json::Value| m["parent_header"]["msg_id"] == "cell-1";
    let seen = app.exchange(&format!("/api/kernels/{id}/channels?session_id=test"), &message, |m| {
        ours(m) && m["msg_type"] == "status" && m["content"]["execution_state"] == "idle"
    });
    let printed = seen.iter().filter(|m| ours(m) && m["msg_type"] == "stream");
    printed.map(|m| m["content"]["text"].as_str().unwrap()).collect()
}
