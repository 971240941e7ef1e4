//! One file per kind: its spec, status and rules.

mod audit_entry;
mod card;
mod compute_instance;
mod compute_profile;
mod custom_role;
mod environment_template;
mod group;
mod icon;
mod identity_provider;
mod instance;
mod look;
mod organization;
mod placement;
mod profile_version;
mod project;
mod role_binding;
mod secret;
mod service_account;
mod service_instance;
mod service_profile;
mod size;
mod system_profile;
mod target;
mod user;
mod workspace;

pub use audit_entry::{AuditEntry, AuditOutcome};
pub use card::{AllocationType, Card, Limits, Price, Sharing, SystemParent, TemplateRef};
pub use compute_instance::{Allocation, ComputeInstance, ComputeInstanceStatus};
pub use compute_profile::ComputeProfile;
pub use custom_role::{CustomRole, CustomRoleStatus};
pub use environment_template::{
    ActivityProbe, Endpoint, EndpointAccess, EnvironmentTemplate, EnvironmentTemplateStatus, FileSpec, Network, OutputSpec,
    PrepareStep, ProcessBody, ReadinessProbe, RestartPolicy, TemplateState, TemplateVersion, Workload,
};
pub use group::{Group, GroupStatus};
pub use icon::{CleanIcon, Icon, IconStatus};
pub use identity_provider::{GroupMapping, IdentityProvider, IdentityProviderStatus};
pub use instance::{DesiredState, KeptRevision, Phase, ProfileRef, QueueStatus, Step, StepState};
pub use look::{Link, Look};
pub use organization::{Organization, OrganizationSignIn, OrganizationStatus, Suspension, SwitchingOff, TwoPerson};
pub use placement::{Placement, TargetSelector};
pub use profile_version::{InstanceUpdate, ProfileStatus, ProfileVersion, PublishedVersion, VersionState, WaitingVersion};
pub use project::{Project, ProjectStatus};
pub use role_binding::{RoleBinding, RoleBindingStatus};
pub use secret::{Secret, SecretStatus};
pub use service_account::{LONGEST_ACCOUNT_NAME, ServiceAccount, ServiceAccountStatus};
pub use service_instance::{EndpointStatus, Output, ServiceInstance, ServiceInstanceStatus};
pub use service_profile::{ComputeRequirement, ServiceProfile};
pub use size::{Amount, GpuSize, ResolvedSize, Size};
pub use system_profile::{SystemOffer, SystemProfile, SystemProfileStatus};
pub use target::{Gpu, GpuUse, Inventory, Node, Target, TargetStatus, TargetType, Usage, parse_simulated};
pub use user::{User, UserStatus};
pub use workspace::{Workspace, WorkspaceStatus};

/// An empty status, for kinds that observe nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct NoStatus {}

/// Rules both instance kinds share: an instance keeps its profile (and generation) and its owner.
fn instance_change(
    profile: &ProfileRef,
    old_profile: &ProfileRef,
    owner: &Option<crate::Name>,
    old_owner: &Option<crate::Name>,
) -> Vec<crate::FieldError> {
    let mut errors = Vec::new();
    if profile != old_profile {
        errors.push(crate::FieldError::new(
            "spec.profile",
            "an instance keeps its profile and generation; upgrade it, or launch another",
        ));
    }
    if owner != old_owner {
        errors.push(crate::FieldError::new("spec.owner", "an instance keeps its owner; hand it over with transfer"));
    }
    errors
}
