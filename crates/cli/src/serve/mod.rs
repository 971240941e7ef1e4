//! `warpyard serve`: puts store, policies, providers, controllers and the listener together, and takes them apart.
//!
//! The only place that names every part of the server.

mod admin;
mod config;
mod data_dir;

pub(crate) use admin::{AdminCommand, run as admin};
use config::Config;
pub(crate) use config::ServeArgs;

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use warpyard_controller::catalogue;
use warpyard_controller::reconcile::{AppAddresses, Controllers, Providers, Settings as ControllerSettings};
use warpyard_model::kinds::{Target, TargetType};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Name, Object, ScopePath};
use warpyard_policy::Policy;
use warpyard_provider::Provider;
use warpyard_providers::process::{ProcessConfig, ProcessProvider};
use warpyard_server::{AppState, Settings};
use warpyard_store::{ControllerStore, FirstAdmin, MasterKey, NewObject, Store, SystemClock};

/// How long controllers may take to put down their work.
const LEASE_SECONDS: i64 = 15;

/// Runs the server until it is told to stop.
pub(crate) async fn run(args: ServeArgs) -> Outcome {
    start_log();
    let config = args.load().map_err(Failure::usage)?;
    match serve(&config).await {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            let context = error.log_context().map(|c| format!(" ({c})")).unwrap_or_default();
            Err(Failure::other(format!("{error}{context}")))
        }
    }
}

fn start_log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::builder()
        .with_env_var("WARPYARD_LOG")
        .with_default_directive(tracing::Level::INFO.into())
        .from_env_lossy()
        .add_directive("sqlx=warn".parse().unwrap_or_else(|_| tracing::Level::WARN.into()));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

async fn serve(config: &Config) -> warpyard_model::Result<()> {
    use warpyard_model::Error;
    let _lock = data_dir::take(&config.data_dir)?;
    // An absolute path, because sandboxes and shims do not share this process's working directory.
    let data_dir = std::fs::canonicalize(&config.data_dir).map_err(Error::internal)?;
    let store = open_store(config, &data_dir).await?;
    let policy = Arc::new(Policy::new());
    let audit_keeping = config.audit_keeping()?;

    let listener = TcpListener::bind(&config.listen).await.map_err(|e| {
        Error::unavailable(format!("Cannot listen on {}: {e}. Choose another address with --listen.", config.listen))
    })?;
    let bound = listener.local_addr().map_err(Error::internal)?;
    let addresses = addresses(config, bound.port())?;
    let public_url = public_url(config, bound.port());
    let trusted_proxies = config
        .trusted_proxy
        .iter()
        .map(|text| text.parse().map_err(|e: String| Error::invalid_field("trusted_proxy", e)))
        .collect::<warpyard_model::Result<Vec<_>>>()?;

    let catalogue_store = store.controller(policy.controller("catalogue")?);
    catalogue::bring(&catalogue_store).await?;
    bring_this_machine(&catalogue_store, config).await?;
    let first_admin = first_admin(&store.controller(policy.controller("sign-in")?), config).await?;

    let providers = Providers::new(provider_factory(&data_dir, config.keep_prepared_days)?);
    let holder =
        if config.database_url.is_some() { format!("{}-{}", host_name(), std::process::id()) } else { "this-server".into() };
    let controllers = Controllers::new(
        store.controller(policy.controller("reconciler")?),
        providers.clone(),
        ControllerSettings { holder, lease_seconds: LEASE_SECONDS, addresses: addresses.clone() },
    );
    let settings = Settings {
        public_url: public_url.clone(),
        addresses,
        secure_cookies: !config.insecure_cookies,
        trusted_proxies,
        allow_private_providers: config.allow_private_providers,
    };
    let audit_store = store.controller(policy.controller("retention")?);
    let state = AppState::new(store, policy, providers, settings)?;

    let (stop, working) = (CancellationToken::new(), CancellationToken::new());
    let tracker = TaskTracker::new();
    tracker.spawn({
        let (controllers, working) = (controllers.clone(), working.clone());
        async move { controllers.run(working).await }
    });
    tracker.spawn(audit_keeping.run(audit_store, working.clone()));
    tracker.spawn(stop_on_signal(stop.clone()));
    println!("Warpyard is ready at {public_url} (listening on {bound})");
    if let Some(secret) = first_admin {
        println!("Make the first administrator, once, at {public_url}/setup#token={secret}");
    }
    let served = warpyard_server::serve(state, listener, stop.clone()).await;
    // Requests are answered first; then controllers put down their work. Instances run on.
    working.cancel();
    stop.cancel();
    tracker.close();
    tracker.wait().await;
    served
}

async fn open_store(config: &Config, data_dir: &Path) -> warpyard_model::Result<Store> {
    let key = MasterKey::load(config.key_source(data_dir)?)?;
    let clock = Arc::new(SystemClock);
    match &config.database_url {
        Some(url) => Store::postgres(url, key, clock).await,
        None => Store::sqlite(&data_dir.join("warpyard.db"), key, clock).await,
    }
}

