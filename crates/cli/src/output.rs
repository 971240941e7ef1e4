//! What goes to standard output and error, in the format that was asked for.

use crate::columns::{self, Column};
use crate::environment::variable;
use crate::failure::Outcome;
use crate::terminal_mode;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use serde::Serialize;
use serde_json::Value;
use std::io::{IsTerminal, Write};
use warpyard_client::AnyObject;
use warpyard_model::Kind;

/// The formats of `-o`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people: aligned columns and sentences.
    #[default]
    Table,
    /// For programs: JSON as the API sends it.
    Json,
    /// For files: YAML, several objects as a stream.
    Yaml,
    /// One `kind/name` per line.
    Name,
}

/// Whether standard error takes colour: a terminal, and the person did not say NO_COLOR.
pub(crate) fn stderr_colour() -> bool {
    std::io::stderr().is_terminal() && variable("NO_COLOR").is_none() && variable("TERM").is_none_or(|v| v != "dumb")
}

/// The output of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// What was asked for.
    pub(crate) format: Format,
    /// Tables have a heading.
    pub(crate) headers: bool,
}

impl Output {
    /// Writes a line of the result.
    pub(crate) fn line(&self, text: impl AsRef<str>) -> Outcome<()> {
        self.raw(format!("{}\n", text.as_ref()).as_bytes())
    }

    /// Writes bytes of the result and gives them out at once.
    pub(crate) fn raw(&self, bytes: &[u8]) -> Outcome<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()?;
        Ok(())
    }

    /// Tells the person something that is not the result.
    pub(crate) fn note(&self, text: impl AsRef<str>) {
        // Nothing depends on a note; when standard error is closed nobody wants it.
        let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
    }

    /// Whether people read it, so that sentences and tables are wanted.
    pub(crate) fn for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Writes a value as JSON or YAML.
    pub(crate) fn value(&self, value: &impl Serialize) -> Outcome<()> {
        match self.format {
            Format::Yaml => self.raw(yaml(value)?.as_bytes()),
            Format::Json | Format::Table | Format::Name => self.line(json(value)?),
        }
    }

    /// Writes what an action did: a sentence, the value, or `name`.
    pub(crate) fn result(&self, sentence: &str, name: &str, value: &impl Serialize) -> Outcome<()> {
        match self.format {
            Format::Table => self.line(sentence),
            Format::Name => self.line(name),
            Format::Json | Format::Yaml => self.value(value),
        }
    }

    /// Writes one object that an action answered.
    pub(crate) fn object(&self, sentence: &str, object: &AnyObject) -> Outcome<()> {
        self.result(sentence, &columns::word(object), object)
    }

    /// Writes a list of objects of one kind. `with_scope` adds columns that say where each lives.
    pub(crate) fn objects(&self, kind: Kind, objects: &[AnyObject], with_scope: bool) -> Outcome<()> {
        match self.format {
            Format::Json => self.value(&serde_json::json!({ "items": objects })),
            Format::Yaml => self.stream(objects),
            Format::Name => objects.iter().try_for_each(|object| self.line(columns::word(object))),
            Format::Table => {
                let mut columns = columns::of(kind, with_scope);
                if let Some(width) = width_of_output() {
                    leave_out(&mut columns, objects, width);
                }
                let rows: Vec<Vec<String>> = objects.iter().map(|object| row(&columns, object)).collect();
                let titles: Vec<&str> = columns.iter().map(|c| c.title).collect();
                self.table(&titles, &rows)
            }
        }
    }

    /// Writes objects as a YAML stream.
    pub(crate) fn stream(&self, objects: &[AnyObject]) -> Outcome<()> {
        objects.iter().try_for_each(|object| {
            self.raw(b"---\n")?;
            self.raw(yaml(object)?.as_bytes())
        })
    }

    /// Writes a table.
    pub(crate) fn table(&self, titles: &[&str], rows: &[Vec<String>]) -> Outcome<()> {
        self.raw(table_text(titles, rows, self.headers, width_of_output(), &[]).as_bytes())
    }
}

/// The width that standard output has; none when it goes to a file or program.
fn width_of_output() -> Option<u16> {
    if std::io::stdout().is_terminal() { terminal_mode::size().map(|(columns, _)| columns) } else { None }
}

/// Columns that a narrow terminal does without, in this order; `-o yaml` tells everything.
const FIRST_TO_GO: &[&str] =
    &["ORG", "PROJECT", "TITLE", "MADE BY", "COMPUTE", "SHARED WITH", "REQUIRES", "OWNER", "WORKSPACE", "AGE"];

