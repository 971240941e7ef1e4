//! An accent colour as an organization wishes it, made readable in light and dark.
//!
//! Lightness is changed in OKLab (Björn Ottosson, 2020), which keeps the hue; contrast is WCAG 2.2's. A colour that would have
//! to become another one to be read is refused.

/// The colours of one theme, as `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Tones {
    /// Buttons and marks: 3:1 on every surface.
    pub accent: String,
    /// The same under the pointer.
    pub accent_hover: String,
    /// A surface in a trace of the colour.
    pub accent_soft: String,
    /// Text: 4.5:1 on every surface, the soft one too.
    pub accent_ink: String,
    /// Text on the accent: 4.5:1.
    pub on_accent: String,
}

/// An accent in both themes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Accent {
    /// On light surfaces.
    pub light: Tones,
    /// On dark surfaces.
    pub dark: Tones,
}

/// Text needs this contrast (WCAG 2.2, 1.4.3, AA).
const TEXT: f64 = 4.5;
/// Buttons and marks need this one (1.4.11, AA).
const MARKS: f64 = 3.0;
/// How far lightness may go from what was wished before it is another colour.
const FARTHEST: f64 = 0.35;
/// Steps of lightness.
const STEP: f64 = 0.005;

/// A theme's surfaces, as the console's `styles.css` has them: the page and the one with the least contrast.
struct Surfaces {
    name: &'static str,
    page: Rgb,
    hardest: Rgb,
    /// Which way lightness goes for contrast.
    way: f64,
    soft: (f64, f64),
    wanted: &'static str,
}

const LIGHT: Surfaces = Surfaces {
    name: "light",
    page: Rgb(255, 255, 255),
    hardest: Rgb(238, 240, 243),
    way: -1.0,
    soft: (0.955, 0.03),
    wanted: "darker",
};
const DARK: Surfaces =
    Surfaces { name: "dark", page: Rgb(18, 20, 26), hardest: Rgb(37, 41, 51), way: 1.0, soft: (0.28, 0.05), wanted: "lighter" };

/// A colour as screens take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb(u8, u8, u8);

/// A colour as the eye takes it: lightness, and two axes of colour.
#[derive(Debug, Clone, Copy)]
struct Lab {
    lightness: f64,
    a: f64,
    b: f64,
}

impl Accent {
    /// From `#rrggbb`; says what is wrong with it.
    pub fn of(text: &str) -> Result<Accent, String> {
        let wished = Rgb::parse(text).ok_or_else(|| format!("{text:?} is no colour; write #rrggbb, such as #5548c8"))?;
        Ok(Accent { light: tones(wished, &LIGHT)?, dark: tones(wished, &DARK)? })
    }
}

fn tones(wished: Rgb, on: &Surfaces) -> Result<Tones, String> {
    let lab = wished.lab();
    let accent = lab
        .towards(on.way, |colour| contrast(colour, on.hardest) >= MARKS && contrast(colour, on.page) >= MARKS)
        .unwrap_or_else(|| on.page.opposite());
    if (accent.lab().lightness - lab.lightness).abs() > FARTHEST {
        return Err(format!(
            "{} cannot be read on the {} theme: it would have to become {}, which is another colour; choose a {} one",
            wished.hex(),
            on.name,
            accent.hex(),
            on.wanted
        ));
    }
    // One of the two always has more than 4.58.
    let (white, black) = (Rgb(255, 255, 255), Rgb(0, 0, 0));
    let on_accent = if contrast(white, accent) >= TEXT { white } else { black };
    let shift = if on_accent == white { -0.05 } else { 0.05 };
    let hover = accent.lab().at(accent.lab().lightness + shift).rgb();
    let soft = lab.with_chroma(on.soft.1).at(on.soft.0).rgb();
    let readable = |colour: Rgb| [soft, on.page, on.hardest].iter().all(|under| contrast(colour, *under) >= TEXT);
    let ink = accent.lab().towards(on.way, readable).unwrap_or_else(|| on.page.opposite());
    Ok(Tones {
        accent: accent.hex(),
        accent_hover: hover.hex(),
        accent_soft: soft.hex(),
        accent_ink: ink.hex(),
        on_accent: on_accent.hex(),
    })
}

impl Rgb {
    fn parse(text: &str) -> Option<Rgb> {
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        Some(Rgb(part(0)?, part(2)?, part(4)?))
    }

    fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// White on dark, black on light.
    fn opposite(self) -> Rgb {
        if self.luminance() < 0.5 { Rgb(255, 255, 255) } else { Rgb(0, 0, 0) }
    }

    fn linear(self) -> [f64; 3] {
        [self.0, self.1, self.2].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// WCAG's relative luminance.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn lab(self) -> Lab {
        let [r, g, b] = self.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        Lab {
            lightness: 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            a: 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            b: 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        }
    }
}

