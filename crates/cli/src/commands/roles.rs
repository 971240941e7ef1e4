//! `warpyard roles`: what each built-in role may do.

use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::kind_word;
use crate::output::Format;
use crate::session::Session;
use clap::Args;
use warpyard_client::BuiltInRole;
use warpyard_model::Level;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  warpyard roles
  warpyard roles paas_admin
  warpyard roles --permission compute_profile.publish
  warpyard roles --kind secret -o json

Roles that the organization made itself: warpyard get custom-roles.")]
pub(crate) struct RolesArgs {
    /// Everything that this role may do.
    #[arg(value_name = "ROLE")]
    role: Option<String>,
    /// Only roles that have this permission.
    #[arg(long, value_name = "PERMISSION")]
    permission: Option<String>,
    /// Only permissions on this kind, such as compute_profile.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
}

pub(crate) async fn run(args: RolesArgs, session: Session) -> Outcome {
    let out = &session.out;
    let scope = session.need(Level::Org).await?;
    let org = scope.org.map(|name| name.to_string()).unwrap_or_default();
    let mut roles = session.client.built_in_roles(&org).await?;
    if let Some(wanted) = &args.role {
        let wanted = wanted.replace('-', "_");
        if !roles.iter().any(|one| one.role == wanted) {
            let failure = Failure::not_found(format!("there is no built-in role {wanted:?}"));
            return Err(match kind_word::nearest(&wanted, roles.iter().map(|one| one.role.as_str())) {
                Some(near) => failure.with_hint(format!("did you mean {near}?")),
                None => failure.with_hint("`warpyard roles` lists them"),
            });
        }
        roles.retain(|one| one.role == wanted);
    }
    if let Some(permission) = &args.permission {
        roles.retain(|one| one.permissions.contains(permission));
    }
    if let Some(kind) = &args.kind {
        let prefix = format!("{}.", kind.replace('-', "_"));
        for one in &mut roles {
            one.permissions.retain(|permission| permission.starts_with(&prefix));
        }
        roles.retain(|one| !one.permissions.is_empty());
    }
    let levels = |one: &BuiltInRole| one.levels.join(", ");
    match out.format {
        Format::Json | Format::Yaml => out.value(&roles)?,
        Format::Name => roles.iter().try_for_each(|one| out.line(&one.role))?,
        Format::Table if roles.is_empty() => out.note("No built-in role has that."),
        Format::Table if args.role.is_some() || args.kind.is_some() => {
            let rows: Vec<Vec<String>> = roles
                .iter()
                .flat_map(|one| one.permissions.iter().map(|p| vec![one.role.clone(), levels(one), p.clone()]))
                .collect();
            out.table(&["ROLE", "BOUND AT", "PERMISSION"], &rows)?;
        }
        Format::Table => {
            let rows: Vec<Vec<String>> =
                roles.iter().map(|one| vec![one.role.clone(), levels(one), one.permissions.len().to_string()]).collect();
            out.table(&["ROLE", "BOUND AT", "PERMISSIONS"], &rows)?;
        }
    }
    Ok(Exit::Done)
}
