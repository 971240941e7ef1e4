//! SVG: read into a tree of what is allowed, and written anew from that.

use super::{Clean, fits};
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};
use std::collections::{BTreeMap, BTreeSet};

/// How deep elements may lie in each other.
const MOST_DEPTH: usize = 32;
/// The most elements.
const MOST_ELEMENTS: usize = 4_000;
/// The most that may be drawn, once everything that is used again is drawn each time.
const MOST_DRAWN: u64 = 20_000;
/// The most things to say that were left out.
const MOST_SAID: usize = 20;
const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// Shapes and what holds them. No script, style sheet, image, foreign content, link, animation or filter.
const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "defs",
    "use",
    "symbol",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "title",
    "desc",
    "text",
    "tspan",
];
/// Those whose text is shown or read out.
const WITH_TEXT: &[&str] = &["title", "desc", "text", "tspan"];
/// How things look; what a `style` attribute sets of it becomes an attribute.
const LOOKS: &[&str] = &[
    "fill",
    "fill-opacity",
    "fill-rule",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-dasharray",
    "stroke-dashoffset",
    "opacity",
    "color",
    "clip-path",
    "clip-rule",
    "mask",
    "stop-color",
    "stop-opacity",
    "display",
    "visibility",
    "vector-effect",
    "paint-order",
    "font-family",
    "font-size",
    "font-weight",
    "font-style",
    "text-anchor",
    "mask-type",
];
/// Where things are and what shape they have.
const PLACES: &[&str] = &[
    "id",
    "d",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "fx",
    "fy",
    "dx",
    "dy",
    "width",
    "height",
    "points",
    "transform",
    "viewBox",
    "preserveAspectRatio",
    "offset",
    "gradientUnits",
    "gradientTransform",
    "spreadMethod",
    "clipPathUnits",
    "maskUnits",
    "maskContentUnits",
    "pathLength",
    "href",
    "role",
    "aria-label",
];
/// What says nothing about the picture, so that leaving it out needs no word.
const NOISE: &[&str] = &["version", "baseProfile", "xmlns", "class", "xml:space", "enable-background", "style"];

#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

#[derive(Debug)]
enum Node {
    Element(Element),
    Text(String),
}

/// An SVG written anew from what is allowed, or why there is none.
pub fn clean_svg(text: &str) -> Result<Clean<String>, String> {
    fits(text.len(), "this one has")?;
    let mut left_out = BTreeSet::new();
    let mut root = read(text, &mut left_out)?;
    frame(&mut root)?;
    bounded(&root)?;
    let image = written(&root)?;
    fits(image.len(), "written again, this one has")?;
    Ok(Clean { image, left_out: left_out.into_iter().take(MOST_SAID).collect() })
}

/// Reads the tree of what is allowed.
fn read(text: &str, left_out: &mut BTreeSet<String>) -> Result<Element, String> {
    let broken = |error: &dyn std::fmt::Display| format!("this is no SVG that can be read: {error}");
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut elements = 0;
    // How many elements deep we are in something that is left out.
    let mut skipping = 0_usize;
    loop {
        let event = reader.read_event().map_err(|e| broken(&e))?;
        match event {
            Event::Eof => break,
            Event::DocType(kind) if kind.contains('[') || kind.to_ascii_lowercase().contains("entity") => {
                return Err("an icon declares no entities of its own; save the SVG without them".to_owned());
            }
            Event::DocType(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::Start(start) | Event::Empty(start) if root.is_some() && open.is_empty() => {
                return Err(broken(&format!("<{}> stands after the end of the drawing", start.name().into_inner())));
            }
            Event::Start(start) => {
                elements += 1;
                if elements > MOST_ELEMENTS || open.len() + skipping >= MOST_DEPTH {
                    return Err(format!("an icon has at most {MOST_ELEMENTS} elements, {MOST_DEPTH} deep"));
                }
                match element(&start, open.is_empty(), left_out).map_err(|e| broken(&e))? {
                    Some(found) if skipping == 0 => open.push(found),
                    _ => skipping += 1,
                }
            }
            Event::Empty(start) => {
                elements += 1;
                if elements > MOST_ELEMENTS {
                    return Err(format!("an icon has at most {MOST_ELEMENTS} elements, {MOST_DEPTH} deep"));
                }
                if let Some(found) = element(&start, open.is_empty(), left_out).map_err(|e| broken(&e))?
                    && skipping == 0
                {
                    close(found, &mut open, &mut root);
                }
            }
            Event::End(_) if skipping > 0 => skipping -= 1,
            Event::End(_) => {
                if let Some(done) = open.pop() {
                    close(done, &mut open, &mut root);
                }
            }
            Event::Text(text) => say(&text.xml10_content(), skipping, &mut open),
            Event::CData(text) => say(&text.xml10_content(), skipping, &mut open),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|e| broken(&e))?;
                let name = reference.xml10_content().into_owned();
                let text =
                    character.map(String::from).or_else(|| quick_xml::escape::resolve_xml_entity(&name).map(str::to_owned));
                let text = text.ok_or_else(|| broken(&format!("it uses &{name};, which is not declared")))?;
                say(&text, skipping, &mut open);
            }
        }
    }
    if !open.is_empty() || skipping > 0 {
        return Err(broken(&"it ends in the middle"));
    }
    root.ok_or_else(|| broken(&"there is no <svg> in it"))
}

