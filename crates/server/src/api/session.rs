//! The first admin, signing out, one's own sessions, opening apps.

use super::sign_in::{note, signed_in};
use super::{DELETE, GET, Items, POST, PUT, Shared};
use crate::caller::{Caller, Origin};
use crate::gateway;
use crate::openapi::{Needs, Routes};
use crate::problem::ApiError;
use crate::request::{BodyOf, QueryOf};
use crate::state::AppState;
use axum::extract::Path;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use warpyard_model::kinds::{AuditOutcome, ServiceAccount, ServiceInstance, User};
use warpyard_model::permission::{Permission, Role, Subject, Verb};
use warpyard_model::{Error, Kind, Name, Result, ScopePath, Timestamp};
use warpyard_policy::{Principal, action};
use warpyard_store::{FirstAdmin, Located, Session, SignIn};

/// How long a provider may take to say where one signs out.
const SIGN_OUT_PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

/// Whether the first admin is still to be made.
#[derive(Debug, Serialize, JsonSchema)]
struct SetupState {
    /// It is.
    required: bool,
}

/// The first admin.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Setup {
    /// From the link that the server printed.
    token: String,
    /// Their mail address.
    email: String,
    /// What people read.
    #[serde(default)]
    display_name: String,
    /// At least ten characters.
    password: String,
}

/// A change of one's own password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    current_password: String,
    new_password: String,
}

/// The person who asks.
#[derive(Debug, Serialize, JsonSchema)]
struct Myself {
    name: Name,
    display_name: String,
    email: String,
}

/// One of one's roles.
#[derive(Debug, Serialize, JsonSchema)]
struct MyBinding {
    /// The built-in role.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// The organization's own role.
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_role: Option<Name>,
    /// The group that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Name>,
    /// Until when it holds; for good where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(flatten)]
    scope: ScopePath,
}

/// What a console needs to know of this server.
#[derive(Debug, Serialize, JsonSchema)]
struct ServerFacts {
    /// The domain apps live under.
    apps_domain: String,
    /// Where people reach the console.
    public_url: String,
}

/// Who asks and what they may use.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Me {
    user: Myself,
    bindings: Vec<MyBinding>,
    /// The console's areas: `developer_hub`, `studio`, `administration`, `operations`.
    areas: Vec<&'static str>,
    /// The server's version.
    version: &'static str,
    server: ServerFacts,
    /// Organizations of yours that you get nothing in before you show a second factor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    second_factor_required: Vec<Name>,
    /// What the token you come with is limited to, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_to: Option<Limits>,
}

/// What a token is limited to.
#[derive(Debug, Serialize, JsonSchema)]
struct Limits {
    /// Permissions; empty: all that its owner has.
    scopes: BTreeSet<Permission>,
    /// Places; empty: wherever its owner has rights.
    places: Vec<String>,
}

/// A scope in a query.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct ScopeQuery {
    #[serde(default)]
    org: Option<Name>,
    #[serde(default)]
    project: Option<Name>,
    #[serde(default)]
    workspace: Option<Name>,
}

/// Signed out here.
#[derive(Debug, Serialize, JsonSchema)]
struct SignedOut {
    /// Where to sign out at the identity provider.
    provider_url: String,
}

/// Which of one's sessions to end.
#[derive(Debug, Default, Deserialize, JsonSchema)]
struct WhichSessions {
    /// Keep the session that asks.
    #[serde(default)]
    others_only: bool,
}

/// What one may do by one's roles.
#[derive(Debug, Serialize, JsonSchema)]
struct MyPermissions {
    /// As `kind.verb`.
    permissions: Vec<String>,
}

