//! Asking a provider: discovery, the way there and back, refreshing, signing out.

use super::{callback_url, client_secret};
use crate::outgoing;
use crate::state::AppState;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret,
    CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdToken, IdTokenClaims, IdTokenFields, IssuerUrl, JsonWebTokenType, LogoutRequest, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardErrorResponse, StandardTokenResponse, SubjectIdentifier, TokenResponse as _,
    UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::pin::Pin;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use url::Url;
use warpyard_model::kinds::IdentityProvider;
use warpyard_model::{Error, Object, Result, Timestamp};

/// How long what a provider says of itself is believed.
const KNOWN_SECONDS: i64 = 300;
/// Keys are fetched anew for a signature that fits none, but not more often than this.
const ANEW_SECONDS: i64 = 10;
/// The claim that makes a token a back-channel log-out.
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Claims beside the standard ones: an organization names those it wants.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Others(Map<String, Value>);
impl AdditionalClaims for Others {}

type OurIdToken = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Others, CoreGenderClaim>;
type Fields =
    IdTokenFields<Others, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Client = openidconnect::Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a provider gave no word.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It refused, or what it said is not good.
    Refused(String),
    /// It could not be asked.
    Silent(String),
    /// Something is wrong here.
    Ours(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if error.code == warpyard_model::ErrorCode::Unavailable { Failure::Silent(error.message) } else { Failure::Ours(error) }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Refused(why) | Failure::Silent(why) => f.write_str(why),
            Failure::Ours(error) => write!(f, "{error}"),
        }
    }
}

/// What a provider granted.
#[derive(Debug)]
pub(crate) struct Grant {
    /// Whom it speaks of.
    pub(crate) subject: String,
    /// Everything it says, by claim.
    pub(crate) claims: Map<String, Value>,
    /// It said everything it has to say.
    pub(crate) complete: bool,
    /// What it calls its session.
    pub(crate) session: Option<String>,
    /// Several factors were shown there.
    pub(crate) strong: bool,
    /// Until when its word is good, where it cannot be asked again.
    pub(crate) until: Option<Timestamp>,
    /// For asking again and for signing out there.
    pub(crate) tokens: Value,
}

/// Where a browser goes, and what the way back is checked against.
pub(crate) struct Requested {
    pub(crate) nonce: String,
    pub(crate) verifier: String,
    challenge: PkceCodeChallenge,
}

type Sent = Pin<Box<dyn Future<Output = std::result::Result<HttpResponse, Error>> + Send>>;

/// The way out. Plain HTTP reaches this machine alone, and only where the configuration allows private addresses.
fn http(state: &AppState) -> impl Fn(HttpRequest) -> Sent + Send + Sync + use<> {
    let allow_private = state.settings.allow_private_providers;
    move |request| {
        Box::pin(async move {
            let host = request.uri().host().unwrap_or_default();
            let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
            if request.uri().scheme_str() == Some("http") && !here {
                return Err(Error::unavailable(format!("{host} cannot be used: a provider is asked by https")));
            }
            outgoing::send(request, allow_private).await
        })
    }
}

/// An address for a browser to go to.
fn for_browsers(state: &AppState, url: &Url) -> Result<()> {
    outgoing::check(url, true).map_err(Error::unavailable)?;
    if url.scheme() == "https" || state.settings.allow_private_providers {
        return Ok(());
    }
    Err(Error::unavailable(format!("The provider sends people to {}, which is not https.", url.host_str().unwrap_or_default())))
}

/// What the provider says of itself; asked anew where that is older than `most_seconds`.
async fn known(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    most_seconds: i64,
) -> Result<Arc<ProviderMetadataWithLogout>> {
    let (uid, generation, now) = (&provider.metadata.uid, provider.metadata.generation, state.store.now());
    if let Ok(known) = state.sso.known.lock()
        && let Some((of, since, metadata)) = known.get(uid)
        && *of == generation
        && now.seconds_since(*since) < most_seconds
    {
        return Ok(metadata.clone());
    }
    let metadata = Arc::new(discover(state, &provider.spec.issuer).await?);
    if let Ok(mut known) = state.sso.known.lock() {
        known.retain(|_, (_, since, _)| now.seconds_since(*since) < KNOWN_SECONDS);
        known.insert(uid.clone(), (generation, now, metadata.clone()));
    }
    Ok(metadata)
}

