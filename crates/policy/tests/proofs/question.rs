//! Claims about the policies, put to the solver one request environment of the schema at a time.
//!
//! A claim that does not hold comes back as a request that breaks it; [`Counterexample::allowed_by`] lets the real
//! authorizer judge that request, so that a refutation is never only the solver's word.

use cedar_policy::{ActionConstraint, Authorizer, Decision, Policy, PolicyId, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use std::collections::HashMap;
use std::future::Future;
use std::io::Write as _;

/// Questions take milliseconds; one that takes longer is a failure, not a reason to wait.
const LIMIT_PER_QUESTION: &str = "--tlimit-per=30000";

/// A solver, the schema and how often it was asked.
pub(crate) struct Prover {
    schema: Schema,
    compiler: CedarSymCompiler<LocalSolver>,
    /// What was parsed before, by its text: parsing takes longer than solving.
    parsed: HashMap<String, PolicySet>,
    asked: usize,
}

/// A request that breaks a claim.
pub(crate) struct Counterexample {
    pub(crate) action: String,
    found: Env,
}

impl Counterexample {
    /// What the real authorizer says of it.
    pub(crate) fn allowed_by(&self, policies: &str) -> bool {
        let answer = Authorizer::new().is_authorized(&self.found.request, &parse(policies), &self.found.entities);
        answer.decision() == Decision::Allow
    }

    /// Whether the real authorizer meets an error.
    pub(crate) fn fails_in(&self, policies: &str) -> bool {
        let answer = Authorizer::new().is_authorized(&self.found.request, &parse(policies), &self.found.entities);
        answer.diagnostics().errors().next().is_some()
    }
}

impl std::fmt::Display for Counterexample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.found.request)?;
        for entity in self.found.entities.iter().filter(|entity| entity.uid().type_name().to_string() != "Action") {
            writeln!(f, "{}:", entity.uid())?;
            for (name, value) in entity.attrs() {
                match value {
                    Ok(value) => writeln!(f, "  {name} = {value}")?,
                    Err(error) => writeln!(f, "  {name}: {error}")?,
                }
            }
        }
        Ok(())
    }
}

const STACK_BYTES: usize = 256 << 20;

/// What a claim came to: nothing where it holds.
pub(crate) type Verdict = Option<Counterexample>;

/// Runs a proof with a solver of its own, and says how often it was asked. Where this machine has no solver the proof is
/// skipped, unless nothing may be skipped.
pub(crate) fn prove<F: Future<Output = Prover>>(name: &str, proof: impl FnOnce(Prover) -> F + Send) {
    if !solver_is_there() {
        let message = "cvc5 is not on the PATH; install cvc5";
        let requires_all = std::env::var("WARPYARD_REQUIRE_ALL").is_ok_and(|value| !value.is_empty() && value != "0");
        assert!(!requires_all, "nothing may be skipped here: {message}");
        // Past the capture of the test harness, where `make test` counts it.
        let _ = writeln!(std::io::stderr(), "skipped: {name}: {message}");
        return;
    }
    // The compiler walks into long conditions step by step, deeper than a test's stack.
    std::thread::scope(|scope| {
        let ask = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
            runtime.block_on(async {
                let started = std::time::Instant::now();
                let solver = LocalSolver::cvc5_with_args([LIMIT_PER_QUESTION]).expect("cvc5 starts");
                let compiler = CedarSymCompiler::new(solver).expect("a compiler of requests");
                let prover = Prover { schema: schema(), compiler, parsed: HashMap::new(), asked: 0 };
                let asked = proof(prover).await.asked;
                println!("{name}: {asked} questions in {:.1} s", started.elapsed().as_secs_f64());
            });
        };
        let asked = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, ask).expect("a thread starts");
        if let Err(panic) = asked.join() {
            std::panic::resume_unwind(panic);
        }
    });
}