pub(super) fn declare(routes: &mut Routes) {
    let tag = "sign-in";
    routes
        .declare(GET, "/api/v1/setup", "setup_view", tag, "Whether the first admin is still to be made")
        .needs(Needs::Nothing)
        .answers::<SetupState>(200, "The answer.")
        .to(setup_state);
    routes
        .declare(POST, "/api/v1/setup", "setup_create", tag, "Make the first admin and sign in")
        .needs(Needs::Nothing)
        .body::<Setup>()
        .answers::<Me>(200, "Signed in.")
        .problems(&[401, 409])
        .to(setup);
    routes
        .declare(DELETE, "/api/v1/session", "session_delete", tag, "Sign out")
        .answers_nothing(204, "Signed out.")
        .answers::<SignedOut>(200, "Signed out here; the identity provider has a session of its own.")
        .to(sign_out);
    routes.declare(GET, "/api/v1/me", "me_view", tag, "Who you are").answers::<Me>(200, "You.").to(me);
    routes
        .declare(GET, "/api/v1/me/permissions", "me_permissions", tag, "What your roles let you do in a place")
        .query::<ScopeQuery>()
        .answers::<MyPermissions>(200, "The permissions.")
        .to(my_permissions);
    routes
        .declare(PUT, "/api/v1/me/password", "me_password", tag, "Change your password")
        .body::<PasswordChange>()
        .answers_nothing(204, "Changed; your other sessions have ended.")
        .to(change_password);
    routes
        .declare(GET, "/api/v1/me/sessions", "me_session_list", tag, "Your sessions")
        .answers::<Items<Session>>(200, "The sessions.")
        .to(sessions);
    routes
        .declare(DELETE, "/api/v1/me/sessions", "me_session_delete_all", tag, "Sign out everywhere")
        .query::<WhichSessions>()
        .answers_nothing(204, "Ended, and every app opened from them.")
        .to(end_sessions);
    routes
        .declare(DELETE, "/api/v1/me/sessions/{id}", "me_session_delete", tag, "End one of your sessions")
        .answers_nothing(204, "Ended.")
        .to(end_session);
}

async fn setup_state(state: Shared) -> Result<Json<SetupState>, ApiError> {
    Ok(Json(SetupState { required: state.store.needs_first_admin().await? }))
}

async fn setup(
    state: Shared,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    BodyOf(body): BodyOf<Setup>,
) -> Result<Response, ApiError> {
    crate::caller::check_same_site(&Method::POST, &headers)?;
    state.limiter.attempt(&origin.address, "first-admin")?;
    let admin = FirstAdmin { email: body.email, display_name: body.display_name, password: body.password };
    let redeemed = state.controller.redeem_first_admin(&body.token, &admin).await;
    if redeemed.as_ref().is_err_and(|e| e.code == warpyard_model::ErrorCode::Unauthenticated) {
        note(&state, &origin, "anonymous", AuditOutcome::Denied, "first administrator's link").await?;
    }
    let user = redeemed?;
    signed_in(&state, &user, &origin, &headers, false).await
}

async fn sign_out(state: Shared, caller: Caller) -> Result<Response, ApiError> {
    let mut elsewhere = None;
    if let Some(session) = &caller.who.session {
        elsewhere = provider_sign_out(&state, session).await;
        state.store.end_session(&caller.who, session).await?;
        let user = caller.who.user.as_str();
        state.store.audit_note(&caller.context(), "", "session.delete", AuditOutcome::Allowed, user).await?;
    }
    let cookie = [(header::SET_COOKIE, state.settings.set_cookie(""))];
    Ok(match elsewhere {
        Some(provider_url) => (cookie, Json(SignedOut { provider_url })).into_response(),
        None => (StatusCode::NO_CONTENT, cookie).into_response(),
    })
}

/// Where to sign out at the provider whose word opened a session. A provider that does not answer keeps nobody from signing
/// out here.
async fn provider_sign_out(state: &AppState, session: &str) -> Option<String> {
    let asked = async {
        let (uid, tokens) = state.controller.provider_tokens(session).await.ok()??;
        let provider = state.controller.get::<warpyard_model::kinds::IdentityProvider>(&uid).await.ok()??;
        crate::sso::sign_out_url(state, &provider, &tokens).await.ok()?
    };
    tokio::time::timeout(SIGN_OUT_PATIENCE, asked).await.ok().flatten().map(String::from)
}

