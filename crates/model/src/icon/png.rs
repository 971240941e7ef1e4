//! PNG: decoded within limits and encoded again, so that only the pixels remain.

use super::{Clean, MOST_PIXELS, fits};
use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Limits, Transformations};
use std::collections::HashMap;
use std::io::Cursor;

/// What decoding may take: the pixels of the largest icon, and the decoder's own buffers.
const MOST_DECODED_BYTES: usize = 8 << 20;
/// The most colours that one byte can number.
const MOST_INDEXED: usize = 256;

/// A PNG with nothing but its pixels. Texts, colour profiles, times and further frames are gone.
pub fn clean_png(bytes: &[u8]) -> Result<Clean<Vec<u8>>, String> {
    fits(bytes.len(), "this one has")?;
    let broken = |error: png::DecodingError| format!("this is no PNG that can be read: {error}");
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MOST_DECODED_BYTES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    // The header alone, before anything is unpacked.
    let (width, height) = decoder.read_header_info().map_err(broken)?.size();
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return Err(format!("an icon has at most {MOST_PIXELS} × {MOST_PIXELS} pixels; this one has {width} × {height}"));
    }
    let mut reader = decoder.read_info().map_err(broken)?;
    let size = reader.output_buffer_size().filter(|size| *size <= MOST_DECODED_BYTES);
    let mut pixels = vec![0; size.ok_or_else(|| "this PNG is too large to be read".to_owned())?];
    let frame = reader.next_frame(&mut pixels).map_err(broken)?;
    pixels.truncate(frame.buffer_size());
    let colours: Vec<[u8; 4]> = match frame.color_type {
        ColorType::Rgba => pixels.as_chunks::<4>().0.to_vec(),
        ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]).collect()
        }
        other => return Err(format!("this PNG has pixels of a kind that is not read: {other:?}")),
    };
    // Whatever hides behind full transparency is not seen, and so not kept.
    let colours: Vec<[u8; 4]> = colours.into_iter().map(|c| if c[3] == 0 { [0; 4] } else { c }).collect();
    let image = encode(&colours, width, height).map_err(|error| format!("the icon could not be written again: {error}"))?;
    fits(image.len(), "written again without metadata, this one has")?;
    Ok(Clean { image, left_out: Vec::new() })
}

/// Encodes pixels, with a palette where there are few colours: the result of encoding is the same every time.
fn encode(colours: &[[u8; 4]], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    let data = match indexed(colours) {
        Some((palette, indices)) => {
            encoder.set_color(ColorType::Indexed);
            encoder.set_palette(palette.iter().flat_map(|c| [c[0], c[1], c[2]]).collect::<Vec<u8>>());
            encoder.set_trns(palette.iter().map(|c| c[3]).collect::<Vec<u8>>());
            encoder.set_filter(Filter::NoFilter);
            indices
        }
        None => {
            encoder.set_color(ColorType::Rgba);
            encoder.set_filter(Filter::Adaptive);
            colours.as_flattened().to_vec()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(out)
}

/// The colours in the order in which they come, and each pixel as a number; nothing where there are too many.
fn indexed(colours: &[[u8; 4]]) -> Option<(Vec<[u8; 4]>, Vec<u8>)> {
    let mut palette = Vec::new();
    let mut known: HashMap<[u8; 4], u8> = HashMap::new();
    let mut indices = Vec::with_capacity(colours.len());
    for colour in colours {
        let index = match known.get(colour) {
            Some(index) => *index,
            None if palette.len() == MOST_INDEXED => return None,
            None => {
                let index = u8::try_from(palette.len()).ok()?;
                palette.push(*colour);
                known.insert(*colour, index);
                index
            }
        };
        indices.push(index);
    }
    Some((palette, indices))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32, colour: ColorType, data: &[u8], texts: &[(&str, &str)]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, width, height);
        encoder.set_color(colour);
        encoder.set_depth(BitDepth::Eight);
        encoder.set_compression(Compression::High);
        for (key, text) in texts {
            encoder.add_ztxt_chunk((*key).to_owned(), (*text).to_owned()).unwrap();
        }
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        out
    }

    /// Numbers without a pattern, the same every time.
    fn noise(count: usize) -> Vec<u8> {
        let mut state: u32 = 7;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..count).map(|_| next()).collect()
    }

    #[test]
    fn only_pixels_are_kept_and_twice_is_once() {
        let secret = "taken at home".repeat(20);
        let png = drawn(2, 1, ColorType::Rgb, &[255, 0, 0, 0, 0, 255], &[("Comment", &secret)]);
        let clean = clean_png(&png).unwrap().image;
        assert!(!clean.windows(4).any(|w| w == b"zTXt" || w == b"tEXt"), "no text is kept");
        assert_eq!(clean_png(&clean).unwrap().image, clean);
        let many = drawn(60, 60, ColorType::Rgba, &noise(60 * 60 * 4), &[]);
        let clean = clean_png(&many).unwrap().image;
        assert_eq!(clean_png(&clean).unwrap().image, clean);
        let grey = drawn(40, 40, ColorType::Grayscale, &noise(1600), &[]);
        let clean = clean_png(&grey).unwrap().image;
        assert_eq!(clean_png(&clean).unwrap().image, clean);
    }

    #[test]
    fn bombs_and_strangers_are_refused() {
        let bomb = drawn(6_000, 6_000, ColorType::Grayscale, &vec![0; 36_000_000], &[]);
        assert!(bomb.len() <= super::super::MOST_BYTES, "small enough to be taken in: {}", bomb.len());
        assert!(clean_png(&bomb).unwrap_err().contains("512 × 512 pixels; this one has 6000 × 6000"));
        assert!(clean_png(&vec![0; 70_000]).unwrap_err().contains("65536 bytes"));
        for stranger in [&b"\xff\xd8\xff\xe0 JFIF"[..], b"GIF89a", b"<html>", b""] {
            assert!(clean_png(stranger).unwrap_err().contains("no PNG"));
        }
        let whole = drawn(300, 300, ColorType::Rgb, &noise(270_000)[..270_000], &[]);
        assert!(clean_png(&whole[..4_000]).unwrap_err().contains("no PNG"), "cut short");
        // A compressed text of many megabytes beside a small picture is never unpacked.
        let texts = drawn(1, 1, ColorType::Grayscale, &[0], &[("Comment", &"a".repeat(5_000_000))]);
        assert!(texts.len() < super::super::MOST_BYTES);
        assert!(clean_png(&texts).unwrap().image.len() < 200);
    }
}