fn close(done: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(Node::Element(done)),
        None => *root = Some(done),
    }
}

/// Keeps text where it is shown or read out.
fn say(text: &str, skipping: usize, open: &mut [Element]) {
    let Some(parent) = open.last_mut().filter(|e| skipping == 0 && WITH_TEXT.contains(&e.name.as_str())) else { return };
    let text: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    match parent.children.last_mut() {
        Some(Node::Text(before)) => before.push_str(&text),
        _ => parent.children.push(Node::Text(text)),
    }
}

/// An element with the attributes that are allowed; nothing where it is not allowed itself.
fn element(start: &BytesStart<'_>, is_root: bool, left_out: &mut BTreeSet<String>) -> Result<Option<Element>, String> {
    let name = start.name().into_inner().to_owned();
    if is_root && name != "svg" {
        return Err(format!("it begins with <{}>, not with <svg>", short(&name)));
    }
    let allowed = ELEMENTS.contains(&name.as_str());
    if !allowed {
        // Editors keep notes of their own under names of their own.
        let told =
            name.split_once(':').map_or_else(|| format!("<{}>", short(&name)), |(space, _)| format!("<{}:…>", short(space)));
        left_out.insert(told);
    }
    let mut out = Element { name, ..Element::default() };
    let mut styled = None;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let key = attribute.key.into_inner();
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
        if !allowed {
            continue;
        }
        match key {
            "style" => styled = Some(value.into_owned()),
            // The older spelling of the same.
            "xlink:href" => keep(&mut out, "href", &value, left_out),
            _ => keep(&mut out, key, &value, left_out),
        }
    }
    // What a style says wins over an attribute.
    for declaration in styled.iter().flat_map(|style| style.split(';')) {
        if let Some((property, value)) = declaration.split_once(':')
            && LOOKS.contains(&property.trim())
        {
            keep(&mut out, property.trim(), value.trim().trim_end_matches("!important").trim_end(), left_out);
        }
    }
    // Without anything to point at there is nothing to use.
    if out.name == "use" && !out.attributes.contains_key("href") {
        return Ok(None);
    }
    Ok(allowed.then_some(out))
}

fn keep(element: &mut Element, key: &str, value: &str, left_out: &mut BTreeSet<String>) {
    let known = LOOKS.contains(&key) || PLACES.contains(&key);
    let points = matches!(element.name.as_str(), "use" | "linearGradient" | "radialGradient");
    if known && if key == "href" { points && local(value).is_some() } else { harmless(key, value) } {
        element.attributes.insert(key.to_owned(), value.to_owned());
    } else if !NOISE.contains(&key) && !key.starts_with("xmlns:") && !key.starts_with("data-") {
        left_out.insert(format!("{} of <{}>", short(key), element.name));
    }
}

/// Text with nothing in it that leads out of the drawing: an address may only name something inside.
fn harmless(key: &str, value: &str) -> bool {
    let lower: String = value.to_ascii_lowercase().split_whitespace().collect();
    let quiet = !value.chars().any(|c| c == '\\' || c == '@' || c == '<' || (c.is_control() && !c.is_whitespace()));
    let named = match key {
        "id" => local(&format!("#{value}")).is_some(),
        "aria-label" => true,
        _ => !lower.contains(':'),
    };
    let leads = lower.contains("url(") || lower.contains("image(") || lower.contains("src(") || lower.contains("/*");
    quiet && named && (!leads || reference(key, value).is_some())
}

/// What a value such as `url(#shade)` names.
fn reference<'a>(key: &str, value: &'a str) -> Option<&'a str> {
    let inside = value.trim().strip_prefix("url(")?.strip_suffix(')')?.trim_matches(['"', '\'']);
    local(inside).filter(|_| matches!(key, "fill" | "stroke" | "clip-path" | "mask"))
}