pub(super) async fn myself(state: &AppState, who: &SignIn, principal: &Principal) -> Result<Me> {
    let bindings = principal.bindings();
    let gone = || Error::unauthenticated("Your account is gone.");
    let (display_name, email) = match who.service_account.as_deref() {
        Some((org, name)) => {
            let account = state.controller.find::<ServiceAccount>(&ScopePath::org(org.clone()), name).await?.ok_or_else(gone)?;
            (account.metadata.title().to_owned(), String::new())
        }
        None => {
            let user = state.controller.find::<User>(&ScopePath::platform(), &who.user).await?.ok_or_else(gone)?;
            (user.metadata.title().to_owned(), user.spec.email)
        }
    };
    let holds = |roles: &[Role]| bindings.iter().any(|b| roles.contains(&b.role));
    let mut areas = vec!["developer_hub"];
    // An organization's own roles open the areas in which something can be done with what they give.
    let given = |sorts: &[(Kind, Verb)]| {
        let asked = sorts.iter().map(|(kind, verb)| Permission { subject: Subject::Kind(*kind), verb: *verb });
        asked.into_iter().any(|p| principal.custom().iter().any(|c| c.permissions.contains(&p)))
    };
    let makes = [Kind::ComputeProfile, Kind::ServiceProfile, Kind::EnvironmentTemplate]
        .map(|kind| [(kind, Verb::Create), (kind, Verb::Update), (kind, Verb::Publish)]);
    if holds(&[Role::PlatformAdmin, Role::OrgAdmin, Role::PaasAdmin, Role::TemplateAuthor]) || given(makes.as_flattened()) {
        areas.push("studio");
    }
    let administration = [Role::PlatformAdmin, Role::OrgAdmin, Role::ProjectAdmin, Role::InfrastructureAdmin, Role::Auditor];
    let governs = [(Kind::RoleBinding, Verb::View), (Kind::Group, Verb::Update), (Kind::Secret, Verb::Update)];
    if holds(&administration) || given(&governs) {
        areas.push("administration");
    }
    if holds(&[Role::PlatformAdmin]) {
        areas.push("operations");
    }
    let mut granted = state.controller.grants(&who.user).await?;
    granted.sort_by(|a, b| {
        (a.scope.key(), a.role, &a.custom_role, &a.group).cmp(&(b.scope.key(), b.role, &b.custom_role, &b.group))
    });
    let granted = granted.into_iter().map(|g| MyBinding {
        role: g.role,
        custom_role: g.custom_role,
        group: g.group,
        expires_at: g.expires_at,
        scope: g.scope,
    });
    Ok(Me {
        user: Myself { name: who.user.clone(), display_name, email },
        bindings: granted.collect(),
        areas,
        version: env!("CARGO_PKG_VERSION"),
        server: ServerFacts {
            apps_domain: state.settings.addresses.domain.clone(),
            public_url: state.settings.public_url.clone(),
        },
        second_factor_required: principal.closed_organizations().cloned().collect(),
        limited_to: who
            .token
            .as_ref()
            .filter(|token| token.is_limited())
            .map(|token| Limits { scopes: token.scopes.clone(), places: token.places.iter().map(ScopePath::key).collect() }),
    })
}

async fn me(state: Shared, caller: Caller) -> Result<Json<Me>, ApiError> {
    Ok(Json(myself(&state, &caller.who, &caller.principal).await?))
}

async fn my_permissions(caller: Caller, QueryOf(query): QueryOf<ScopeQuery>) -> Json<MyPermissions> {
    let scope = ScopePath { org: query.org, project: query.project, workspace: query.workspace };
    let holds = |p: &Permission| caller.principal.holds(*p, &scope);
    Json(MyPermissions { permissions: Permission::all().filter(holds).map(|p| p.to_string()).collect() })
}

