//! Archives as people make them, and as nobody should.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{Cursor, Write as _};
use warpyard_import::archive::{MAX_FILES, unpack};
use zip::write::SimpleFileOptions;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar archive of entries as they come: path, type, content, target of a link.
fn tarball(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        // Written by hand: the library refuses to write paths that lead out.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        if kind.is_symlink() || kind.is_hard_link() {
            header.as_gnu_mut().unwrap().linkname[..11].copy_from_slice(b"/etc/passwd");
        }
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in entries {
        writer.start_file(*path, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const FILE: tar::EntryType = tar::EntryType::Regular;

#[test]
fn both_kinds_of_archive_are_read() {
    let tar = tarball(&[
        ("m/", tar::EntryType::Directory, b""),
        ("./m/main.tf", FILE, b"variable \"x\" {}"),
        ("m/README.md", FILE, b"words"),
        ("m/latin.tf", FILE, b"\xff\xfe"),
        ("m/link.tf", tar::EntryType::Symlink, b""),
        ("m/hard.tf", tar::EntryType::Link, b""),
    ]);
    let unpacked = unpack(&tar).unwrap();
    assert_eq!(unpacked.files, [("m/main.tf".to_owned(), "variable \"x\" {}".to_owned())]);
    let items: Vec<&str> = unpacked.report.iter().map(|item| item.item.as_str()).collect();
    assert_eq!(items, ["file m/latin.tf", "file m/link.tf", "file m/hard.tf"]);

    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_directory("m/", SimpleFileOptions::default()).unwrap();
    writer.start_file("m/main.tf", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"variable \"x\" {}").unwrap();
    writer.add_symlink("m/link.tf", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let unpacked = unpack(&writer.finish().unwrap().into_inner()).unwrap();
    assert_eq!(unpacked.files, [("m/main.tf".to_owned(), "variable \"x\" {}".to_owned())]);
    assert_eq!(unpacked.report.len(), 1, "{unpacked:?}");
}

#[test]
fn no_path_leads_out() {
    for path in ["../x.tf", "a/../../x.tf", "/etc/x.tf", "a\\..\\x.tf", "c:/x.tf", ".."] {
        assert!(unpack(&tarball(&[(path, FILE, b"")])).unwrap_err().message.contains("leads out"), "{path} in tar");
        assert!(unpack(&zipped(&[(path, b"")])).unwrap_err().message.contains("leads out"), "{path} in ZIP");
    }
}

#[test]
fn bombs_stop_at_the_limit() {
    let zeros = vec![b' '; 60 << 20];
    assert!(zipped(&[("main.tf", &zeros)]).len() < 1 << 20, "it is a bomb");
    for bomb in [
        zipped(&[("main.tf", &zeros)]),
        zipped(&[("a.tf", &zeros[..30 << 20]), ("b.tf", &zeros[..30 << 20])]),
        tarball(&[("main.tf", FILE, &zeros)]),
        // Nobody asks for this one, and it has to be unpacked to see what comes after it.
        tarball(&[("picture.png", FILE, &zeros), ("main.tf", FILE, b"")]),
        gzip(&zeros),
    ] {
        let error = unpack(&bomb).unwrap_err();
        assert!(error.message.contains("more than") || error.message.contains("damaged"), "{error:?}");
    }
    let many: Vec<String> = (0..=MAX_FILES).map(|i| format!("f{i}.tf")).collect();
    let tar: Vec<(&str, tar::EntryType, &[u8])> = many.iter().map(|path| (path.as_str(), FILE, b"".as_slice())).collect();
    assert!(unpack(&tarball(&tar)).unwrap_err().message.contains("entries"));
    let zip: Vec<(&str, &[u8])> = many.iter().map(|path| (path.as_str(), b"".as_slice())).collect();
    assert!(unpack(&zipped(&zip)).unwrap_err().message.contains("entries"));
    assert!(unpack(&vec![0x1f; 11 << 20]).unwrap_err().message.contains("more than"));
}

#[test]
fn damaged_archives_are_refused() {
    for good in [tarball(&[("main.tf", FILE, b"variable \"x\" {}")]), zipped(&[("main.tf", b"variable \"x\" {}")])] {
        assert!(unpack(&good).is_ok());
        for cut in 0..good.len() {
            let _ = unpack(&good[..cut]);
        }
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 0x55;
            let _ = unpack(&bad);
        }
    }
    for bytes in [b"".as_slice(), b"PK", b"PK\x03\x04", b"\x1f\x8b", b"plain text", &gzip(b"no tar")] {
        assert!(unpack(bytes).map_or(true, |unpacked| unpacked.files.is_empty()), "{bytes:?}");
    }
    assert!(unpack(b"plain text").is_err() && unpack(b"PK\x03\x04").is_err());
}