fn solver_is_there() -> bool {
    let named = std::env::var_os("CVC5").map(std::path::PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    named.into_iter().chain(std::env::split_paths(&path).map(|folder| folder.join("cvc5"))).any(|file| file.is_file())
}

/// The product's schema, and in the context of every question of a person two sets that no policy mentions: claims
/// speak of the scopes of one organization and of another by them.
fn schema() -> Schema {
    let mut places = 0;
    let mut line = |line: &str| match line.strip_suffix(" };") {
        Some(start) if line.starts_with("action ") && line.contains("principal: User") => {
            places += 1;
            format!("{start}, context: {{ ours: Set<String>, theirs: Set<String> }} }};\n")
        }
        _ => format!("{line}\n"),
    };
    let text: String = warpyard_policy::schema_text().lines().map(&mut line).collect();
    assert!(places > 0, "the schema's actions are not written as this test expects");
    Schema::from_cedarschema_str(&text).expect("the schema parses").0
}

fn parse(policies: &str) -> PolicySet {
    policies.parse().unwrap_or_else(|error| panic!("{error:?}\nin:\n{policies}"))
}

impl Prover {
    /// Every question a person may ask, by action, in the order of their names.
    pub(crate) fn questions(&self) -> Vec<(String, RequestEnv)> {
        let mut all: Vec<(String, RequestEnv)> = self
            .schema
            .request_envs()
            .filter(|env| env.principal().to_string() == "User")
            .map(|env| (env.action().id().unescaped().to_owned(), env))
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Nothing is allowed for a request of `env` as `assumed`.
    pub(crate) async fn denies(&mut self, policies: &str, env: &RequestEnv, assumed: &str) -> Verdict {
        let policies = self.compile(policies, env, assumed);
        self.asked += 1;
        let found = self.compiler.check_always_denies_with_counterexample_opt(&policies).await;
        counterexample(env, found)
    }

    /// Everything as `assumed` is allowed.
    pub(crate) async fn allows(&mut self, policies: &str, env: &RequestEnv, assumed: &str) -> Verdict {
        self.implies("permit (principal is User, action, resource);", policies, env, assumed).await
    }

    /// What `narrow` allows, `wide` allows too, for requests as `assumed`.
    pub(crate) async fn implies(&mut self, narrow: &str, wide: &str, env: &RequestEnv, assumed: &str) -> Verdict {
        let narrow = self.compile(narrow, env, assumed);
        let wide = self.compile(wide, env, "true");
        self.asked += 1;
        let found = self.compiler.check_implies_with_counterexample_opt(&narrow, &wide).await;
        counterexample(env, found)
    }

    /// No policy meets an error, whatever is asked; Warpyard's own controllers included.
    pub(crate) async fn never_errors(&mut self, policies: &str) -> Verdict {
        let envs: Vec<RequestEnv> = self.schema.request_envs().collect();
        let all = parse(policies);
        for env in &envs {
            for policy in all.policies().filter(|policy| speaks_of(&policy.action_constraint(), env)) {
                let policy = CompiledPolicy::compile(policy, env, &self.schema).expect("the policy is well typed");
                self.asked += 1;
                let found = self.compiler.check_never_errors_with_counterexample_opt(&policy).await;
                if let Some(found) = counterexample(env, found) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// The policies, silenced for every request that is not as assumed. Those about other actions say nothing here;
    /// leaving them out is what the product does too.
    fn compile(&mut self, policies: &str, env: &RequestEnv, assumed: &str) -> CompiledPolicySet {
        let all = self.parsed.entry(policies.to_owned()).or_insert_with(|| parse(policies));
        let mut about: Vec<Policy> =
            all.policies().filter(|policy| speaks_of(&policy.action_constraint(), env)).cloned().collect();
        if assumed != "true" {
            let silence = format!("forbid (principal is User, action, resource) unless {{ {assumed} }};");
            about.push(Policy::parse(Some(PolicyId::new("assumed")), silence).expect("an assumption is Cedar"));
        }
        let about = PolicySet::from_policies(about).expect("policies of one set have names of their own");
        CompiledPolicySet::compile(&about, env, &self.schema).unwrap_or_else(|error| panic!("{}: {error:?}", env.action()))
    }
}

fn speaks_of(constraint: &ActionConstraint, env: &RequestEnv) -> bool {
    match constraint {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(only) => only == env.action(),
        ActionConstraint::In(listed) => listed.contains(env.action()),
    }
}

fn counterexample(env: &RequestEnv, found: cedar_policy_symcc::err::Result<Option<Env>>) -> Verdict {
    let action = env.action().id().unescaped().to_owned();
    found
        .unwrap_or_else(|error| panic!("the solver answers about {action}: {error:?}"))
        .map(|found| Counterexample { action, found })
}