/// Leaves columns out until the table fits. A table that cannot fit is wrapped.
fn leave_out(columns: &mut Vec<Column>, objects: &[AnyObject], width: u16) {
    let needs = |column: &Column| {
        let cells = objects.iter().map(|object| (column.value)(object).chars().count());
        cells.chain([column.title.chars().count()]).max().unwrap_or_default() + 2
    };
    for title in FIRST_TO_GO {
        if columns.iter().map(needs).sum::<usize>() <= usize::from(width) {
            return;
        }
        columns.retain(|column| column.title != *title);
    }
}

/// The cells of an object.
pub(crate) fn row(columns: &[Column], object: &AnyObject) -> Vec<String> {
    columns.iter().map(|column| (column.value)(object)).collect()
}

/// A table as text. Without a width nothing is wrapped; `least` are the smallest widths of the columns.
pub(crate) fn table_text(titles: &[&str], rows: &[Vec<String>], headers: bool, width: Option<u16>, least: &[u16]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if headers {
        table.set_header(titles.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>());
    }
    for cells in rows {
        // A control character in a value would draw where it likes.
        table.add_row(cells.iter().map(|c| c.replace(|c: char| c.is_control(), " ")).collect::<Vec<_>>());
    }
    if rows.is_empty() && !headers {
        return String::new();
    }
    match width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width.max(20));
        }
        None => {
            table.set_content_arrangement(ContentArrangement::Disabled);
        }
    }
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        column.set_cell_alignment(CellAlignment::Left);
        if let Some(least) = least.get(i) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(*least)));
        }
    }
    format!("{}\n", table.trim_fmt())
}

/// JSON, indented.
pub(crate) fn json(value: &impl Serialize) -> Outcome<String> {
    serde_json::to_string_pretty(value).map_err(|e| crate::failure::Failure::other(format!("cannot write JSON: {e}")))
}

/// YAML with a line end.
pub(crate) fn yaml(value: &impl Serialize) -> Outcome<String> {
    let cannot = |e: &dyn std::fmt::Display| crate::failure::Failure::other(format!("cannot write YAML: {e}"));
    // By way of JSON, so that every type is written the way the API writes it.
    let value: Value = serde_json::to_value(value).map_err(|e| cannot(&e))?;
    let text = serde_saphyr::to_string(&value).map_err(|e| cannot(&e))?;
    Ok(if text.ends_with('\n') { text } else { format!("{text}\n") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tables_align_and_have_no_borders() {
        let rows =
            vec![vec!["nb-1".to_owned(), "running".to_owned()], vec!["a-longer-name".to_owned(), "stopped\u{1b}[2J".to_owned()]];
        let text = table_text(&["NAME", "PHASE"], &rows, true, None, &[]);
        assert_eq!(text, "NAME           PHASE\nnb-1           running\na-longer-name  stopped [2J\n");
        assert_eq!(table_text(&["NAME"], &[], false, None, &[]), "");
    }

    #[test]
    fn narrow_tables_wrap_and_stay_inside() {
        let rows = vec![vec!["nb-1".to_owned(), "a long sentence about something that went wrong".to_owned()]];
        let text = table_text(&["NAME", "MESSAGE"], &rows, true, Some(30), &[]);
        assert!(text.lines().count() > 2, "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 30), "{text}");
    }

    #[test]
    fn narrow_terminals_lose_whole_columns_first() {
        let object = AnyObject(json!({"kind": "ServiceInstance", "spec": {"profile": {"name": "jupyterlab"}},
            "metadata": {"name": "nb-1", "org": "acme", "project": "vision", "workspace": "research"}, "status": {"phase": "running"}}));
        let titles = |width| {
            let mut columns = columns::of(Kind::ServiceInstance, true);
            leave_out(&mut columns, std::slice::from_ref(&object), width);
            columns.iter().map(|c| c.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(200), ["NAME", "ORG", "PROJECT", "WORKSPACE", "PROFILE", "PHASE", "COMPUTE", "OWNER", "AGE"]);
        assert_eq!(titles(50), ["NAME", "WORKSPACE", "PROFILE", "PHASE", "OWNER", "AGE"]);
        assert_eq!(titles(20), ["NAME", "PROFILE", "PHASE"]);
    }

    #[test]
    fn yaml_reads_back_as_it_was() {
        let value = json!({"text": "several\nlines\n", "yes": "yes", "number": "007", "nothing": null, "list": [1, 2.5, true], "empty": {}, "none": []});
        let text = yaml(&value).unwrap();
        let back: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(back, value, "{text}");
    }
}
