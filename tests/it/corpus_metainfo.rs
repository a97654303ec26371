//! The torrents of the conformance corpus: sound ones and hostile ones.

use ccbt::bencode;
use ccbt::metainfo::path::{Link, Platform, Resolved, resolve, resolve_for};
use ccbt::metainfo::{Limits, Metainfo, Version};
use serde_json::{Value as Json, json};

use crate::corpus;
use crate::corpus_paths::squeezed;

#[test]
fn torrents() {
    let Some(corpus) = corpus::directory("corpus_metainfo::torrents") else { return };
    let folder = corpus.join("torrents");
    corpus::check_all(&corpus::entries(folder.join("index.json")), "file", |case| {
        check_torrent(
            case,
            std::fs::read(folder.join(case["file"].as_str().unwrap_or_default())).expect("a torrent"),
        )
    });
}

#[test]
fn hostile_torrents() {
    let Some(corpus) = corpus::directory("corpus_metainfo::hostile_torrents") else { return };
    let folder = corpus.join("hostile");
    let cases = corpus::entries(folder.join("index.json"));
    let cases: Vec<_> = cases.into_iter().filter(|case| case["kind"] == "torrent").collect();
    corpus::check_all(&cases, "file", |case| {
        check_hostile(
            case,
            std::fs::read(folder.join(case["file"].as_str().unwrap_or_default())).expect("a torrent"),
        )
    });
}

fn read(raw: Vec<u8>) -> Result<(Metainfo, Resolved), String> {
    let metainfo = Metainfo::parse(raw, &Limits::default()).map_err(|error| error.to_string())?;
    let resolved = resolve(&metainfo).map_err(|error| error.to_string())?;
    Ok((metainfo, resolved))
}

fn equal(what: &str, found: &Json, expected: &Json) -> Result<(), String> {
    if expected.is_null() || found == expected {
        return Ok(());
    }
    Err(format!("{what} is {found} instead of {expected}"))
}

fn check_torrent(case: &Json, raw: Vec<u8>) -> Result<(), String> {
    check_violations(case, &raw)?;
    if case["expect"] == "invalid" {
        let area = match case["reason_code"].as_str().unwrap_or_default() {
            "torrent_missing_info" => "`info`",
            "torrent_is_no_dict" => "dictionary",
            "torrent_missing_name" | "torrent_invalid_name" => "name",
            "torrent_missing_piece_length" => "`piece length`",
            "torrent_invalid_length" => "length",
            "torrent_invalid_piece_layer" => "piece layer",
            "torrent_invalid_pad_file" => "pad",
            "torrent_file_parse_failed" => "file",
            "invalid_bencoding" => "canonical",
            other => return Err(format!("unknown reason code {other}")),
        };
        return refused(raw, area);
    }
    let (metainfo, resolved) = read(raw)?;
    let info = &metainfo.info;
    check_hashes(case, &metainfo)?;
    let kind = match info.version {
        Version::V1 => "v1",
        Version::V2 => "v2",
        Version::Hybrid => "hybrid",
    };
    equal("kind", &json!(kind), &case["kind"])?;
    equal("piece_length", &json!(info.piece_length), &case["piece_length"])?;
    equal("file_count", &json!(info.files.len()), &case["file_count"])?;
    equal("payload_size", &json!(info.total_size), &case["payload_size"])?;
    equal("pad_entries", &json!(info.pads), &case["pad_entries"])?;
    if info.v1.is_some() {
        equal("total_size_with_padding", &json!(info.space), &case["total_size_with_padding"])?;
        equal("v1_piece_count", &json!(info.piece_count), &case["v1_piece_count"])?;
        if metainfo.piece_hash(info.piece_count - 1).is_none()
            || metainfo.piece_hash(info.piece_count).is_some()
        {
            return Err("wrong number of piece hashes".into());
        }
    }
    equal(
        "v2_piece_count",
        &json!(info.files.iter().map(|file| file.length.div_ceil(info.piece_length)).sum::<u64>()),
        &case["v2_piece_count"],
    )?;
    let text = |text: &Option<ccbt::metainfo::Text>| json!(text.as_ref().map(|text| text.lossy()));
    equal("comment", &text(&metainfo.comment), &case["comment"])?;
    equal("created_by", &text(&metainfo.created_by), &case["created_by"])?;
    equal("creation_date", &json!(metainfo.creation_date), &case["creation_date"])?;
    let first = || resolved.files().next().unwrap().path.as_str();
    let name = resolved.root.as_ref().map_or_else(first, |root| root.as_str());
    equal("name_sanitised", &json!(name), &case["name_sanitised"])?;
    let trackers: Vec<_> = metainfo
        .trackers
        .iter()
        .enumerate()
        .flat_map(|(tier, urls)| urls.iter().map(move |url| json!({"url": url, "tier": tier})))
        .collect();
    equal("trackers", &json!(trackers), &case["trackers"])?;
    equal("web_seeds", &json!(metainfo.web_seeds), &case["web_seeds"])?;
    equal("dht_nodes", &json!(metainfo.nodes), &case["dht_nodes"])?;
    if let Some(private) = case["private_raw"].as_i64() {
        equal("private", &json!(info.private), &json!(private != 0))?;
    }
    check_files(&metainfo, &resolved, case["files_sanitised"].as_array())
}