impl Lab {
    fn at(self, lightness: f64) -> Lab {
        Lab { lightness: lightness.clamp(0.0, 1.0), ..self }
    }

    /// The same hue with at most so much colour.
    fn with_chroma(self, most: f64) -> Lab {
        let chroma = self.a.hypot(self.b);
        let scale = if chroma > most { most / chroma } else { 1.0 };
        Lab { a: self.a * scale, b: self.b * scale, ..self }
    }

    /// The first colour that will do, going one way in lightness; none before the end of it.
    fn towards(self, way: f64, will_do: impl Fn(Rgb) -> bool) -> Option<Rgb> {
        let mut lightness = self.lightness;
        while (0.0..=1.0).contains(&lightness) {
            let colour = self.at(lightness).rgb();
            if will_do(colour) {
                return Some(colour);
            }
            lightness += way * STEP;
        }
        None
    }

    /// As screens take it; with less colour where they cannot show so much at this lightness.
    fn rgb(self) -> Rgb {
        let mut scale = 1.0_f64;
        loop {
            let linear = Lab { a: self.a * scale, b: self.b * scale, ..self }.linear();
            if scale <= 0.0 || linear.iter().all(|part| (-0.0005..=1.0005).contains(part)) {
                let [r, g, b] = linear.map(|part| {
                    let part = part.clamp(0.0, 1.0);
                    let part = if part <= 0.003_130_8 { part * 12.92 } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
                    let byte = (part * 255.0).round() as u8;
                    byte
                });
                return Rgb(r, g, b);
            }
            scale -= 0.02;
        }
    }

    fn linear(self) -> [f64; 3] {
        let l = (self.lightness + 0.396_337_777_4 * self.a + 0.215_803_757_3 * self.b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * self.a - 0.063_854_172_8 * self.b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * self.a - 1.291_485_548_0 * self.b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }
}

/// WCAG's contrast of two colours, from 1 to 21.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (one.luminance() + 0.05, other.luminance() + 0.05);
    if one > other { one / other } else { other / one }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn colour(text: &str) -> Rgb {
        Rgb::parse(text).unwrap()
    }

    fn holds(tones: &Tones, on: &Surfaces) {
        let accent = colour(&tones.accent);
        let (ink, soft) = (colour(&tones.accent_ink), colour(&tones.accent_soft));
        for under in [on.page, on.hardest] {
            assert!(contrast(accent, under) >= MARKS, "{tones:?}");
            assert!(contrast(ink, under) >= TEXT, "{tones:?}");
        }
        assert!(contrast(ink, soft) >= TEXT, "{tones:?}");
        for under in [accent, colour(&tones.accent_hover)] {
            assert!(contrast(colour(&tones.on_accent), under) >= TEXT, "{tones:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_can_be_read(r in any::<u8>(), g in any::<u8>(), b in any::<u8>()) {
            if let Ok(accent) = Accent::of(&Rgb(r, g, b).hex()) {
                holds(&accent.light, &LIGHT);
                holds(&accent.dark, &DARK);
            }
        }

        #[test]
        fn a_colour_survives_the_way_there_and_back(r in any::<u8>(), g in any::<u8>(), b in any::<u8>()) {
            let Rgb(r2, g2, b2) = Rgb(r, g, b).lab().rgb();
            prop_assert!(r.abs_diff(r2) <= 1 && g.abs_diff(g2) <= 1 && b.abs_diff(b2) <= 1);
        }
    }

    #[test]
    fn what_is_readable_stays_and_what_is_not_is_moved_or_refused() {
        let own = Accent::of("#5548c8").unwrap();
        assert_eq!(own.light.accent, "#5548c8");
        assert_ne!(own.dark.accent, "#5548c8", "on dark it is lighter");
        let navy = Accent::of("#001f5b").unwrap();
        assert_eq!(navy.light.accent, "#001f5b");
        let yellow = Accent::of("#ffd500").unwrap();
        assert_ne!(yellow.light.accent, "#ffd500");
        assert_eq!((yellow.dark.accent.as_str(), yellow.dark.on_accent.as_str()), ("#ffd500", "#000000"));
        let white = Accent::of("#ffffff").unwrap_err();
        assert!(white.contains("light theme") && white.contains("darker"), "{white}");
        let black = Accent::of("#000000").unwrap_err();
        assert!(black.contains("dark theme") && black.contains("lighter"), "{black}");
        for bad in ["", "red", "#fff", "#12345g", "5548c8", "#5548c8ff", "#é2345"] {
            assert!(Accent::of(bad).unwrap_err().contains("no colour"), "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((contrast(colour("#777777"), Rgb(255, 255, 255)) - 4.48).abs() < 0.01);
    }
}
