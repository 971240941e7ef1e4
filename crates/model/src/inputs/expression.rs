//! CEL conditions and rules over `inputs`: compiled once, evaluated against the values at hand, never trusted to end well.
//!
//! Every input is bound as one variable `inputs.<name>`, absent ones as null, so one changed value costs one binding.
//! That is why expressions must spell names out (`inputs.disk`, not `inputs["disk"]`). The limits below keep the parser
//! and the evaluator, which recurse, well inside a small stack; what still panics there becomes an error here.

use super::FieldType;
use super::syntax::mentioned_inputs;
use cel::objects::{Key, Map};
use cel::{Context, Env, ExecutionError, Program};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Longest expression in characters.
const MAX_CHARACTERS: usize = 1_000;
/// Deepest nesting of brackets and of `? :`; the parser recurses through a dozen frames for each.
const MAX_NESTING: usize = 8;
/// Nesting that is parsed where the caller stands; deeper ones take up to 165 KiB of stack a level when unoptimised, so they
/// get a stack of their own.
const SHALLOW_NESTING: usize = 3;
const DEEP_STACK_BYTES: usize = 8 << 20;
/// Compiled expressions that are kept. They come from templates, a few hundred at most are alive at a time.
const KEPT: usize = 2_000;

/// A form is evaluated on every keystroke, with the same few expressions; parsing them is nine tenths of the work.
static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Expression>>>> = LazyLock::new(Mutex::default);

static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

/// Checks that `source` is an expression over inputs, whatever their names. The error says what is wrong.
pub fn check_expression(source: &str) -> Result<(), String> {
    Expression::compile(source).map(|_| ())
}

/// A compiled expression and the inputs it mentions.
pub(super) struct Expression {
    program: Program,
    names: BTreeSet<String>,
}

/// What an evaluation came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    True,
    False,
    /// It failed while an input it mentions has no value: there is nothing to judge.
    Absent,
    /// It failed although every input has a value; why, without any value in the words.
    Failed(String),
}

impl Expression {
    /// Compiles and checks `source`, or finds what was compiled before.
    pub(super) fn compile(source: &str) -> Result<Arc<Self>, String> {
        let kept = || COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(expression) = kept().get(source) {
            return Ok(Arc::clone(expression));
        }
        let expression = Arc::new(Self::parse(source)?);
        let mut compiled = kept();
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        compiled.insert(source.to_owned(), Arc::clone(&expression));
        Ok(expression)
    }

    fn parse(source: &str) -> Result<Self, String> {
        let length = source.chars().count();
        if source.trim().is_empty() {
            return Err("an expression is not empty; write for example inputs.gpus > 0".to_owned());
        }
        if length > MAX_CHARACTERS {
            return Err(format!("an expression has at most {MAX_CHARACTERS} characters; this one has {length}"));
        }
        let program = if nesting(source)? > SHALLOW_NESTING {
            std::thread::scope(|scope| {
                let builder = std::thread::Builder::new().name("cel-parser".to_owned()).stack_size(DEEP_STACK_BYTES);
                let thread = builder.spawn_scoped(scope, || parse_guarded(source));
                thread
                    .map_err(|_| "there is no memory to read it".to_owned())?
                    .join()
                    .unwrap_or_else(|_| Err(UNREADABLE.to_owned()))
            })
        } else {
            parse_guarded(source)
        }
        .map_err(|why| format!("this is not a CEL expression: {why}"))?;
        let names = mentioned_inputs(program.expression())?;
        Ok(Self { program, names })
    }

    /// Names of the inputs it mentions.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Evaluates it.
    pub(super) fn evaluate(&self, scope: &Scope) -> Outcome {
        let result = catch_unwind(AssertUnwindSafe(|| self.program.execute(&scope.context)));
        let why = match result {
            Ok(Ok(cel::Value::Bool(true))) => return Outcome::True,
            Ok(Ok(cel::Value::Bool(false))) => return Outcome::False,
            Ok(Ok(_)) => "the expression is neither true nor false".to_owned(),
            Ok(Err(error)) => explain(&error),
            Err(_) => "the expression cannot be evaluated".to_owned(),
        };
        if self.names.iter().any(|name| !scope.present.contains(name)) { Outcome::Absent } else { Outcome::Failed(why) }
    }
}