fn check_violations(case: &Json, raw: &[u8]) -> Result<(), String> {
    let Ok(document) = bencode::decode(raw, &bencode::Limits::default()) else { return Ok(()) };
    let mut kinds: Vec<_> = document.violations().first().iter().map(|one| one.kind.name()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    equal("bencode_violations", &json!(kinds), &case["bencode_violations"])
}

fn check_hashes(case: &Json, metainfo: &Metainfo) -> Result<(), String> {
    equal("info_hash_v1", &json!(metainfo.info_hash_v1), &case["info_hash_v1"])?;
    equal("info_hash_v2", &json!(metainfo.info_hash_v2), &case["info_hash_v2"])?;
    equal("info_length", &json!(metainfo.info_bytes().len()), &case["info_length"])
}

fn check_files(metainfo: &Metainfo, resolved: &Resolved, expected: Option<&Vec<Json>>) -> Result<(), String> {
    let Some(expected) = expected else { return Ok(()) };
    if expected.len() != resolved.files().len() {
        return Err(format!("{} files instead of {}", resolved.files().len(), expected.len()));
    }
    for ((file, on_disk), expected) in metainfo.info.files.iter().zip(resolved.files()).zip(expected) {
        equal("path", &json!(on_disk.path.as_str()), &expected["path"])?;
        equal("length", &json!(file.length), &expected["length"])?;
        let letters: String =
            [(file.attr.executable, 'x'), (file.attr.hidden, 'h'), (file.attr.symlink, 'l')]
                .iter()
                .filter_map(|(set, letter)| set.then_some(*letter))
                .collect();
        let wanted = expected["attr"].as_str().unwrap_or_default();
        if letters != wanted {
            return Err(format!("attr is {letters:?} instead of {wanted:?}"));
        }
        check_link(on_disk.path.as_str(), on_disk.link, &expected["symlink"])?;
    }
    Ok(())
}

/// A link that may not be created points at itself in the notation of the corpus.
fn check_link(path: &str, link: Option<&Link>, expected: &Json) -> Result<(), String> {
    let found = link.map(|link| match link {
        Link::To(target) => target.as_str(),
        Link::Nowhere => path,
    });
    if json!(found) == *expected {
        Ok(())
    } else {
        Err(format!("{path} points at {found:?} instead of {expected}"))
    }
}

fn refused(raw: Vec<u8>, area: &str) -> Result<(), String> {
    match read(raw) {
        Ok(_) => Err("is accepted".into()),
        Err(error) if error.contains(area) => Ok(()),
        Err(error) => Err(format!("the error does not name {area}: {error}")),
    }
}

fn check_hostile(case: &Json, raw: Vec<u8>) -> Result<(), String> {
    if case["expect"] == "reject" {
        let area = match case["error_class"].as_str().unwrap_or_default() {
            "piece_length" => "`piece length`",
            "hybrid_mismatch" => "hybrid mismatch",
            "piece_layer" => "piece layer",
            "meta_version" => "`meta version`",
            "pieces_root" => "`pieces root`",
            "pad_attr" => "`attr` p",
            "too_many_pieces" => "too many pieces",
            "info" => "`info`",
            other => other,
        };
        return refused(raw, area);
    }
    let read = read(raw);
    let (metainfo, resolved) = match read {
        Err(_) if case["expect"] == "either" => return Ok(()),
        other => other?,
    };
    equal("info_hash_v1", &json!(metainfo.info_hash_v1), &case["info_hash_v1"])?;
    equal("info_hash_v2", &json!(metainfo.info_hash_v2), &case["info_hash_v2"])?;
    if let Some(trackers) = case["trackers"].as_array() {
        let found: Vec<_> = metainfo.trackers.iter().flatten().collect();
        equal("trackers", &json!(found), &json!(trackers))?;
    }
    if let Some(private) = case["private"].as_bool() {
        equal("private", &json!(metainfo.info.private), &json!(private))?;
    }
    let expected = case["paths"].as_array().ok_or("the case has no paths")?;
    if resolved.files().len() != expected.len() {
        return Err(format!("{} files instead of {}", resolved.files().len(), expected.len()));
    }
    let loose = case["underscore_runs_loose"] == true;
    for ((file, on_disk), expected) in metainfo.info.files.iter().zip(resolved.files()).zip(expected) {
        let path = expected["path"].as_str().unwrap_or_default();
        let same = match loose {
            true => squeezed(on_disk.path.as_str()) == squeezed(path),
            false => on_disk.path.as_str() == path,
        };
        if !same {
            return Err(format!("path is {} instead of {path}", on_disk.path));
        }
        equal("length", &json!(file.length), &expected["length"])?;
        check_link(on_disk.path.as_str(), on_disk.link, &expected["symlink"])?;
    }
    if let Some(expected) = case["windows"].as_str() {
        let windows = resolve_for(&metainfo, Platform::Windows).map_err(|error| error.to_string())?;
        let path = windows.files().next().unwrap().path.as_str();
        equal("windows", &json!(path.split_once('/').map_or(path, |(_, rest)| rest)), &json!(expected))?;
    }
    for lint in metainfo.lints.iter().chain(&resolved.lints) {
        if lint.message.contains(char::is_control) {
            return Err(format!("a lint carries control characters: {:?}", lint.message));
        }
    }
    Ok(())
}