/// What `#name` names.
fn local(value: &str) -> Option<&str> {
    let name = value.trim().strip_prefix('#')?;
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

/// Names are told as they are, as far as they can be read.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// Makes the drawing fit any box: it needs a view box, and no size of its own.
fn frame(root: &mut Element) -> Result<(), String> {
    let number = |key: &str, root: &Element| {
        let text = root.attributes.get(key)?.trim().trim_end_matches("px").to_owned();
        text.parse::<f64>().ok().filter(|n| n.is_finite() && *n > 0.0).map(|_| text)
    };
    if !root.attributes.contains_key("viewBox") {
        let (Some(width), Some(height)) = (number("width", root), number("height", root)) else {
            return Err("an icon says how large it is: <svg> needs a viewBox, or a width and a height".to_owned());
        };
        root.attributes.insert("viewBox".to_owned(), format!("0 0 {width} {height}"));
    }
    for size in ["width", "height", "x", "y"] {
        root.attributes.remove(size);
    }
    Ok(())
}

/// Refuses drawings that use themselves, or so much of themselves that drawing them takes long: few bytes can say a lot.
fn bounded(root: &Element) -> Result<(), String> {
    let mut by_id = BTreeMap::new();
    name_all(root, &mut by_id);
    let mut known = BTreeMap::new();
    let drawn = cost(root, &by_id, &mut known, &mut Vec::new())?;
    if drawn > MOST_DRAWN {
        return Err(format!(
            "this drawing uses parts of itself so often that {drawn} shapes would be drawn; {MOST_DRAWN} are the most"
        ));
    }
    Ok(())
}

fn name_all<'a>(element: &'a Element, by_id: &mut BTreeMap<&'a str, &'a Element>) {
    if let Some(id) = element.attributes.get("id") {
        by_id.entry(id).or_insert(element);
    }
    for child in &element.children {
        if let Node::Element(child) = child {
            name_all(child, by_id);
        }
    }
}

/// How many shapes drawing an element takes. `path` holds the names on the way here.
fn cost<'a>(
    element: &'a Element,
    by_id: &BTreeMap<&'a str, &'a Element>,
    known: &mut BTreeMap<&'a str, u64>,
    path: &mut Vec<&'a str>,
) -> Result<u64, String> {
    let id =
        element.attributes.get("id").map(String::as_str).filter(|id| by_id.get(id).is_some_and(|e| std::ptr::eq(*e, element)));
    if let Some(cost) = id.and_then(|id| known.get(id)) {
        return Ok(*cost);
    }
    if let Some(id) = id {
        if path.contains(&id) {
            return Err(format!("this drawing uses #{id} inside of itself"));
        }
        if path.len() == MOST_DEPTH {
            return Err(format!("parts of this drawing use each other more than {MOST_DEPTH} deep"));
        }
        path.push(id);
    }
    let mut sum: u64 = 1;
    for (key, value) in &element.attributes {
        let target = if key == "href" { local(value) } else { reference(key, value) };
        if let Some(target) = target.and_then(|name| by_id.get(name)) {
            sum = sum.saturating_add(cost(target, by_id, known, path)?);
        }
    }
    for child in &element.children {
        if let Node::Element(child) = child {
            sum = sum.saturating_add(cost(child, by_id, known, path)?);
        }
    }
    if let Some(id) = id {
        path.pop();
        known.insert(id, sum);
    }
    Ok(sum)
}

fn written(root: &Element) -> Result<String, String> {
    let mut writer = Writer::new(Vec::new());
    write(root, true, &mut writer).map_err(|error| format!("the icon could not be written again: {error}"))?;
    String::from_utf8(writer.into_inner()).map_err(|error| error.to_string())
}

fn write(element: &Element, is_root: bool, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
    let mut start = BytesStart::new(element.name.as_str());
    if is_root {
        start.push_attribute(("xmlns", NAMESPACE));
    }
    for (key, value) in &element.attributes {
        start.push_attribute((key.as_str(), value.as_str()));
    }
    if element.children.is_empty() {
        return writer.write_event(Event::Empty(start));
    }
    writer.write_event(Event::Start(start))?;
    for child in &element.children {
        match child {
            Node::Element(child) => write(child, false, writer)?,
            Node::Text(text) => writer.write_event(Event::Text(BytesText::new(text)))?,
        }
    }
    writer.write_event(Event::End(BytesEnd::new(element.name.as_str())))
}

#[cfg(test)]
mod tests;
