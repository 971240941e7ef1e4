//! Files that people send: archives that lead out or blow up, pictures that run or fill the memory.

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};
use std::io::{Cursor, Write as _};
use tar::EntryType;
use warpyard_testkit::{Http, Reply, World};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const MODULE: &str = "/api/v1/orgs/acme/environment-templates/import";
const GOOD: &[u8] = b"variable \"zone\" {\n  type = string\n}\n";

async fn send(who: &Http, path: &str, media: &str, body: Vec<u8>) -> Reply {
    who.request(hyper::Method::POST, path).header("content-type", media).body(body).send().await
}

/// An entry with a name written by hand, because the library refuses to write names that lead out.
fn entry(builder: &mut tar::Builder<Vec<u8>>, path: &str, kind: EntryType, target: &str, content: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
    header.as_gnu_mut().unwrap().linkname[..target.len()].copy_from_slice(target.as_bytes());
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o6777);
    header.set_cksum();
    builder.append(&header, content).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn tarball(entries: &[(&str, EntryType, &str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind, target, content) in entries {
        entry(&mut builder, path, *kind, target, content);
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_and_devices_in_an_archive_are_left_out_and_said() {
    let world = World::start().await;
    let author = world.of("template-author");
    let secret = "/etc/passwd";
    for kind in [EntryType::Symlink, EntryType::Link, EntryType::Char, EntryType::Block, EntryType::Fifo, EntryType::new(b'z')] {
        let archive = tarball(&[("m/main.tf", EntryType::Regular, "", GOOD), ("m/more.tf", kind, secret, b"")]);
        let reply = send(author, MODULE, "application/gzip", archive).await.expect(200);
        let text = reply.text();
        assert!(!text.contains("root:"), "nothing of the machine is read: {text}");
        assert!(text.contains("more.tf") && text.contains("zone"), "{kind:?}: it is said what was left out: {text}");
    }
    // A link, and then a file that would be written through it.
    let through =
        tarball(&[("m/dir", EntryType::Symlink, "/tmp", b""), ("m/dir/warpyard-was-here.tf", EntryType::Regular, "", GOOD)]);
    send(author, MODULE, "application/gzip", through).await;
    assert!(!std::path::Path::new("/tmp/warpyard-was-here.tf").exists());
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("m/main.tf", SimpleFileOptions::default()).unwrap();
    writer.write_all(GOOD).unwrap();
    writer.add_symlink("m/more.tf", secret, SimpleFileOptions::default()).unwrap();
    let text = send(author, MODULE, "application/zip", writer.finish().unwrap().into_inner()).await.expect(200).text();
    assert!(text.contains("more.tf") && !text.contains("root:"), "{text}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_path_of_an_upload_leads_out() {
    let world = World::start().await;
    let author = world.of("template-author");
    for path in [
        "../main.tf",
        "a/../../main.tf",
        "/main.tf",
        "//main.tf",
        "..\\main.tf",
        "a\\..\\..\\main.tf",
        "c:main.tf",
        "C:\\main.tf",
        "./../main.tf",
        "a/..",
    ] {
        let (tar, zip) = (tarball(&[(path, EntryType::Regular, "", GOOD)]), zipped(&[(path, GOOD)]));
        let files = json!({ "files": [{ "path": path, "content": "variable \"x\" {}" }] });
        for (media, body) in [("application/gzip", tar), ("application/zip", zip), ("application/json", files.to_string().into())]
        {
            let reply = send(author, MODULE, media, body).await;
            reply.problem(422, "invalid");
            assert!(reply.text().contains("leads out"), "{path} as {media}: {}", reply.text());
        }
    }
    let zero = json!({ "files": [{ "path": "a\0b.tf", "content": "" }] });
    send(author, MODULE, "application/json", zero.to_string().into()).await.problem(422, "invalid");
    // The folder inside the module is a choice among what is there.
    for folder in ["..", "../..", "/etc", "%2e%2e%2f", "m/../.."] {
        let path = format!("{MODULE}?folder={folder}");
        let reply = send(author, &path, "application/zip", zipped(&[("m/main.tf", GOOD)])).await;
        reply.problem(422, "invalid");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bombs_are_refused_and_the_server_goes_on() {
    let world = World::start().await;
    let author = world.of("template-author");
    let blanks = vec![b' '; 60 << 20];
    let mut nested = blanks.clone();
    for _ in 0..3 {
        nested = gzip(&nested);
    }
    let many: Vec<String> = (0..3_000).map(|i| format!("f{i}.tf")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|path| (path.as_str(), &b""[..])).collect();
    let mut stored = zip::ZipWriter::new(Cursor::new(Vec::new()));
    stored.start_file("main.tf", SimpleFileOptions::default().compression_method(CompressionMethod::Stored)).unwrap();
    stored.write_all(GOOD).unwrap();
    let mut lying = stored.finish().unwrap().into_inner();
    // The central directory says that one byte unpacks to four gigabytes.
    let at = lying.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&[0xff, 0xff, 0xff, 0xfe]);
    for (name, media, bomb) in [
        ("one large file in ZIP", "application/zip", zipped(&[("main.tf", &blanks)])),
        ("one large file in tar", "application/gzip", tarball(&[("main.tf", EntryType::Regular, "", &blanks)])),
        ("a large file that nobody wants", "application/gzip", tarball(&[("x.bin", EntryType::Regular, "", &blanks)])),
        ("nothing but zeros", "application/gzip", gzip(&vec![0; 60 << 20])),
        ("gzip in gzip in gzip", "application/gzip", nested),
        ("too many files", "application/zip", zipped(&many)),
        ("a size that lies", "application/zip", lying),
        ("too much to send", "application/zip", vec![b'P'; 11 << 20]),
        ("an unknown method", "application/x-bzip2", b"BZh91AY&SY".to_vec()),
    ] {
        let reply = send(author, MODULE, media, bomb).await;
        let status = reply.status.as_u16();
        assert!(
            status == 413 || status == 422 || (name == "a size that lies" && status == 200),
            "{name}: {status} {}",
            reply.text()
        );
    }
    send(author, MODULE, "application/zip", zipped(&[("main.tf", GOOD)])).await.expect(200);
    world.finish().await;
}

const ICON: &str = "/api/v1/orgs/acme/icons/bomb/image";

async fn picture(who: &Http, media: &str, body: impl Into<Vec<u8>>) -> Reply {
    who.request(hyper::Method::PUT, ICON).header("content-type", media).body(body.into()).send().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_neither_run_nor_read_nor_blow_up() {
    let world = World::start().await;
    let admin = world.of("org-admin");
    let svg = |inside: &str| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 9\">{inside}</svg>"
        )
    };
    // Entities: a billion laughs, and files and addresses from outside.
    let laughs = "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    for document in [
        format!("{laughs}{}", svg("<text>&c;</text>")),
        format!("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", svg("<text>&x;</text>")),
        format!("<!DOCTYPE svg [<!ENTITY % x SYSTEM \"http://169.254.169.254/\"> %x;]>{}", svg("")),
        format!("<?xml-stylesheet href=\"https://evil.example/x.xsl\"?>{}", svg("<path d=\"M0 0h1\"/>")),
    ] {
        let reply = picture(admin, "image/svg+xml", document.clone()).await;
        assert!(reply.status == 422 || (reply.status == 200 && is_harmless(&reply.json())), "{document}: {}", reply.text());
    }
    for inside in [
        "<script>alert(1)</script>",
        "<SCRIPT>alert(1)</SCRIPT>",
        "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">alert(1)</x:script>",
        "<g onload=\"alert(1)\"/>",
        "<g ONLOAD=\"alert(1)\"/>",
        "<a href=\"javascript:alert(1)\"><path d=\"M0 0h1\"/></a>",
        "<a xlink:href=\"java&#10;script:alert(1)\"/>",
        "<image href=\"https://evil.example/x\"/>",
        "<use href=\"https://evil.example/x.svg#a\"/>",
        "<use href=\"data:image/svg+xml;base64,PHN2Zy8+#a\"/>",
        "<foreignObject><iframe src=\"https://evil.example\"/></foreignObject>",
        "<style>@import 'https://evil.example/x.css';</style>",
        "<path d=\"M0 0h1\" style=\"fill:url(https://evil.example/x)\"/>",
        "<path d=\"M0 0h1\" fill=\"url(https://evil.example/x)\"/>",
        "<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>",
        "<set attributeName=\"onload\" to=\"alert(1)\"/>",
        "<filter id=\"f\"><feImage href=\"https://evil.example/x\"/></filter>",
        "<![CDATA[<script>alert(1)</script>]]>",
    ] {
        let reply = picture(admin, "image/svg+xml", svg(inside)).await;
        assert!(reply.status == 422 || (reply.status == 200 && is_harmless(&reply.json())), "{inside}: {}", reply.text());
    }
    let deep = svg(&format!("{}{}", "<g>".repeat(20_000), "</g>".repeat(20_000)));
    let wide = svg(&"<path d=\"M0 0h1\"/>".repeat(100_000));
    let uses =
        svg(&(0..30).map(|i| format!("<g id=\"a{}\"><use href=\"#a{i}\"/><use href=\"#a{i}\"/></g>", i + 1)).collect::<String>());
    for document in [deep, wide] {
        let reply = picture(admin, "image/svg+xml", document).await;
        assert!([413, 422].contains(&reply.status.as_u16()), "{}", reply.text());
    }
    let reply = picture(admin, "image/svg+xml", uses).await;
    assert!(reply.status == 422 || !reply.text().contains("<use"), "what doubles at every step is not kept: {}", reply.text());
    // A PNG that says it is 65535 pixels wide and high, in a few bytes.
    let mut png = vec![0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d];
    png.extend_from_slice(b"IHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x06\x00\x00\x00\x00\x00\x00\x00");
    picture(admin, "image/png", png).await.problem(422, "invalid");
    for (media, body) in [
        ("image/svg+xml", &b"<html><script>alert(1)</script></html>"[..]),
        ("image/png", b"<svg viewBox='0 0 1 1'/>"),
        ("text/html", b"<svg viewBox='0 0 1 1'/>"),
        ("image/svg+xml", b"\xff\xfe<\x00s\x00v\x00g\x00"),
        ("image/gif", b"GIF89a"),
    ] {
        picture(admin, media, body).await.problem(422, "invalid");
    }
    world.finish().await;
}

/// Whether nothing is left of what runs or leads elsewhere.
fn is_harmless(stored: &Json) -> bool {
    let kept = stored["icon"]["spec"]["svg"].as_str().unwrap_or_default().to_lowercase();
    let bad = [
        "script",
        "onload",
        "javascript",
        "evil.example",
        "foreignobject",
        "data:",
        "<!entity",
        "root:",
        "@import",
        "<use",
        "<set",
        "<animate",
    ];
    !bad.iter().any(|word| kept.contains(word))
}
