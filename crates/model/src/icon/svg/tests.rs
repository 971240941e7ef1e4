//! What gets through, what is left out and what is refused.

use super::*;
use proptest::prelude::*;

const HEAD: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">"#;

fn clean(inner: &str) -> Clean<String> {
    clean_svg(&format!("{HEAD}{inner}</svg>")).unwrap()
}

/// What must be in no drawing, whatever was sent.
fn assert_harmless(image: &str) {
    let lower = image.to_ascii_lowercase().replace(NAMESPACE, "");
    for word in [
        "script",
        "onload",
        "onclick",
        "onbegin",
        "javascript:",
        "http",
        "foreignobject",
        "<style",
        "style=",
        "data:",
        "<!",
        "<?",
        "<a",
    ] {
        assert!(!lower.contains(word), "{word} in {image}");
    }
}

#[test]
fn an_ordinary_drawing_stays_what_it_is() {
    let text = r##"<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
        <!-- made by hand --><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="32px" height="16">
        <title>A &amp; B &#8212; C</title><defs><linearGradient id="shade"><stop offset="0" style="stop-color:#fff;stop-opacity:.5"/></linearGradient>
        <path id="leaf" d="M0 0h4v4z"/></defs><use xlink:href="#leaf" fill="url(#shade)"/></svg>"##;
    let clean = clean_svg(text).unwrap();
    assert_eq!(clean.left_out, Vec::<String>::new());
    assert_eq!(
        clean.image,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32px 16"><title>A &amp; B — C</title><defs><linearGradient id="shade"><stop offset="0" stop-color="#fff" stop-opacity=".5"/></linearGradient><path d="M0 0h4v4z" id="leaf"/></defs><use fill="url(#shade)" href="#leaf"/></svg>"##
            .replace("32px", "32")
    );
    assert_eq!(clean_svg(&clean.image).unwrap().image, clean.image);
}

