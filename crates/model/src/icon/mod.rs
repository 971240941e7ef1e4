//! Drawings that people upload: made harmless, or refused.
//!
//! An SVG is read into a small tree and written anew from an allow-list, so that what is not known cannot get through. A
//! PNG is decoded and encoded again, so that nothing but its pixels is kept. Doing it twice changes nothing more.

mod png;
mod svg;

pub use png::clean_png;
pub use svg::clean_svg;

/// The most bytes of a drawing, as it is sent and as it is kept.
pub const MOST_BYTES: usize = 64 << 10;
/// The most pixels of a PNG in either direction.
pub const MOST_PIXELS: u32 = 512;

/// A drawing that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean<T> {
    /// What is kept.
    pub image: T,
    /// What was left out, in words; each thing once.
    pub left_out: Vec<String>,
}

/// Says when there is too much of it.
fn fits(bytes: usize, what: &str) -> Result<(), String> {
    if bytes > MOST_BYTES {
        return Err(format!("an icon has at most {MOST_BYTES} bytes; {what} {bytes}"));
    }
    Ok(())
}
