//! From an instance, its profile and template to what a provider is asked to run.

use crate::admission::open_sealed;
use crate::lookup::AtRest;
use crate::profile::{Loaded, load};
use crate::reconcile::AppAddresses;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use warpyard_model::inputs::{FieldType, Values};
use warpyard_model::kinds::{
    Allocation, ComputeInstance, EndpointAccess, EndpointStatus, Network, Output, Secret, ServiceInstance, ServiceProfile,
    TemplateVersion, User,
};
use warpyard_model::render::Renderer;
use warpyard_model::{Error, Name, Object, Result, ScopePath};
use warpyard_provider::{EndpointDesired, FileDesired, PrepareDesired, Provider, ReadinessDesired, ServiceDesired};
use warpyard_store::ControllerStore;

/// Everything a service instance comes down to.
pub(crate) struct Rendered {
    pub(crate) desired: ServiceDesired,
    pub(crate) endpoints: Vec<EndpointStatus>,
    pub(crate) outputs: Vec<Output>,
}

/// Renders a service for its compute's allocation. Fails with what is wrong in the template or its inputs; nothing
/// of a sealed value is in the error.
pub(crate) async fn render(
    store: &ControllerStore,
    provider: &dyn Provider,
    addresses: &AppAddresses,
    service: &Object<ServiceInstance>,
    compute: &Object<ComputeInstance>,
    allocation: &Allocation,
) -> Result<Rendered> {
    let scope = &service.metadata.scope;
    let (Some(org), Some(project)) = (&scope.org, &scope.project) else {
        return Err(Error::internal("a service without a project"));
    };
    let reference = &service.spec.profile;
    let home = ScopePath::project(org.clone(), reference.project.clone().unwrap_or_else(|| project.clone()));
    let profile = load::<ServiceProfile>(&mut AtRest(store), &home, &reference.name, project, reference.generation).await?;
    let template = &profile.template;
    let body = &template.process;

    let uid = &service.metadata.uid;
    let ports = match body.network {
        Network::Host => {
            let names: Vec<String> = template.endpoints.iter().map(|e| e.name.clone()).collect();
            provider.ports(uid, &names).await?
        }
        Network::None => template.endpoints.iter().map(|e| (e.name.clone(), e.port)).collect(),
    };
    let inputs = open_inputs(store, service, &profile, org, project).await?;
    let owner = owner(store, service.spec.owner.as_ref()).await?;
    let endpoints: Vec<EndpointStatus> = template
        .endpoints
        .iter()
        .map(|e| EndpointStatus {
            name: e.name.clone(),
            title: e.title.clone(),
            url: addresses.url(&e.name, service.metadata.short_id()),
            access: access(&profile, e.access),
            ready: false,
        })
        .collect();
    let renderer = Renderer::new(&json!({
        "inputs": inputs,
        "compute": {
            "name": compute.metadata.name,
            "cpu_millis": allocation.cpu_millis,
            "memory_bytes": allocation.memory_bytes,
            "gpus": allocation.gpus,
        },
        "instance": { "name": service.metadata.name, "uid": uid, "display_name": service.metadata.title() },
        "workspace": { "name": scope.workspace },
        "project": { "name": project },
        "org": { "name": org },
        "user": owner,
        "ports": ports,
        "endpoints": endpoints.iter().map(|e| (e.name.clone(), json!({ "url": e.url }))).collect::<BTreeMap<_, _>>(),
    }));
    let desired = service_desired(&renderer, service, compute, allocation, template, &ports)?;
    let outputs = renderer.outputs(&template.outputs).map_err(|error| Error::invalid(vec![error]))?;
    let outputs = outputs.into_iter().map(|o| Output { name: o.name, label: o.label, value: o.value }).collect();
    Ok(Rendered { desired, endpoints, outputs })
}

fn access(profile: &Loaded<ServiceProfile>, template: EndpointAccess) -> EndpointAccess {
    profile.spec.access.map_or(template, |narrowed| narrowed.min(template))
}

