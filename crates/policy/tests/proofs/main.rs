//! Proofs about the policies, for all people and all things: Cedar's symbolic analysis with the solver cvc5.
//!
//! What is claimed and under which assumptions stands in docs/security/proofs.md. Beside every proof stands a policy
//! set with a hole in it that the proof must refute, so that no proof can pass by asking nothing.

mod assumed;
mod golden;
mod question;

use question::{Prover, Verdict, prove};
use warpyard_model::permission::{Permission, Role};
use warpyard_policy::{POLICIES_BY_HAND, generated_policies};

const MEMBER: &str = include_str!("sets/member.cedar");
const PAAS_ADMIN: &str = include_str!("sets/paas_admin.cedar");
const TEMPLATE_AUTHOR: &str = include_str!("sets/template_author.cedar");

/// The policies as the product runs them.
pub(crate) fn policies() -> String {
    format!("{}\n{POLICIES_BY_HAND}", generated_policies())
}

/// The policies with one more.
fn with_a_hole(more: &str) -> String {
    format!("{}\n{more}", policies())
}

/// The policies without one.
fn without(id: &str) -> String {
    let text = policies();
    let start = text.find(&format!("@id(\"{id}\")")).unwrap_or_else(|| panic!("there is no policy {id}"));
    let end = start + text[start..].find("};").expect("a policy ends") + 2;
    format!("{}{}", &text[..start], &text[end..])
}

fn holds(verdict: Verdict) {
    if let Some(counterexample) = verdict {
        panic!("this is allowed and must not be: {counterexample}");
    }
}

/// The hole was found, and the real authorizer goes through it too.
fn refuted(verdict: Verdict, mutant: &str, action: &str) {
    let counterexample = verdict.unwrap_or_else(|| panic!("the proof does not see this hole: {mutant}"));
    assert_eq!(counterexample.action, action);
    assert!(counterexample.allowed_by(mutant), "the authorizer refuses what the solver says is allowed: {counterexample}");
}

async fn only_what_is_listed(prover: &mut Prover, policies: &str, listed: &str, assumed: &str) -> Verdict {
    for (_, env) in prover.questions() {
        if let found @ Some(_) = prover.implies(policies, listed, &env, assumed).await {
            return found;
        }
    }
    None
}

async fn denied(prover: &mut Prover, policies: &str, assumed: impl Fn(&str) -> String, asked: impl Fn(&str) -> bool) -> Verdict {
    for (action, env) in prover.questions().into_iter().filter(|(action, _)| asked(action)) {
        if let found @ Some(_) = prover.denies(policies, &env, &assumed(&action)).await {
            return found;
        }
    }
    None
}

#[test]
fn a_paas_admin_may_do_exactly_what_is_listed() {
    prove("PaaS admin", async |mut prover| {
        let listed = format!("{PAAS_ADMIN}\n{MEMBER}");
        let assumed = assumed::only(Role::PaasAdmin);
        holds(only_what_is_listed(&mut prover, &policies(), &listed, &assumed).await);
        let of_others = format!("{assumed} && !({}) && {}", assumed::OWN_WORK, assumed::NOT_SUSPENDED);
        holds(only_what_is_listed(&mut prover, &listed, &policies(), &of_others).await);

        let hole = with_a_hole(
            "permit (principal is User, action == Action::\"secret.view\", resource is Secret) \
             when { resource.scopes.containsAny(principal.paas_admin) };",
        );
        refuted(only_what_is_listed(&mut prover, &hole, &listed, &assumed).await, &hole, "secret.view");
        let less = without("paas_admin:ComputeProfile");
        let missing = only_what_is_listed(&mut prover, &listed, &less, &of_others).await.expect("something is missing");
        assert!(missing.action.starts_with("compute_profile.") && !missing.allowed_by(&less), "{missing}");
        prover
    });
}

