//! The shipped catalogue: compiled in from `catalog/`, brought into the store when the server starts, launched into
//! projects or cloned from there.

mod cards;
mod offering;
mod parent;

pub use cards::{CatalogueCard, cards};
pub use offering::{
    Customise, FromSystem, LaunchIntoProjects, Launched, LaunchedIntoProjects, customise, launch_into_projects, offer_to_orgs,
};
pub use parent::{ParentUpdate, parent_update, update_from_parent};

use rust_embed::RustEmbed;
use warpyard_model::document;
use warpyard_model::kinds::{Card, EnvironmentTemplate, SystemProfile};
use warpyard_model::meta::NewMetadata;
use warpyard_model::{Error, Kind, Name, Result, ScopePath, Spec};
use warpyard_store::{ControllerStore, NewObject};

#[derive(RustEmbed)]
#[folder = "../../catalog/"]
struct Files;

/// What the catalogue holds.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Shipped templates.
    pub templates: Vec<(NewMetadata, EnvironmentTemplate)>,
    /// Shipped profiles.
    pub profiles: Vec<(NewMetadata, SystemProfile)>,
}

/// Reads the compiled-in files. An error is a defect of this build and names the file.
pub fn shipped() -> Result<Catalogue> {
    let mut catalogue = Catalogue::default();
    let mut paths: Vec<String> = Files::iter().map(|p| p.to_string()).collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.ends_with(".yaml")) {
        let bad = |e: &dyn std::fmt::Display| Error::internal(format!("catalog/{path}: {e}"));
        for document in document::parse(&text(path)?).map_err(|e| bad(&e))? {
            match document.kind {
                Kind::EnvironmentTemplate => {
                    let spec: EnvironmentTemplate = crate::admission::parse_spec(document.spec).map_err(|e| bad(&e))?;
                    if let Some(error) = spec.validate().first() {
                        return Err(bad(&format!("{}: {}", error.path, error.message)));
                    }
                    catalogue.templates.push((document.metadata, spec));
                }
                Kind::SystemProfile => {
                    let mut spec: SystemProfile = crate::admission::parse_spec(document.spec).map_err(|e| bad(&e))?;
                    let readme = path.rsplit_once('/').map(|(folder, _)| format!("{folder}/README.md"));
                    let documentation = readme.map(|r| text(&r)).transpose()?.unwrap_or_default();
                    if let Some(card) = card_of(&mut spec) {
                        card.documentation = documentation;
                    }
                    catalogue.profiles.push((document.metadata, spec));
                }
                other => return Err(bad(&format!("a {other} does not belong into the catalogue"))),
            }
        }
    }
    Ok(catalogue)
}

fn text(path: &str) -> Result<String> {
    let file = Files::get(path).ok_or_else(|| Error::internal(format!("catalog/{path} is missing")))?;
    String::from_utf8(file.data.into_owned()).map_err(Error::internal)
}

fn card_of(spec: &mut SystemProfile) -> Option<&mut Card> {
    match (&mut spec.compute, &mut spec.service) {
        (Some(compute), _) => Some(&mut compute.card),
        (None, Some(service)) => Some(&mut service.card),
        (None, None) => None,
    }
}

/// The drawing of a shipped profile, as SVG text.
pub fn icon(name: &Name) -> Option<String> {
    text(&format!("{name}/icon.svg")).ok()
}

/// Brings the shipped templates and profiles into the store. Idempotent.
pub async fn bring(store: &ControllerStore) -> Result<()> {
    let Catalogue { templates, profiles } = shipped()?;
    for (metadata, spec) in templates {
        store.bring(NewObject::new(ScopePath::platform(), metadata, spec)).await?;
    }
    let names: Vec<Name> = profiles.iter().map(|(m, _)| m.name.clone()).collect();
    for (metadata, spec) in profiles {
        store.bring(NewObject::new(ScopePath::platform(), metadata, spec)).await?;
    }
    store.withdraw_unused::<SystemProfile>(&names).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use warpyard_model::inputs::LiveOptions;

    #[test]
    fn the_shipped_catalogue_is_sound() {
        let Catalogue { templates, profiles } = shipped().unwrap();
        assert!(!profiles.is_empty());
        for (metadata, profile) in &profiles {
            let name = &metadata.name;
            let (reference, rules, presets, errors) = match (&profile.compute, &profile.service) {
                (Some(c), None) => (&c.template, &c.inputs, &c.presets, c.validate()),
                (None, Some(s)) => (&s.template, &s.inputs, &s.presets, s.validate()),
                _ => panic!("{name}: exactly one of compute and service"),
            };
            assert!(errors.is_empty(), "{name}: {errors:?}");
            let template = templates.iter().find(|(m, _)| m.name == reference.name).map(|(_, t)| t);
            let template = template.unwrap_or_else(|| panic!("{name}: no template {}", reference.name));
            let version = template.version(&reference.version).unwrap_or_else(|| panic!("{name}: no version"));
            assert_eq!(version.state, warpyard_model::kinds::TemplateState::Active, "{name}");
            let form = warpyard_model::inputs::effective_form(&version.inputs, rules, presets, &LiveOptions::new());
            assert!(form.is_ok(), "{name}: {form:?}");
            assert!(icon(name).is_some_and(|svg| svg.contains("<svg") && !svg.contains("<script")), "{name} needs an icon.svg");
            if let Some(service) = &profile.service {
                for compute in service.compute.auto_create.iter().chain(&service.compute.profiles) {
                    assert!(
                        profiles.iter().any(|(m, p)| m.name == *compute && p.compute.is_some()),
                        "{name}: no compute {compute}"
                    );
                }
            }
        }
    }
}