#[test]
fn attacks_are_left_out_and_told() {
    let cases = [
        ("<script>alert(1)</script><path d='M0 0'/>", "<script>"),
        ("<SCRIPT>alert(1)</SCRIPT>", "<SCRIPT>"),
        ("<g onload='alert(1)' ONCLICK='x()'/>", "onload of <g>"),
        ("<a href='javascript:alert(1)'><path d='M0 0'/></a>", "<a>"),
        ("<use href='javascript:alert(1)'/>", "href of <use>"),
        ("<use xlink:href='http://evil.example/x.svg#a'/>", "href of <use>"),
        ("<use href='data:image/svg+xml;base64,AAAA#a'/>", "href of <use>"),
        ("<image href='https://evil.example/track.png'/>", "<image>"),
        (
            "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>1</script></body></foreignObject>",
            "<foreignObject>",
        ),
        ("<style>@import url(https://evil.example/a.css);</style>", "<style>"),
        ("<rect style='fill:url(https://evil.example/a)'/>", "fill of <rect>"),
        ("<rect style=\"fill:url(&quot;https://evil.example/a#b&quot;)\"/>", "fill of <rect>"),
        ("<rect fill='u&#x52;l(http://evil.example/a)'/>", "fill of <rect>"),
        ("<rect fill='\\75rl(//evil.example/a)'/>", "fill of <rect>"),
        ("<rect fill='url(//evil.example/a)'/>", "fill of <rect>"),
        ("<set attributeName='href' to='javascript:alert(1)'/>", "<set>"),
        ("<animate attributeName='onclick' values='alert(1)'/>", "<animate>"),
        ("<filter id='f'><feImage href='http://evil.example/'/></filter>", "<filter>"),
        ("<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>", "<x:…>"),
        ("<iframe src='http://evil.example'/>", "<iframe>"),
    ];
    for (attack, told) in cases {
        let clean = clean(attack);
        assert_harmless(&clean.image);
        assert!(clean.left_out.iter().any(|l| l == told), "{attack}: {:?}", clean.left_out);
    }
    // What lies in something that is left out goes with it, and text stands only where it is read.
    assert!(clean("<metadata><path d='M9 9'/></metadata>loose").image.ends_with(r#"viewBox="0 0 24 24"/>"#));
    assert!(clean("<text><![CDATA[<script>alert(1)</script>]]></text>").image.contains("&lt;script&gt;"));
}

#[test]
fn bombs_and_strangers_are_refused() {
    let laughs = r#"<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><svg viewBox="0 0 1 1"><text>&b;</text></svg>"#;
    let mut uses = String::from("<g id='a0'><path d='M0 0'/></g>");
    for i in 1..20 {
        uses.push_str(&format!("<g id='a{i}'>{}</g>", format!("<use href='#a{}'/>", i - 1).repeat(10)));
    }
    let chain: String = (0..500).map(|i| format!("<linearGradient id='l{i}' href='#l{}'/>", i + 1)).collect();
    let deep = format!("{}{}", "<g>".repeat(100), "</g>".repeat(100));
    let outside = "<!DOCTYPE svg SYSTEM \"file:///etc/passwd\" [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><svg/>";
    let whole = |inner: &str| format!("{HEAD}{inner}</svg>");
    let cases = [
        (laughs.to_owned(), "no entities"),
        (outside.to_owned(), "no entities"),
        (whole("<text>&nbsp;</text>"), "not declared"),
        (whole(&uses), "so often"),
        (whole(&chain), "deep"),
        (whole("<g id='a'><use href='#a'/></g>"), "inside of itself"),
        (whole("<mask id='m' mask='url(#m)'/>"), "inside of itself"),
        (whole(&deep), "32 deep"),
        (whole(&"<g/>".repeat(5_000)), "4000 elements"),
        (format!("{HEAD}<g>"), "middle"),
        (format!("{HEAD}</g></svg>"), "no SVG"),
        (whole("<rect x='1' x='2'/>"), "no SVG"),
        (format!("{HEAD}</svg><svg/>"), "after the end"),
        ("<html><svg/></html>".to_owned(), "begins with <html>"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned(), "viewBox"),
        ("hello".to_owned(), "no <svg>"),
        (String::new(), "no <svg>"),
        (" ".repeat(70_000), "65536 bytes"),
    ];
    for (text, expected) in cases {
        let error = clean_svg(&text).unwrap_err();
        assert!(error.contains(expected), "{error} for {}", &text[..text.len().min(200)]);
    }
}

proptest! {
    /// Whatever is sent, what is kept is harmless, and cleaning it again changes nothing.
    #[test]
    fn what_is_kept_is_harmless(parts in prop::collection::vec(part(), 0..12)) {
        if let Ok(clean) = clean_svg(&format!("{HEAD}{}</svg>", parts.concat())) {
            assert_harmless(&clean.image);
            let again = clean_svg(&clean.image).unwrap();
            prop_assert_eq!(&again.image, &clean.image);
            prop_assert!(again.left_out.is_empty(), "{:?}", again.left_out);
        }
    }

    /// Any text at all is taken or refused, never more.
    #[test]
    fn any_text_is_answered(text in "[<>/&;#!'\"=a-zA-Z \\[\\]?-]{0,200}") {
        let _ = clean_svg(&text);
        let _ = clean_svg(&format!("{HEAD}{text}</svg>"));
    }
}

/// Pieces of drawings, good and bad.
fn part() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "#a",
        "url(#a)",
        "url( '#a' )",
        "URL(#a)",
        "url(http://h/)",
        "javascript:x()",
        "java\tscript:x()",
        "M0 0h1",
        "red",
        "0.5",
        "\\75 rl(x)",
        "&#106;avascript:x()",
        "data:x",
        "a;b:c",
        "fill:url(x);stroke:red",
        "image(x)",
    ]);
    let key = prop::sample::select(vec![
        "fill",
        "style",
        "href",
        "xlink:href",
        "onload",
        "d",
        "id",
        "mask",
        "src",
        "font-family",
        "role",
    ]);
    let name =
        prop::sample::select(vec!["g", "path", "use", "script", "style", "a", "text", "image", "mask", "linearGradient", "x:g"]);
    (name, key, value, "[a-z<]{0,3}").prop_map(|(name, key, value, text)| {
        let text = text.replace('<', "&lt;");
        format!("<{name} {key}=\"{value}\">{text}</{name}>")
    })
}