async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) else {
        tracing::error!("signals cannot be heard; stop the server with SIGKILL");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = stop.cancelled() => {}
    }
    tracing::info!("stopping: requests under way may end, instances run on");
    stop.cancel();
}

/// Where apps are reached: beside the console, with its scheme and port.
fn addresses(config: &Config, port: u16) -> warpyard_model::Result<AppAddresses> {
    let public = public_url(config, port);
    let bad = || warpyard_model::Error::invalid_field("public_url", format!("{public:?} is not an http or https address"));
    let (scheme, rest) = public.split_once("://").ok_or_else(bad)?;
    if scheme != "http" && scheme != "https" {
        return Err(bad());
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    Ok(AppAddresses { scheme: scheme.to_owned(), domain: config.apps_domain.to_lowercase(), port })
}

fn public_url(config: &Config, port: u16) -> String {
    match &config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://localhost:{port}"),
    }
}

fn host_name() -> String {
    nix::unistd::gethostname().ok().and_then(|n| n.into_string().ok()).unwrap_or_else(|| "server".into())
}

/// This machine as a target. What an admin changed about it stays; the flags set it up the first time.
async fn bring_this_machine(store: &ControllerStore, config: &Config) -> warpyard_model::Result<()> {
    let name = Name::parse("local").map_err(warpyard_model::Error::internal)?;
    let found = store.find::<Target>(&ScopePath::platform(), &name).await?;
    let given = !config.simulate_gpus.is_empty() || config.cpu_millis.is_some() || config.memory_bytes.is_some();
    let spec = match &found {
        Some(found) if !given => found.spec.clone(),
        Some(found) => Target {
            simulated_gpus: config.simulate_gpus.clone(),
            cpu_millis: config.cpu_millis.or(found.spec.cpu_millis),
            memory_bytes: config.memory_bytes.or(found.spec.memory_bytes),
            ..found.spec.clone()
        },
        None => Target {
            target_type: TargetType::Process,
            cordoned: false,
            cpu_millis: config.cpu_millis,
            memory_bytes: config.memory_bytes,
            simulated_gpus: config.simulate_gpus.clone(),
        },
    };
    let errors = warpyard_model::Spec::validate(&spec);
    if !errors.is_empty() {
        return Err(warpyard_model::Error::invalid(errors));
    }
    let metadata = match found {
        Some(found) => NewMetadata {
            name,
            display_name: found.metadata.display_name,
            description: found.metadata.description,
            labels: found.metadata.labels,
        },
        None => NewMetadata {
            name,
            display_name: "This machine".to_owned(),
            description: "Runs services as sandboxed processes beside the server.".to_owned(),
            labels: std::collections::BTreeMap::default(),
        },
    };
    store.bring(NewObject::new(ScopePath::platform(), metadata, spec)).await.map(drop)
}

/// Makes the first admin from the configuration, or gives the secret of the link that makes one.
async fn first_admin(store: &ControllerStore, config: &Config) -> warpyard_model::Result<Option<String>> {
    use warpyard_model::Error;
    if !store.store().needs_first_admin().await? {
        return Ok(None);
    }
    match (&config.bootstrap_admin_email, &config.bootstrap_admin_password_file) {
        (Some(email), Some(file)) => {
            let password = read_password(file)?;
            let admin = FirstAdmin { email: email.clone(), display_name: String::new(), password };
            store.make_first_admin(&admin).await?;
            Ok(None)
        }
        (None, None) => store.first_admin_secret().await.map(Some),
        _ => Err(Error::invalid_field(
            "bootstrap_admin_email",
            "the first admin needs both bootstrap_admin_email and bootstrap_admin_password_file",
        )),
    }
}

fn read_password(file: &Path) -> warpyard_model::Result<String> {
    let text = std::fs::read_to_string(file).map_err(|e| {
        warpyard_model::Error::invalid_field("bootstrap_admin_password_file", format!("cannot read {}: {e}", file.display()))
    })?;
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

fn provider_factory(
    data_dir: &Path,
    keep_prepared_days: u32,
) -> warpyard_model::Result<warpyard_controller::reconcile::ProviderFactory> {
    let this = std::env::current_exe().map_err(warpyard_model::Error::internal)?;
    let executable = warpyard_providers::process::shim_program(&this);
    let data_dir = data_dir.to_owned();
    Ok(Arc::new(move |target: &Object<Target>| match target.spec.target_type {
        TargetType::Process => {
            let mut process = crate::environment::for_processes(ProcessConfig::new(&data_dir, &executable));
            process.simulated_gpus.clone_from(&target.spec.simulated_gpus);
            process.cpu_millis = target.spec.cpu_millis;
            process.memory_bytes = target.spec.memory_bytes;
            process.keep_prepared_days = Some(keep_prepared_days).filter(|days| *days > 0);
            Ok(Arc::new(ProcessProvider::new(process)?) as Arc<dyn Provider>)
        }
    }))
}