async fn change_password(state: Shared, caller: Caller, BodyOf(body): BodyOf<PasswordChange>) -> Result<StatusCode, ApiError> {
    state.limiter.attempt(&caller.origin.address, caller.who.user.as_str())?;
    state.store.change_password(&caller.who, &body.current_password, &body.new_password).await?;
    let user = caller.who.user.as_str();
    state.store.audit_note(&caller.context(), "", "user.change_password", AuditOutcome::Allowed, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sessions(state: Shared, caller: Caller) -> Result<Json<Items<Session>>, ApiError> {
    Ok(Json(Items { items: state.store.sessions(&caller.who).await? }))
}

async fn end_session(state: Shared, caller: Caller, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    state.store.end_session(&caller.who, &id).await?;
    state.store.audit_note(&caller.context(), "", "session.delete", AuditOutcome::Allowed, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_sessions(state: Shared, caller: Caller, QueryOf(query): QueryOf<WhichSessions>) -> Result<StatusCode, ApiError> {
    state.store.end_sessions(&caller.who, query.others_only).await?;
    state.store.audit_note(&caller.context(), "", "session.delete_all", AuditOutcome::Allowed, caller.who.user.as_str()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The address that opens an endpoint for the caller, once they are allowed to.
pub(super) async fn app_address(
    state: &AppState,
    caller: &Caller,
    located: Located<ServiceInstance>,
    endpoint: &str,
    back_to: Option<&str>,
) -> Result<String> {
    let uid = located.resource().uid().to_owned();
    let gone = || Error::not_found("There is no such endpoint, or you may not open it.");
    let service = state.controller.get::<ServiceInstance>(&uid).await?.ok_or_else(gone)?;
    let known = service.status.endpoints.iter().find(|e| e.name == endpoint);
    let access = known.map(|e| service.spec.access_of(e)).unwrap_or_default();
    let resource = located.resource().clone().with_access(access);
    state.policy.allow::<action::Connect, ServiceInstance>(&caller.principal, &resource)?;
    let known = known.ok_or_else(gone)?;
    let app = format!("{endpoint}--{}", service.metadata.short_id());
    let code = state.store.app_code(&caller.who, &app).await?;
    let mut url = url::Url::parse(&known.url).map_err(Error::internal)?;
    let back_to = back_to.unwrap_or("/");
    url.set_path("/.warpyard/sign-in");
    url.query_pairs_mut().append_pair("code", &code).append_pair("return", back_to);
    Ok(url.to_string())
}

/// `/open/<endpoint>--<short id>?return=/path`: where the gateway sends somebody who has no session at an app. On to the
/// app with a code, or to the console's sign-in page first.
pub(crate) async fn open_app_redirect(
    state: Shared,
    Extension(origin): Extension<Origin>,
    Path(app): Path<String>,
    axum::extract::Query(query): axum::extract::Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let back_to = query.get("return").map(String::as_str).filter(|p| p.starts_with('/')).unwrap_or("/");
    match open_app(&state, &origin, &app, back_to, &headers).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(error) if error.code == warpyard_model::ErrorCode::Unauthenticated => {
            let mut here = url::form_urlencoded::Serializer::new(String::new());
            here.append_pair("return", back_to);
            let here = format!("/open/{app}?{}", here.finish());
            let mut there = url::form_urlencoded::Serializer::new(String::new());
            there.append_pair("next", &here);
            Redirect::to(&format!("{}/sign-in?{}", state.settings.public_url, there.finish())).into_response()
        }
        Err(error) if gateway::is_navigation(&Method::GET, &headers) => gateway::not_opened(error, &state.settings.public_url),
        Err(error) => ApiError(error).into_response(),
    }
}

async fn open_app(state: &Arc<AppState>, origin: &Origin, app: &str, back_to: &str, headers: &HeaderMap) -> Result<String> {
    let (endpoint, short_id) = app.rsplit_once("--").ok_or_else(|| Error::not_found("There is no such app."))?;
    let secret = crate::caller::cookie_value(headers, &state.settings.cookie());
    let secret = secret.ok_or_else(|| Error::unauthenticated("Sign in first."))?;
    let who = state.store.session(secret).await?.ok_or_else(|| Error::unauthenticated("Sign in first."))?;
    let principal = state.store.principal(&who).await?;
    if let Some(by) = &who.provider
        && !crate::sso::ask_again(state, by).await?
    {
        return Err(Error::unauthenticated("Sign in first."));
    }
    let caller = Caller { who, principal, origin: origin.clone() };
    let located = state.store.locate_short_id::<ServiceInstance>(short_id).await?;
    app_address(state, &caller, located, endpoint, Some(back_to)).await
}