/// Asks a provider for what it says of itself, with its keys. The error says what is wrong with it.
pub(crate) async fn discover(state: &AppState, issuer: &str) -> Result<ProviderMetadataWithLogout> {
    let http = http(state);
    let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|_| Error::unavailable("The issuer is no address."))?;
    let found = ProviderMetadataWithLogout::discover_async(issuer, &http).await;
    found.map_err(|error| {
        Error::unavailable(match error {
            DiscoveryError::Request(error) => error.message,
            DiscoveryError::Response(_, _, text) | DiscoveryError::Other(text) => format!("The provider answered amiss: {text}."),
            DiscoveryError::Validation(text) => {
                format!("The provider calls itself another name: {text}. Write the issuer as it does.")
            }
            DiscoveryError::Parse(error) => {
                format!("What lies at the issuer's address is no discovery document: {} {}.", error.path(), error.inner())
            }
            other => format!("The provider could not be asked: {other}."),
        })
    })
}

async fn client(state: &AppState, provider: &Object<IdentityProvider>) -> Result<Client> {
    let metadata = known(state, provider, KNOWN_SECONDS).await?;
    for_browsers(state, metadata.authorization_endpoint().url())?;
    let secret = client_secret(state, provider).await?;
    let methods = metadata.token_endpoint_auth_methods_supported();
    let by_body = methods.is_some_and(|all| {
        all.contains(&CoreClientAuthMethod::ClientSecretPost) && !all.contains(&CoreClientAuthMethod::ClientSecretBasic)
    });
    let redirect = RedirectUrl::new(callback_url(state, provider)).map_err(Error::internal)?;
    let client_id = ClientId::new(provider.spec.client_id.clone());
    let client = Client::from_provider_metadata((*metadata).clone(), client_id, secret.map(ClientSecret::new));
    let client = client.set_redirect_uri(redirect);
    Ok(if by_body { client.set_auth_type(AuthType::RequestBody) } else { client })
}

impl Requested {
    pub(crate) fn new() -> Self {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        Self { nonce: Nonce::new_random().secret().clone(), verifier: verifier.secret().clone(), challenge }
    }
}

/// The address where somebody signs in at the provider. `ticket` comes back with them.
pub(crate) async fn begin(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    requested: Requested,
    ticket: &str,
) -> Result<Url> {
    let client = client(state, provider).await?;
    let (nonce, ticket) = (Nonce::new(requested.nonce), CsrfToken::new(ticket.to_owned()));
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || ticket, move || nonce)
        .set_pkce_challenge(requested.challenge);
    for scope in &provider.spec.scopes {
        request = request.add_scope(Scope::new(scope.clone()));
    }
    if !provider.spec.prompt.is_empty() {
        request = request.add_extra_param("prompt", provider.spec.prompt.clone());
    }
    Ok(request.url().0)
}

/// Redeems a code: once, with what was remembered on the way there.
pub(crate) async fn exchange(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    code: &str,
    verifier: &str,
    nonce: &str,
) -> std::result::Result<Grant, Failure> {
    let (client, http) = (client(state, provider).await?, http(state));
    let request = client.exchange_code(AuthorizationCode::new(code.to_owned())).map_err(Error::internal)?;
    let answer = request.set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned())).request_async(&http).await;
    let answer = answer.map_err(token_failure)?;
    let token = answer.id_token().ok_or_else(|| Failure::Refused("The provider sent no ID token.".to_owned()))?;
    let expected = Nonce::new(nonce.to_owned());
    let claims = verified(state, provider, token, Some(&expected), &[]).await?;
    check_access_token(&client, token, &claims, answer.access_token())?;
    let mut grant = granted(state, provider, &client, &answer, claims).await?;
    if answer.refresh_token().is_none() {
        let now = state.store.now();
        let lasts = answer.expires_in().and_then(|d| i64::try_from(d.as_secs()).ok());
        grant.until = Some(lasts.map_or(grant.until.unwrap_or(now), |seconds| now.plus_seconds(seconds)));
    } else {
        grant.until = None;
    }
    Ok(grant)
}