fn service_desired(
    renderer: &Renderer,
    service: &Object<ServiceInstance>,
    compute: &Object<ComputeInstance>,
    allocation: &Allocation,
    template: &TemplateVersion,
    ports: &BTreeMap<String, u16>,
) -> Result<ServiceDesired> {
    let body = renderer.process(&template.process).map_err(|error| Error::invalid(vec![error]))?;
    let prepare = body.prepare.into_iter().map(|step| PrepareDesired {
        name: step.name,
        title: step.title,
        command: step.command,
        uses: step.uses,
        expected_seconds: step.expected_seconds,
    });
    let files = body.files.into_iter().map(|file| FileDesired {
        path: file.path,
        content: file.content,
        executable: file.executable,
        overwrite: file.overwrite,
    });
    Ok(ServiceDesired {
        uid: service.metadata.uid.clone(),
        compute_uid: compute.metadata.uid.clone(),
        path: format!("{}/{}", service.metadata.scope.key(), service.metadata.name),
        allocation: allocation.clone(),
        revision: service.metadata.generation,
        requires: body.requires,
        prepare: prepare.collect(),
        files: files.collect(),
        command: body.command,
        environment: body.environment.into_iter().collect(),
        working_directory: body.working_directory,
        network: body.network,
        restart: body.restart,
        batch: body.batch,
        stop_grace_seconds: body.stop_grace_seconds,
        endpoints: ports.iter().map(|(name, port)| EndpointDesired { name: name.clone(), port: *port }).collect(),
        readiness: template.readiness.as_ref().map(|r| ReadinessDesired {
            endpoint: r.endpoint.clone(),
            path: r.path.clone(),
            timeout_seconds: r.timeout_seconds,
        }),
        activity: template.activity.clone(),
    })
}

/// The inputs with sealed values opened and secrets looked up.
async fn open_inputs(
    store: &ControllerStore,
    service: &Object<ServiceInstance>,
    profile: &Loaded<ServiceProfile>,
    org: &Name,
    project: &Name,
) -> Result<Values> {
    let mut values = service.spec.inputs.clone();
    let sealed = store.unseal(&service.metadata.uid).await?;
    open_sealed(&mut values, &sealed)?;
    for field in &profile.template.inputs {
        if field.field_type != FieldType::Secret {
            continue;
        }
        let Some(reference) = values.get(&field.name).and_then(Json::as_str).map(str::to_owned) else { continue };
        let opened = open_secret(store, org, project, &reference).await?;
        values.insert(field.name.clone(), opened);
    }
    Ok(values)
}

/// A secret's entry as text, or all of its entries as an object.
async fn open_secret(store: &ControllerStore, org: &Name, project: &Name, reference: &str) -> Result<Json> {
    let (name, key) = reference.split_once('/').map_or((reference, None), |(n, k)| (n, Some(k)));
    let gone = || Error::precondition_failed(format!("The secret {reference} is not there any more."));
    let parsed = Name::parse(name).map_err(|_| gone())?;
    let scope = ScopePath::project(org.clone(), project.clone());
    let secret = store.find::<Secret>(&scope, &parsed).await?.ok_or_else(gone)?;
    let entries: BTreeMap<String, String> = store.unseal(&secret.metadata.uid).await?.into_iter().collect();
    match key {
        Some(key) => entries.get(key).map(|v| Json::from(v.as_str())).ok_or_else(gone),
        None => serde_json::to_value(entries).map_err(Error::internal),
    }
}

async fn owner(store: &ControllerStore, name: Option<&Name>) -> Result<Json> {
    let Some(name) = name else { return Ok(json!({ "name": "", "email": "", "display_name": "" })) };
    let user = store.find::<User>(&ScopePath::platform(), name).await?;
    let email = user.as_ref().map(|u| u.spec.email.clone()).unwrap_or_default();
    let title = user.as_ref().map(|u| u.metadata.title().to_owned()).unwrap_or_default();
    Ok(json!({ "name": name, "email": email, "display_name": title }))
}
