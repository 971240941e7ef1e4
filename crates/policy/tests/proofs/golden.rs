//! The policies beside the ones that were agreed on last: `tests/golden/policies.cedar`.
//!
//! A change of the policies that allows more fails until the golden file says so too: `UPDATE_GOLDEN=widen`. One that
//! allows less, or the same in other words, is taken over with `UPDATE_GOLDEN=1`.

use crate::question::{Prover, Verdict, prove};
use crate::{policies, refuted, with_a_hole};
use std::path::PathBuf;

fn golden() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/policies.cedar")
}

async fn more(prover: &mut Prover, new: &str, old: &str) -> Verdict {
    for (_, env) in prover.questions() {
        if let found @ Some(_) = prover.implies(new, old, &env, "true").await {
            return found;
        }
    }
    None
}

#[test]
fn the_policies_allow_no_more_than_was_agreed_on() {
    prove("golden", async |mut prover| {
        let now = policies();
        let update = std::env::var("UPDATE_GOLDEN").unwrap_or_default();
        if update == "widen" {
            std::fs::write(golden(), &now).expect("the golden file is written");
        }
        let agreed = std::fs::read_to_string(golden()).expect("the golden file is there");
        if let Some(found) = more(&mut prover, &now, &agreed).await {
            panic!(
                "the policies allow more than crates/policy/tests/golden/policies.cedar; if that is meant, run \
                 `UPDATE_GOLDEN=widen cargo test -p warpyard-policy --test proofs golden` and say why in the commit: {found}"
            );
        }
        if agreed != now && update == "1" {
            std::fs::write(golden(), &now).expect("the golden file is written");
        } else if let Some(found) = more(&mut prover, &agreed, &now).await {
            panic!(
                "the policies allow less than crates/policy/tests/golden/policies.cedar; run `UPDATE_GOLDEN=1 cargo test -p \
                 warpyard-policy --test proofs golden`, so that nobody can widen them again unseen: {found}"
            );
        }

        let hole = with_a_hole(
            "permit (principal is User, action == Action::\"user.set_password\", resource is Account) \
             when { resource.offered_in.containsAny(principal.org_admin) };",
        );
        refuted(more(&mut prover, &hole, &agreed).await, &hole, "user.set_password");
        prover
    });
}