/// Asks again about somebody who signed in.
pub(crate) async fn refresh(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    tokens: &Value,
    subject: &str,
) -> std::result::Result<Grant, Failure> {
    let (client, http) = (client(state, provider).await?, http(state));
    let before = RefreshToken::new(tokens["refresh_token"].as_str().unwrap_or_default().to_owned());
    let answer = client.exchange_refresh_token(&before).map_err(Error::internal)?.request_async(&http).await;
    let answer = answer.map_err(token_failure)?;
    let mut grant = match answer.id_token() {
        Some(token) => {
            let claims = verified(state, provider, token, None, &[]).await?;
            if claims.subject().as_str() != subject {
                return Err(Failure::Refused("The provider speaks of somebody else now.".to_owned()));
            }
            granted(state, provider, &client, &answer, claims).await?
        }
        None => {
            let mut claims = Map::new();
            let complete = ask_user_info(&client, &http, answer.access_token(), subject, &mut claims).await?;
            Grant {
                subject: subject.to_owned(),
                claims,
                complete,
                session: None,
                strong: false,
                until: None,
                tokens: tokens.clone(),
            }
        }
    };
    // A provider that hands out no new refresh token means the old one to go on.
    for key in ["refresh_token", "id_token"] {
        if grant.tokens[key].is_null() {
            grant.tokens[key] = tokens[key].clone();
        }
    }
    Ok(grant)
}

async fn granted(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    client: &Client,
    answer: &Tokens,
    claims: Claims,
) -> std::result::Result<Grant, Failure> {
    let subject = claims.subject().as_str().to_owned();
    let Ok(Value::Object(mut all)) = serde_json::to_value(&claims) else {
        return Err(Failure::Ours(Error::internal("claims that are no object")));
    };
    let spec = &provider.spec;
    let mut wanted = vec![&spec.claim_email, &spec.claim_name];
    if !spec.group_mapping.is_empty() {
        wanted.push(&spec.claim_groups);
    }
    let mut complete = true;
    if wanted.iter().any(|claim| all.get(*claim).is_none_or(Value::is_null)) {
        complete = ask_user_info(client, &http(state), answer.access_token(), &subject, &mut all).await?;
    }
    let methods = all.get("amr").and_then(Value::as_array);
    Ok(Grant {
        session: all.get("sid").and_then(Value::as_str).map(str::to_owned),
        strong: methods.is_some_and(|all| all.iter().any(|method| method == "mfa")),
        until: Some(Timestamp::from_millis(claims.expiration().timestamp_millis())),
        tokens: json!({
            "refresh_token": answer.refresh_token().map(|token| token.secret().clone()),
            "id_token": answer.id_token().map(ToString::to_string)
        }),
        subject,
        claims: all,
        complete,
    })
}

/// Adds what the provider says of somebody when it is asked with an access token; tells whether it has such an address.
async fn ask_user_info(
    client: &Client,
    http: &(impl Fn(HttpRequest) -> Sent + Send + Sync),
    token: &AccessToken,
    subject: &str,
    all: &mut Map<String, Value>,
) -> std::result::Result<bool, Failure> {
    let Ok(request) = client.user_info(token.clone(), Some(SubjectIdentifier::new(subject.to_owned()))) else { return Ok(false) };
    let answer: std::result::Result<UserInfoClaims<Others, CoreGenderClaim>, _> = request.request_async(http).await;
    let claims = answer.map_err(|error| match error {
        UserInfoError::Request(error) => Failure::from(error),
        UserInfoError::Response(status, ..) if status.is_client_error() => {
            Failure::Refused(format!("The provider answered {status} when it was asked who this is."))
        }
        UserInfoError::Response(status, ..) => Failure::Silent(format!("The provider answered {status}.")),
        other => Failure::Refused(format!("What the provider says of this person is not good: {other}.")),
    })?;
    if let Ok(Value::Object(more)) = serde_json::to_value(&claims) {
        for (claim, value) in more {
            if !value.is_null() {
                all.entry(claim).or_insert(value);
            }
        }
    }
    Ok(true)
}

/// The claims of an ID token, once signature, issuer, audience, time and nonce are right.
async fn verified(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    token: &OurIdToken,
    nonce: Option<&Nonce>,
    types: &[&str],
) -> std::result::Result<Claims, Failure> {
    let mut checked = verify(state, &client(state, provider).await?, token, nonce, types);
    if let Err(ClaimsVerificationError::SignatureVerification(_)) = checked {
        // Perhaps the provider has new keys.
        known(state, provider, ANEW_SECONDS).await?;
        checked = verify(state, &client(state, provider).await?, token, nonce, types);
    }
    checked.map_err(|error| Failure::Refused(format!("The provider's ID token is not good: {error}.")))
}