/// The values expressions see.
pub(super) struct Scope {
    context: Context<'static, 'static>,
    present: BTreeSet<String>,
}

impl Scope {
    pub(super) fn new() -> Self {
        Self { context: Context::with_env(Arc::clone(&ENVIRONMENT)), present: BTreeSet::new() }
    }

    /// Binds one input; `None` is null.
    pub(super) fn bind(&mut self, name: &str, field_type: FieldType, value: Option<&Value>) {
        match value {
            Some(_) => self.present.insert(name.to_owned()),
            None => self.present.remove(name),
        };
        let value = match value {
            // One arithmetic for a field whether its value happens to be whole or not.
            Some(value) if field_type == FieldType::Decimal => decimal(value).map_or(cel::Value::Null, cel::Value::Float),
            Some(value) => to_cel(value),
            None => cel::Value::Null,
        };
        self.context.add_variable_from_value(format!("inputs.{name}"), value);
    }
}

fn decimal(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(flag) => cel::Value::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => number.as_f64().map_or(cel::Value::Null, cel::Value::Float),
        },
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::Array(items) => cel::Value::List(Arc::new(items.iter().map(to_cel).collect())),
        Value::Object(entries) => {
            let map: HashMap<Key, cel::Value> = entries.iter().map(|(k, v)| (Key::from(k.as_str()), to_cel(v))).collect();
            cel::Value::Map(Map { map: Arc::new(map) })
        }
    }
}

/// The library prints the values it failed on; they may be sensitive, so only kinds of failure and types are told.
fn explain(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchOverload(overload) => overload.to_string(),
        ExecutionError::UndeclaredReference(name) => format!("{name:?} is not known"),
        ExecutionError::ValuesNotComparable(..) => "values of different types cannot be compared".to_owned(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "division by zero".to_owned(),
        ExecutionError::Overflow(..) => "a number grows too large".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "a list has no entry at that place".to_owned(),
        ExecutionError::NoSuchKey(_) => "an object has no such key".to_owned(),
        _ => "the expression does not fit the types of the inputs".to_owned(),
    }
}

const UNREADABLE: &str = "the parser cannot read it";

/// The generated parser indexes into its own token lists and panics on some malformed input.
fn parse_guarded(source: &str) -> Result<Program, String> {
    catch_unwind(|| ENVIRONMENT.compile(source).map_err(|errors| first_line(&errors.to_string())))
        .unwrap_or_else(|_| Err(UNREADABLE.to_owned()))
}

fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it cannot be read");
    line.trim().chars().take(200).collect()
}