#[test]
fn an_auditor_changes_nothing() {
    prove("auditor", async |mut prover| {
        let assumed = format!("{} && {}", assumed::only(Role::Auditor), assumed::ABOVE_PROJECTS);
        let changes = |action: &str| !action.ends_with(".view");
        holds(denied(&mut prover, &policies(), |_| assumed.clone(), changes).await);

        let hole = with_a_hole(
            "permit (principal is User, action == Action::\"group.update\", resource is Group) \
             when { principal.auditor.contains(\"/\") };",
        );
        refuted(denied(&mut prover, &hole, |_| assumed.clone(), changes).await, &hole, "group.update");
        prover
    });
}

#[test]
fn a_template_author_binds_no_credentials() {
    prove("template author", async |mut prover| {
        let assumed = format!("{} && {}", assumed::only(Role::TemplateAuthor), assumed::ABOVE_PROJECTS);
        let credentials = |action: &str| {
            let (kind, verb) = action.split_once('.').expect("kind.verb");
            kind == "secret" || (matches!(kind, "target" | "role_binding" | "group") && verb != "view")
        };
        holds(denied(&mut prover, &policies(), |_| assumed.clone(), credentials).await);
        let listed = format!("{TEMPLATE_AUTHOR}\n{MEMBER}");
        holds(only_what_is_listed(&mut prover, &policies(), &listed, &assumed).await);

        let hole = with_a_hole(
            "permit (principal is User, action == Action::\"target.update\", resource is Target) \
             when { !principal.template_author.isEmpty() };",
        );
        refuted(denied(&mut prover, &hole, |_| assumed.clone(), credentials).await, &hole, "target.update");
        refuted(only_what_is_listed(&mut prover, &hole, &listed, &assumed).await, &hole, "target.update");
        prover
    });
}

#[test]
fn nothing_crosses_organizations() {
    prove("organizations", async |mut prover| {
        holds(denied(&mut prover, &policies(), assumed::strangers, |_| true).await);

        // An owner who has left: the kind of hole that looks harmless in review.
        let hole = with_a_hole(
            "permit (principal is User, action == Action::\"service_instance.logs\", resource is ServiceInstance) \
             when { resource.owner == principal.name };",
        );
        refuted(denied(&mut prover, &hole, assumed::strangers, |_| true).await, &hole, "service_instance.logs");
        prover
    });
}

#[test]
fn the_matrix_says_what_the_policies_say() {
    prove("matrix", async |mut prover| {
        holds(beyond_the_matrix(&mut prover, &policies()).await);
        holds(short_of_the_matrix(&mut prover, &policies()).await);

        let hole = with_a_hole(
            "permit (principal is User, action == Action::\"secret.create\", resource is Secret) \
             when { resource.scopes.containsAny(principal.finops) };",
        );
        refuted(beyond_the_matrix(&mut prover, &hole).await, &hole, "secret.create");
        let less = without("developer:Workspace");
        let missing = short_of_the_matrix(&mut prover, &less).await.expect("something is missing");
        assert!(missing.action == "workspace.create" && !missing.allowed_by(&less), "{missing}");
        prover
    });
}

/// Whatever somebody does by roles, one of the roles has it in the table.
async fn beyond_the_matrix(prover: &mut Prover, policies: &str) -> Verdict {
    for (action, env) in prover.questions() {
        let permission = permission(&action);
        // Opening is an endpoint's affair; whoever may look at it may open what is opened to the workspace.
        let without = assumed::none_of(Role::ALL.iter().copied().filter(|role| role.has(permission)));
        let assumed = format!("{without} && {}", assumed::NO_FOOT_IN_THE_DOOR);
        if let found @ Some(_) = prover.denies(policies, &env, &assumed).await {
            return found;
        }
    }
    None
}

