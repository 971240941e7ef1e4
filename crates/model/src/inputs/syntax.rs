//! What a compiled expression may say: inputs by name, known functions, a bounded tree.

use cel::common::ast::{EntryExpr, Expr, IdedEntryExpr, IdedExpr};
use std::collections::BTreeSet;

/// Deepest syntax tree; `a + b + c` is one level deeper for every operator, `&&` and `||` are balanced. The evaluator takes
/// some 30 KiB of stack for each when unoptimised.
const MAX_DEPTH: usize = 24;
/// Deepest nesting of `all`, `exists`, `map` and `filter`; each level multiplies the work by the length of a list.
const MAX_LOOPS: usize = 2;

/// Functions an expression may call, operators aside.
const FUNCTIONS: [&str; 31] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "bytes",
    "type",
    "dyn",
    "duration",
    "timestamp",
    "getFullYear",
    "getMonth",
    "getDayOfYear",
    "getDayOfMonth",
    "getDate",
    "getDayOfWeek",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
    "has",
];
const TYPE_NAMES: [&str; 10] = ["int", "uint", "double", "string", "bool", "bytes", "list", "map", "null_type", "type"];

/// The inputs an expression mentions, or why it cannot work or could take too long.
pub(super) fn mentioned_inputs(expression: &IdedExpr) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    Walk { names: &mut names, bound: Vec::new() }.expression(expression, 0, 0)?;
    Ok(names)
}

/// One pass over a tree; `bound` are the variables of the loops around the current place.
struct Walk<'a> {
    names: &'a mut BTreeSet<String>,
    bound: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn expression(&mut self, node: &'a IdedExpr, depth: usize, loops: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err(format!("an expression has at most {MAX_DEPTH} operators in a row or inside each other"));
        }
        let depth = depth + 1;
        match &node.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.identifier(name),
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(root) if root == "inputs" && select.test => {
                    Err(format!("every input is there, without a value it is null; write inputs.{} != null", select.field))
                }
                Expr::Ident(root) if root == "inputs" => {
                    self.names.insert(select.field.clone());
                    Ok(())
                }
                _ => self.expression(&select.operand, depth, loops),
            },
            Expr::Call(call) => {
                let operator = !call.func_name.starts_with(|c: char| c.is_ascii_alphabetic());
                if !operator && !FUNCTIONS.contains(&call.func_name.as_str()) {
                    return Err(format!(
                        "there is no function {:?}; for example size, contains, startsWith, matches",
                        call.func_name
                    ));
                }
                if let Some(target) = &call.target {
                    self.expression(target, depth, loops)?;
                }
                call.args.iter().try_for_each(|argument| self.expression(argument, depth, loops))
            }
            Expr::List(list) => list.elements.iter().try_for_each(|element| self.expression(element, depth, loops)),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| self.entry(entry, depth, loops)),
            Expr::Struct(_) => Err("an expression makes no messages; use inputs and plain values".to_owned()),
            Expr::Comprehension(comprehension) => {
                if loops == MAX_LOOPS {
                    return Err(format!("all, exists, map and filter stand at most {MAX_LOOPS} deep inside each other"));
                }
                self.expression(&comprehension.iter_range, depth, loops)?;
                let variables = [Some(&comprehension.iter_var), comprehension.iter_var2.as_ref(), Some(&comprehension.accu_var)];
                let outer = self.bound.len();
                self.bound.extend(variables.into_iter().flatten().map(String::as_str));
                if self.bound[outer..].contains(&"inputs") {
                    return Err("inputs cannot be the name of a loop's variable; choose another".to_owned());
                }
                for part in [&comprehension.accu_init, &comprehension.loop_cond, &comprehension.loop_step, &comprehension.result]
                {
                    self.expression(part, depth, loops + 1)?;
                }
                self.bound.truncate(outer);
                Ok(())
            }
        }
    }

    fn entry(&mut self, entry: &'a IdedEntryExpr, depth: usize, loops: usize) -> Result<(), String> {
        match &entry.expr {
            EntryExpr::StructField(field) => self.expression(&field.value, depth, loops),
            EntryExpr::MapEntry(entry) => {
                self.expression(&entry.key, depth, loops)?;
                self.expression(&entry.value, depth, loops)
            }
        }
    }

    fn identifier(&self, name: &str) -> Result<(), String> {
        if self.bound.contains(&name) || TYPE_NAMES.contains(&name) {
            Ok(())
        } else if name == "inputs" {
            Err("name one input after the dot, such as inputs.disk".to_owned())
        } else {
            Err(format!("{name:?} is not known; an expression sees inputs only, such as inputs.{name}"))
        }
    }
}
