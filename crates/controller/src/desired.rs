//! From an instance, its profile and template to what a provider is asked to run.

use crate::admission::open_sealed;
use crate::lookup::AtRest;
use crate::profile::load;
use crate::reconcile::AppAddresses;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use warpyard_model::inputs::{FieldType, Values};
use warpyard_model::kinds::{
    Allocation, ComputeInstance, EndpointAccess, EndpointStatus, KeptRevision, Network, Output, Secret, ServiceInstance,
    ServiceProfile, TemplateVersion, User,
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

/// What a service is rendered among: everything beside its profile and its inputs.
pub(crate) struct Surroundings<'a> {
    pub(crate) uid: &'a str,
    pub(crate) name: &'a str,
    pub(crate) title: &'a str,
    pub(crate) scope: &'a ScopePath,
    pub(crate) revision: i64,
    pub(crate) compute_uid: &'a str,
    pub(crate) compute_name: &'a str,
    pub(crate) allocation: &'a Allocation,
    pub(crate) owner: Json,
    /// Ports allotted on the machine; the template's own where absent.
    pub(crate) ports: Option<BTreeMap<String, u16>>,
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
    let uid = &service.metadata.uid;
    let ports = match template.process.network {
        Network::Host => {
            let names: Vec<String> = template.endpoints.iter().map(|e| e.name.clone()).collect();
            Some(provider.ports(uid, &names).await?)
        }
        Network::None => None,
    };
    let mut inputs = service.spec.inputs.clone();
    open_sealed(&mut inputs, &store.unseal(uid).await?)?;
    open_secrets(store, template, &mut inputs, org, project).await?;
    let at = Surroundings {
        uid,
        name: service.metadata.name.as_str(),
        title: service.metadata.title(),
        scope,
        revision: KeptRevision::revision_at(service.status.kept_revision, service.metadata.generation),
        compute_uid: &compute.metadata.uid,
        compute_name: compute.metadata.name.as_str(),
        allocation,
        owner: owner(store, service.spec.owner.as_ref()).await?,
        ports,
    };
    let mut rendered = rendered(template, profile.spec.access, &inputs, &at, addresses)?;
    for endpoint in &mut rendered.endpoints {
        endpoint.access = service.spec.access_of(endpoint);
    }
    Ok(rendered)
}

/// Renders a template version for inputs in which nothing is sealed.
pub(crate) fn rendered(
    template: &TemplateVersion,
    narrowed: Option<EndpointAccess>,
    inputs: &Values,
    at: &Surroundings<'_>,
    addresses: &AppAddresses,
) -> Result<Rendered> {
    let short_id = warpyard_model::meta::short_id(at.uid);
    let ports = at.ports.clone().unwrap_or_else(|| template.endpoints.iter().map(|e| (e.name.clone(), e.port)).collect());
    let endpoints: Vec<EndpointStatus> = template
        .endpoints
        .iter()
        .map(|e| {
            let usual = e.usual_access(narrowed);
            EndpointStatus {
                name: e.name.clone(),
                title: e.title.clone(),
                url: addresses.url(&e.name, short_id),
                access: usual,
                usual,
                share: e.widest_access(narrowed),
                ready: false,
            }
        })
        .collect();
    let context = json!({
        "inputs": inputs,
        "compute": {
            "name": at.compute_name,
            "cpu_millis": at.allocation.cpu_millis,
            "memory_bytes": at.allocation.memory_bytes,
            "gpus": at.allocation.gpus,
        },
        "instance": { "name": at.name, "uid": at.uid, "display_name": at.title },
        "workspace": { "name": at.scope.workspace },
        "project": { "name": at.scope.project },
        "org": { "name": at.scope.org },
        "user": at.owner,
        "ports": ports,
        "endpoints": endpoints.iter().map(|e| (e.name.clone(), json!({ "url": e.url }))).collect::<BTreeMap<_, _>>(),
    });
    let renderer = Renderer::of_template(&context, &template.inputs);
    let desired = service_desired(&renderer, at, template, &ports)?;
    let outputs = renderer.outputs(&template.outputs).map_err(|error| Error::invalid(vec![error]))?;
    let outputs = outputs.into_iter().map(|o| Output { name: o.name, label: o.label, value: o.value }).collect();
    Ok(Rendered { desired, endpoints, outputs })
}

fn service_desired(
    renderer: &Renderer,
    at: &Surroundings<'_>,
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
        uid: at.uid.to_owned(),
        compute_uid: at.compute_uid.to_owned(),
        path: format!("{}/{}", at.scope.key(), at.name),
        allocation: at.allocation.clone(),
        revision: at.revision,
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

/// Puts what secrets hold where inputs name them.
pub(crate) async fn open_secrets(
    store: &ControllerStore,
    template: &TemplateVersion,
    values: &mut Values,
    org: &Name,
    project: &Name,
) -> Result<()> {
    for field in template.inputs.iter().filter(|f| f.field_type == FieldType::Secret) {
        let Some(reference) = values.get(&field.name).and_then(Json::as_str).map(str::to_owned) else { continue };
        let opened = open_secret(store, org, project, &reference).await?;
        values.insert(field.name.clone(), opened);
    }
    Ok(())
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

pub(crate) async fn owner(store: &ControllerStore, name: Option<&Name>) -> Result<Json> {
    let Some(name) = name else { return Ok(json!({ "name": "", "email": "", "display_name": "" })) };
    let user = store.find::<User>(&ScopePath::platform(), name).await?;
    let email = user.as_ref().map(|u| u.spec.email.clone()).unwrap_or_default();
    let title = user.as_ref().map(|u| u.metadata.title().to_owned()).unwrap_or_default();
    Ok(json!({ "name": name, "email": email, "display_name": title }))
}
