//! A terminal in a service's sandbox, over a WebSocket.

use super::kinds::item;
use super::{GET, Shared};
use crate::caller::Caller;
use crate::lost::access_lost;
use crate::openapi::Routes;
use crate::problem::ApiError;
use crate::request::Place;
use axum::extract::RawQuery;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use schemars::JsonSchema;
use serde::Deserialize;
use warpyard_model::kinds::{AuditOutcome, ServiceInstance};
use warpyard_model::{Error, Kind, Level, Result};
use warpyard_policy::action;
use warpyard_provider::{ExecInput, ExecRequest, ExecSession};

/// What to run, and how large the window is.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[expect(dead_code, reason = "describes the query in OpenAPI; `request` reads it, as command may repeat")]
struct TerminalParameters {
    /// Columns of the window.
    columns: Option<u16>,
    /// Rows of the window.
    rows: Option<u16>,
    /// The command and its arguments, one each; a login shell where absent.
    command: Option<Vec<String>>,
    /// Allocate a terminal; true where absent.
    tty: Option<bool>,
}

/// What a client says in a text frame.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Control {
    #[serde(default)]
    resize: Option<Size>,
    #[serde(default)]
    eof: bool,
}

#[derive(Debug, Deserialize)]
struct Size {
    columns: u16,
    rows: u16,
}

pub(super) fn declare(routes: &mut Routes) {
    routes
        .declare(
            GET,
            &format!("{}/terminal", item(Kind::ServiceInstance, Level::Workspace)),
            "service_instance_terminal",
            Kind::ServiceInstance.plural(),
            "A terminal in its sandbox, as a WebSocket: binary frames are bytes, text frames {\"resize\":…}, {\"eof\":true}, {\"exit_code\":n}",
        )
        .permission("service_instance.exec")
        .query::<TerminalParameters>()
        .answers_nothing(101, "The connection is a WebSocket now.")
        .problems(&[409, 412, 426, 502])
        .to(terminal);
}

fn request(query: &str) -> Result<ExecRequest> {
    let mut request = ExecRequest { tty: true, columns: 80, rows: 24, command: Vec::new() };
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let number = || {
            value
                .parse::<u16>()
                .map(|n| n.clamp(1, 1000))
                .map_err(|_| Error::invalid_field(key.as_ref(), "a number from 1 to 1000"))
        };
        match key.as_ref() {
            "columns" => request.columns = number()?,
            "rows" => request.rows = number()?,
            "command" => request.command.push(value.into_owned()),
            "tty" => request.tty = value != "false",
            other => return Err(Error::invalid_field(other, "is not known here")),
        }
    }
    Ok(request)
}

async fn terminal(
    state: Shared,
    caller: Caller,
    place: Place,
    RawQuery(query): RawQuery,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let located = state.store.locate::<ServiceInstance>(&place.scope, place.name()?).await?;
    state.policy.allow::<action::Exec, ServiceInstance>(&caller.principal, located.resource())?;
    let request = request(query.as_deref().unwrap_or_default())?;
    let upgrade = upgrade.map_err(|_| Error::precondition_failed("A terminal is a WebSocket: connect with one."))?;
    let uid = located.resource().uid().to_owned();
    let proof = state.policy.allow::<action::View, ServiceInstance>(&caller.principal, located.resource())?;
    let service = located.reveal(&proof)?;
    let provider = super::instances::provider_of(&state, &service).await?;
    let session = provider.exec(&uid, &request).await?;
    let object = format!("{}/{}", service.metadata.scope.key(), service.metadata.name);
    let org = service.metadata.scope.org.map(|o| o.to_string()).unwrap_or_default();
    state.store.audit_note(&caller.context(), &org, "service_instance.exec", AuditOutcome::Allowed, &object).await?;
    let lost = access_lost::<action::Exec>(state.0.clone(), caller, place.scope.clone(), place.name()?.clone());
    Ok(upgrade.on_upgrade(move |socket| async move {
        tokio::select! {
            () = carry(socket, session) => {}
            () = lost => {}
        }
    }))
}

/// Carries bytes both ways until the command ends or the client goes; dropping the session ends the command.
async fn carry(socket: WebSocket, session: ExecSession) {
    let ExecSession { mut output, control, exit } = session;
    let (mut to_client, mut from_client) = socket.split();
    let read = async {
        while let Some(Ok(message)) = from_client.next().await {
            let input = match message {
                Message::Binary(bytes) => ExecInput::Data(bytes),
                Message::Text(text) => match serde_json::from_str::<Control>(&text) {
                    Ok(Control { resize: Some(size), .. }) => {
                        ExecInput::Resize { columns: size.columns.max(1), rows: size.rows.max(1) }
                    }
                    Ok(Control { eof: true, .. }) => ExecInput::Eof,
                    _ => ExecInput::Data(Bytes::copy_from_slice(text.as_bytes())),
                },
                Message::Close(_) => break,
                Message::Ping(_) | Message::Pong(_) => continue,
            };
            if control.send(input).await.is_err() {
                break;
            }
        }
    };
    let write = async {
        while let Some(Ok(bytes)) = output.next().await {
            if to_client.send(Message::Binary(bytes)).await.is_err() {
                return;
            }
        }
        let code = exit.await;
        let _ = to_client.send(Message::Text(format!("{{\"exit_code\":{code}}}").into())).await;
        let _ = to_client.close().await;
    };
    tokio::pin!(read, write);
    tokio::select! {
        () = &mut write => {}
        () = &mut read => {}
    }
}