fn verify(
    state: &AppState,
    client: &Client,
    token: &OurIdToken,
    nonce: Option<&Nonce>,
    types: &[&str],
) -> std::result::Result<Claims, ClaimsVerificationError> {
    let now = u64::try_from(state.store.now().as_millis()).unwrap_or_default();
    let by_key_pair = [
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
        CoreJwsSigningAlgorithm::RsaSsaPssSha256,
        CoreJwsSigningAlgorithm::RsaSsaPssSha384,
        CoreJwsSigningAlgorithm::RsaSsaPssSha512,
        CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        CoreJwsSigningAlgorithm::EdDsa,
    ];
    let mut verifier = client
        .id_token_verifier()
        .set_allowed_algs(by_key_pair)
        .set_time_fn(move || (UNIX_EPOCH + Duration::from_millis(now)).into());
    if !types.is_empty() {
        let types = types.iter().filter_map(|t| JsonWebTokenType::new((*t).to_owned()).normalize().ok());
        verifier = verifier.set_allowed_jose_types(types);
    }
    let claims = match nonce {
        Some(nonce) => token.claims(&verifier, nonce),
        None => token.claims(&verifier, |_: Option<&Nonce>| Ok(())),
    };
    claims.cloned()
}

/// An access token of another sign-in does not come with this ID token.
fn check_access_token(
    client: &Client,
    token: &OurIdToken,
    claims: &Claims,
    access: &AccessToken,
) -> std::result::Result<(), Failure> {
    let Some(expected) = claims.access_token_hash() else { return Ok(()) };
    let bad = |error: &dyn std::fmt::Display| Failure::Refused(format!("The provider's ID token is not good: {error}."));
    let verifier = client.id_token_verifier();
    let algorithm = token.signing_alg().map_err(|e| bad(&e))?;
    let key = token.signing_key(&verifier).map_err(|e| bad(&e))?;
    let actual = AccessTokenHash::from_token(access, algorithm, key).map_err(|e| bad(&e))?;
    if actual == *expected { Ok(()) } else { Err(bad(&"its access token belongs to another one")) }
}

fn token_failure(error: RequestTokenError<Error, StandardErrorResponse<CoreErrorResponseType>>) -> Failure {
    match error {
        RequestTokenError::Request(error) => error.into(),
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::Extension(word) if matches!(word.as_str(), "temporarily_unavailable" | "server_error") => {
                Failure::Silent(format!("The provider answered {word}."))
            }
            refused => Failure::Refused(format!("The provider answered {}.", refused.as_ref())),
        },
        RequestTokenError::Parse(error, _) => {
            Failure::Silent(format!("The provider's answer is not understood: {} {}.", error.path(), error.inner()))
        }
        RequestTokenError::Other(text) => Failure::Silent(format!("The provider answered amiss: {text}.")),
    }
}

/// Where a browser signs out at the provider, where it has such a page.
pub(crate) async fn sign_out_url(state: &AppState, provider: &Object<IdentityProvider>, tokens: &Value) -> Result<Option<Url>> {
    let metadata = known(state, provider, KNOWN_SECONDS).await?;
    let Some(endpoint) = metadata.additional_metadata().end_session_endpoint.clone() else { return Ok(None) };
    for_browsers(state, endpoint.url())?;
    let back = PostLogoutRedirectUrl::new(format!("{}/sign-in", state.settings.public_url)).map_err(Error::internal)?;
    let mut request = LogoutRequest::from(endpoint)
        .set_client_id(ClientId::new(provider.spec.client_id.clone()))
        .set_post_logout_redirect_uri(back);
    if let Some(Ok(token)) = tokens["id_token"].as_str().map(OurIdToken::from_str) {
        request = request.set_id_token_hint(&token);
    }
    Ok(Some(request.http_get_url()))
}

/// Whom a log-out token of the provider is about: a session, or a subject.
pub(crate) async fn logged_out(
    state: &AppState,
    provider: &Object<IdentityProvider>,
    token: &str,
) -> std::result::Result<(Option<String>, String), Failure> {
    let bad = |why: &str| Failure::Refused(format!("This is no log-out token: {why}."));
    let token = OurIdToken::from_str(token).map_err(|_| bad("it cannot be read"))?;
    let claims = verified(state, provider, &token, None, &["logout+jwt", "jwt"]).await?;
    let others = &claims.additional_claims().0;
    if claims.nonce().is_some() || !others.get("events").is_some_and(|events| events[LOGOUT_EVENT].is_object()) {
        return Err(bad("it says nothing of a log-out"));
    }
    Ok((others.get("sid").and_then(Value::as_str).map(str::to_owned), claims.subject().as_str().to_owned()))
}