/// Counts brackets and `?` before anything recurses over them. Those inside quotes count too: nobody needs that many.
fn nesting(source: &str) -> Result<usize, String> {
    let (mut depth, mut deepest, mut conditionals) = (0_usize, 0, 0);
    for character in source.chars() {
        match character {
            '(' | '[' | '{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            '?' => conditionals += 1,
            _ => {}
        }
    }
    if deepest > MAX_NESTING || conditionals > MAX_NESTING {
        return Err(format!(
            "an expression nests at most {MAX_NESTING} brackets and has at most {MAX_NESTING} conditions with ?"
        ));
    }
    Ok(deepest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn outcome(source: &str, values: Value) -> Outcome {
        let mut scope = Scope::new();
        for name in ["a", "b", "items"] {
            scope.bind(name, FieldType::Json, values.get(name));
        }
        Expression::compile(source).unwrap().evaluate(&scope)
    }

    #[test]
    fn expressions_see_inputs_and_null_for_absent_ones() {
        assert_eq!(outcome("inputs.a <= inputs.b", json!({"a": 1, "b": 2})), Outcome::True);
        assert_eq!(outcome("inputs.a <= inputs.b", json!({"a": 3, "b": 2})), Outcome::False);
        assert_eq!(outcome("inputs.a <= inputs.b", json!({"a": 3})), Outcome::Absent);
        assert_eq!(outcome("inputs.a == null", json!({})), Outcome::True);
        assert_eq!(outcome("inputs.a.model == 'x'", json!({"a": {"model": "x"}})), Outcome::True);
        assert_eq!(outcome("inputs.items.all(i, i.startsWith('a'))", json!({"items": ["ab", "ac"]})), Outcome::True);
        assert!(matches!(outcome("inputs.a + 1", json!({"a": 1})), Outcome::Failed(_)));
    }

    #[test]
    fn failures_never_tell_values() {
        for source in ["inputs.a < 1", "inputs.a.x", "inputs.a[7] == 1", "{inputs.b: 1}[1] == 1", "inputs.a == 1 || inputs.a"] {
            if let Outcome::Failed(why) = outcome(source, json!({"a": "hunter2", "b": ["hunter2"]})) {
                assert!(!why.contains("hunter2"), "{source}: {why}");
            }
        }
    }

    #[test]
    fn what_cannot_work_is_refused() {
        let long = "1".repeat(MAX_CHARACTERS + 1);
        let deep = format!("{}1{} == 1", "(".repeat(9), ")".repeat(9));
        let wide = format!("{}1 == 1", "1+".repeat(400));
        let members = format!("inputs.a{} == 1", ".b".repeat(400));
        let nots = format!("{}true", "!".repeat(900));
        let minus = format!("{}1 == 1", "-".repeat(900));
        for bad in [
            "",
            "  ",
            "inputs.",
            "inputs.a >",
            "1 +",
            "size(inputs) > 1",
            "inputs['a'] == 1",
            "other.a",
            "a == 1",
            "launch(inputs.a)",
            "has(inputs.a)",
            "[1].all(inputs, inputs == 1)",
            "[1].all(x, [1].all(y, [1].all(z, x == z)))",
            "a.b{c: 1}",
            &long,
            &deep,
            &wide,
            &members,
        ] {
            assert!(check_expression(bad).is_err(), "{bad} was accepted");
        }
        for odd in [&nots, &minus] {
            let _ = check_expression(odd);
        }
        for good in ["inputs.a == 1", "inputs.items.exists(x, x in ['a', 'b'])", "inputs.a > 1 ? inputs.b == 2 : true"] {
            assert_eq!(check_expression(good), Ok(()), "{good}");
        }
    }

    /// The worst that is let through, on half the stack a worker has, unoptimised too.
    #[test]
    fn nesting_stays_inside_the_stack() {
        let mut worst =
            vec![format!("{}1 == 1", "1+".repeat(22)), "inputs.a".to_owned() + &".b".repeat(22), "true||".repeat(160) + "true"];
        for (open, close) in [
            ("(true ? ", " : false)"),
            ("[1].all(x, ", ")"),
            ("!(-1 + (", "))"),
            ("{'a': ", "}"),
            ("size(", ")"),
            ("[", "]"),
            ("(", ")"),
        ] {
            let each = open.matches(['(', '[', '{']).count() - open.matches([')', ']', '}']).count();
            let levels = MAX_NESTING / each;
            worst.push(format!("{}true{}", open.repeat(levels), close.repeat(levels)));
        }
        assert!(worst[..3].iter().all(|source| check_expression(source).is_ok()));
        let work = move || {
            for source in &worst {
                if let Ok(expression) = Expression::compile(source) {
                    let mut scope = Scope::new();
                    scope.bind("a", FieldType::Json, Some(&json!({"b": {"b": 1}})));
                    let _ = expression.evaluate(&scope);
                }
            }
        };
        std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
    }

    proptest! {
        #[test]
        fn garbage_never_panics(source in "\\PC{0,60}", parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "inputs.a", "inputs", ".", "(", ")", "[", "]", "{", "}", "?", ":", "==", "<", "+", "-", "!", "&&", "||", "in", "1",
                "1u", "1.5e9", "'x", "'", "\"", "r'", "b'", "`", "\\", "null", "true", "all", "map", "size", ",", " ", "\n", "//",
                "0x", "9999999999999999999", ".all(x, x)", "has(", "\u{0}", "é",
            ]), 0..40)) {
            for text in [source, parts.concat()] {
                if let Ok(expression) = Expression::compile(&text) {
                    let mut scope = Scope::new();
                    scope.bind("a", FieldType::Integer, Some(&json!(i64::MIN)));
                    let _ = expression.evaluate(&scope);
                }
            }
        }
    }
}