/// Whatever the table gives to a role, somebody with the role may do.
async fn short_of_the_matrix(prover: &mut Prover, policies: &str) -> Verdict {
    for (action, env) in prover.questions() {
        let permission = permission(&action);
        // Looking and resuming go on while an organization is suspended.
        let active = if lasts(permission) { "true" } else { assumed::NOT_SUSPENDED };
        let assumed = format!("{active} && {}", assumed::holds_one_with(permission));
        if let found @ Some(_) = prover.allows(policies, &env, &assumed).await {
            return found;
        }
    }
    None
}

/// What a suspension does not touch: looking, and ending it.
fn lasts(permission: Permission) -> bool {
    permission.verb.only_looks() || permission.to_string() == "organization.suspend"
}

#[test]
fn a_suspended_organization_permits_nothing_but_looking_and_resuming() {
    prove("suspended", async |mut prover| {
        let changes = |action: &str| !lasts(permission(action));
        let assumed = |_: &str| assumed::SUSPENDED.to_owned();
        holds(denied(&mut prover, &policies(), assumed, changes).await);

        // One action forgotten in the list, and somebody who is let in although it is suspended.
        let text = policies();
        let start = text.find("@id(\"suspended\")").expect("there is the policy");
        let (before, forbid) = text.split_at(start);
        let forgotten = format!("{before}{}", forbid.replacen("Action::\"secret.create\", ", "", 1));
        assert_ne!(forgotten, text);
        refuted(denied(&mut prover, &forgotten, assumed, changes).await, &forgotten, "secret.create");
        let softened = format!("{before}{}", forbid.replacen(" };", " && principal.org_admin.isEmpty() };", 1));
        assert_ne!(softened, text);
        let found = denied(&mut prover, &softened, assumed, changes).await.expect("the proof sees who is let in");
        assert!(found.allowed_by(&softened), "{found}");
        prover
    });
}

fn permission(action: &str) -> Permission {
    Permission::all().find(|permission| permission.to_string() == action).expect("every action is a permission")
}

/// What lets something out that somebody wrote.
const LETS_OUT: [&str; 6] = [
    "compute_profile.publish",
    "environment_template.create",
    "environment_template.update",
    "organization.update",
    "role_binding.create",
    "service_profile.publish",
];

#[test]
fn nobody_approves_their_own_work_where_the_two_person_rule_is_on() {
    prove("two persons", async |mut prover| {
        let own = |_: &str| assumed::OWN_WORK.to_owned();
        let lets_out = |action: &str| LETS_OUT.contains(&action);
        // Of everybody, whatever roles of whatever sort they have: nothing else is assumed.
        holds(denied(&mut prover, &policies(), own, lets_out).await);

        let gone = without("two_person");
        refuted(denied(&mut prover, &gone, own, lets_out).await, &gone, "compute_profile.publish");
        // An exception that sounds reasonable.
        let but_admins = policies().replace(
            "when { resource.two_person &&",
            "when { !resource.scopes.containsAny(principal.org_admin) && resource.two_person &&",
        );
        refuted(denied(&mut prover, &but_admins, own, lets_out).await, &but_admins, "compute_profile.publish");
        // One that only templates have.
        let forgotten = policies().replace(
            "Action::\"environment_template.update\", Action::\"organization.update\",",
            "Action::\"organization.update\",",
        );
        refuted(denied(&mut prover, &forgotten, own, lets_out).await, &forgotten, "environment_template.update");
        prover
    });
}

#[test]
fn no_policy_meets_an_error() {
    prove("errors", async |mut prover| {
        if let Some(found) = prover.never_errors(&policies()).await {
            panic!("a policy meets an error: {found}");
        }
        // Well typed, and it overflows.
        let hole = "permit (principal is User, action == Action::\"secret.view\", resource is Secret) \
                    when { principal.finops.isEmpty() && 9223372036854775807 + 1 > 0 };";
        let found = prover.never_errors(hole).await.expect("the proof sees that a sum overflows");
        assert!(found.fails_in(hole), "the authorizer meets no error: {found}");
        prover
    });
}
