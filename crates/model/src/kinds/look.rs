//! How an organization looks to its people, before and after they sign in.

use super::Icon;
use crate::FieldError;
use crate::colour::Accent;
use serde::{Deserialize, Serialize};

const NAME_MAX: usize = 60;
const MESSAGE_MAX: usize = 2_000;
const LINKS_MAX: usize = 8;
const TITLE_MAX: usize = 60;
const URL_MAX: usize = 500;

/// Name, picture, colour, links and a message. Everybody who knows the organization's name may see it without signing in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// What stands beside the picture; at most 60 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// An SVG or PNG, kept without anything that could run or lead elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Icon>,
    /// `#rrggbb`. Made lighter or darker where it could not be read; refused where that would make it another colour.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub accent: String,
    /// At most eight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub links: Vec<Link>,
    /// Markdown above the sign-in form; at most 2000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// A link of an organization, such as to its help desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What people read.
    pub title: String,
    /// Where it leads: `https://`, `http://` or `mailto:`.
    pub url: String,
}

impl Look {
    /// What is wrong with it, by path.
    pub fn validate(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |path: &str, message: String| errors.push(FieldError::new(format!("spec.look.{path}"), message));
        let one_line = |text: &str, most: usize| text.chars().count() <= most && !text.chars().any(char::is_control);
        if !one_line(&self.name, NAME_MAX) {
            wrong("name", format!("at most {NAME_MAX} characters on one line"));
        }
        if self.message.chars().count() > MESSAGE_MAX {
            wrong("message", format!("at most {MESSAGE_MAX} characters"));
        }
        if let Some(Err(error)) = self.logo.as_ref().map(Icon::clean) {
            wrong(&error.path.replacen("spec", "logo", 1), error.message);
        }
        if let Some(Err(message)) = self.accent() {
            wrong("accent", message);
        }
        if self.links.len() > LINKS_MAX {
            wrong("links", format!("at most {LINKS_MAX} links"));
        }
        for (i, link) in self.links.iter().enumerate() {
            if link.title.trim().is_empty() || !one_line(&link.title, TITLE_MAX) {
                wrong(&format!("links.{i}.title"), format!("a title has between 1 and {TITLE_MAX} characters on one line"));
            }
            if !leads_somewhere(&link.url) {
                wrong(&format!("links.{i}.url"), "a link begins with https://, http:// or mailto: and has no spaces".to_owned());
            }
        }
        errors
    }

    /// Its colours in both themes, where it has an accent.
    pub fn accent(&self) -> Option<Result<Accent, String>> {
        (!self.accent.is_empty()).then(|| Accent::of(&self.accent))
    }

    /// The same with a harmless picture, and what was left out of it, in words.
    pub fn cleaned(mut self) -> Result<(Self, Vec<String>), FieldError> {
        let clean = self.logo.as_ref().map(Icon::clean).transpose();
        let clean = clean.map_err(|e| FieldError::new(format!("spec.look.{}", e.path.replacen("spec", "logo", 1)), e.message))?;
        let left_out = clean.as_ref().map(|c| c.left_out.clone()).unwrap_or_default();
        self.logo = clean.map(|c| c.icon);
        Ok((self, left_out))
    }
}

/// Nothing that runs (`javascript:`) or reads what is near (`file:`, `data:`).
fn leads_somewhere(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let rest = ["https://", "http://", "mailto:"].iter().find_map(|scheme| lower.strip_prefix(scheme));
    let plain = url.len() <= URL_MAX && url.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&b));
    plain && rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(look: &Look) -> Vec<String> {
        look.validate().into_iter().map(|e| e.path).collect()
    }

    #[test]
    fn links_lead_to_other_pages_and_nowhere_else() {
        for good in ["https://help.example.com/a?b=c#d", "http://10.0.0.1:8080", "mailto:help@example.com", "HTTPS://x"] {
            assert!(leads_somewhere(good), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            " https://x",
            "https://",
            "https:///x",
            "//x",
            "/x",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://x y",
            "https://x\"onclick=",
            "https://é",
            "vbscript:x",
            "java\nscript:x",
        ] {
            assert!(!leads_somewhere(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_says_where() {
        assert!(Look::default().validate().is_empty());
        let link = |title: &str, url: &str| Link { title: title.into(), url: url.into() };
        let look = Look {
            name: "x".repeat(61),
            logo: Some(Icon { svg: "<html/>".into(), png: String::new() }),
            accent: "#ffffff".into(),
            links: vec![link("Help", "https://x"), link(" ", "javascript:1")],
            message: "x".repeat(2_001),
        };
        let expected = ["name", "message", "logo.svg", "accent", "links.1.title", "links.1.url"];
        assert_eq!(paths(&look), expected.map(|path| format!("spec.look.{path}")));
        assert_eq!(paths(&Look { links: vec![link("a", "https://x"); 9], ..Look::default() }), ["spec.look.links"]);
    }

    #[test]
    fn a_logo_is_made_harmless() {
        let svg = "<svg viewBox='0 0 1 1'><script>alert(1)</script><path d='M0 0h1'/></svg>";
        let look = Look { logo: Some(Icon { svg: svg.into(), png: String::new() }), ..Look::default() };
        let (clean, left_out) = look.cleaned().unwrap();
        assert!(!clean.logo.unwrap().svg.contains("script") && !left_out.is_empty());
    }
}
