//! Drawings of an organization, for the cards of its profiles.

use crate::icon::{clean_png, clean_svg};
use crate::{FieldError, Kind, Name, Spec};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What stands before the name of an organization's icon on a card.
const PREFIX: &str = "org:";

/// The drawing: an SVG or a PNG. It is kept without anything that could run or lead elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Icon {
    /// The SVG, at most 64 KiB. Only shapes, gradients and text are kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub svg: String,
    /// The PNG in Base64, at most 64 KiB before that and 512 pixels in either direction. Only its pixels are kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub png: String,
}

/// Icons observe nothing.
pub type IconStatus = super::NoStatus;

/// A harmless icon, and what had to be left out for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanIcon {
    /// The icon as it is kept.
    pub icon: Icon,
    /// What was left out, in words.
    pub left_out: Vec<String>,
}

impl Icon {
    /// An icon from the bytes of a file: what it is they say themselves.
    pub fn of_bytes(bytes: &[u8]) -> Result<CleanIcon, FieldError> {
        if bytes.starts_with(b"\x89PNG") {
            return Self { svg: String::new(), png: STANDARD.encode(bytes) }.clean();
        }
        let text =
            std::str::from_utf8(bytes).ok().filter(|text| text.trim_start_matches('\u{feff}').trim_start().starts_with('<'));
        match text {
            Some(text) => Self { svg: text.trim_start_matches('\u{feff}').to_owned(), png: String::new() }.clean(),
            None => Err(FieldError::new("", "an icon is an SVG or a PNG; this is neither")),
        }
    }

    /// The icon without anything that could run or lead elsewhere.
    pub fn clean(&self) -> Result<CleanIcon, FieldError> {
        match (self.svg.is_empty(), self.png.is_empty()) {
            (false, true) => {
                let clean = clean_svg(&self.svg).map_err(|message| FieldError::new("spec.svg", message))?;
                Ok(CleanIcon { icon: Self { svg: clean.image, png: String::new() }, left_out: clean.left_out })
            }
            (true, false) => {
                let bytes = STANDARD
                    .decode(self.png.split_whitespace().collect::<String>())
                    .map_err(|error| FieldError::new("spec.png", format!("this is no Base64: {error}")))?;
                let clean = clean_png(&bytes).map_err(|message| FieldError::new("spec.png", message))?;
                Ok(CleanIcon { icon: Self { svg: String::new(), png: STANDARD.encode(clean.image) }, left_out: clean.left_out })
            }
            _ => Err(FieldError::new("spec", "an icon has either svg or png")),
        }
    }

    /// Its media type.
    pub fn media_type(&self) -> &'static str {
        if self.png.is_empty() { "image/svg+xml" } else { "image/png" }
    }

    /// The picture as it is served.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        if self.png.is_empty() {
            Cow::Borrowed(self.svg.as_bytes())
        } else {
            Cow::Owned(STANDARD.decode(&self.png).unwrap_or_default())
        }
    }

    /// The icon of the organization that a card names, if it names one: `org:NAME`.
    pub fn named_on(card: &str) -> Option<Result<Name, FieldError>> {
        let name = card.strip_prefix(PREFIX)?;
        Some(Name::parse(name).map_err(|error| FieldError::new("spec.card.icon", format!("{name:?} names no icon: {error}"))))
    }
}

impl Spec for Icon {
    const KIND: Kind = Kind::Icon;
    type Status = IconStatus;

    fn validate(&self) -> Vec<FieldError> {
        self.clean().err().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_one_picture() {
        let svg = r#"<svg viewBox="0 0 1 1"><path d="M0 0"/></svg>"#;
        let kept = Icon::of_bytes(format!("\u{feff}{svg}").as_bytes()).unwrap().icon;
        assert_eq!((kept.media_type(), kept.clean().unwrap().icon), ("image/svg+xml", kept.clone()));
        assert_eq!(kept.bytes().as_ref(), kept.svg.as_bytes());
        assert_eq!(Icon { svg: svg.into(), png: "AAAA".into() }.validate()[0].path, "spec");
        assert_eq!(Icon::default().validate()[0].path, "spec");
        assert_eq!(Icon { svg: String::new(), png: "!".into() }.validate()[0].path, "spec.png");
        for stranger in [&b"GIF89a"[..], b"\xff\xd8\xff", b"%PDF-1.7", b"", b"plain"] {
            assert!(Icon::of_bytes(stranger).unwrap_err().message.contains("neither"));
        }
        assert!(Icon::of_bytes(b"<html></html>").unwrap_err().message.contains("begins with <html>"));
    }

    #[test]
    fn a_card_names_an_icon_of_the_organization() {
        assert_eq!(Icon::named_on("org:vision-lab"), Some(Ok(Name::parse("vision-lab").unwrap())));
        assert!(Icon::named_on("org:../x").unwrap().is_err());
        assert_eq!(Icon::named_on("jupyterlab"), None);
    }
}
