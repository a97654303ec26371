//! What depends on the file system: each is mounted in a namespace of its own, which ends with the test. Where
//! the test may not mount, it is reported as skipped.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{cli_create_policy, skip, tree};

/// A script in a mount namespace of its own; what it printed, or nothing where there can be none.
fn mounted(test: &str, root: &Path, script: &str) -> Option<Vec<u8>> {
    // What a mount cannot do here ends with 77, as test harnesses have it; anything else is a failure.
    let script = format!("set -e\n{script}");
    let output = Command::new("unshare")
        .args(["--mount", "sh", "-c", &script])
        .env("CCBT", env!("CARGO_BIN_EXE_ccbt"))
        .env("CCBT_CREATE_TORRENT_COMMENT", "of this machine")
        .env_remove("SOURCE_DATE_EPOCH")
        .current_dir(root)
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            skip::skipped(test, &format!("unshare: {error}"));
            return None;
        }
    };
    let told = String::from_utf8_lossy(&output.stderr);
    let refused = told.starts_with("unshare: ");
    if output.status.code() == Some(77) || refused {
        skip::skipped(test, &format!("nothing can be mounted here: {}", told.trim()));
        return None;
    }
    assert!(output.status.success(), "{told}");
    Some(output.stdout)
}

#[test]
fn the_policy_gives_the_same_bytes_from_an_overlay() {
    const TEST: &str = "the_policy_gives_the_same_bytes_from_an_overlay";
    let root = tempfile::tempdir().unwrap();
    cli_create_policy::write(root.path(), 0);
    let torrent = |cwd: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_ccbt"))
            .args(cli_create_policy::POLICY)
            .args(["-o", "-"])
            .env_remove("SOURCE_DATE_EPOCH")
            .current_dir(cwd)
            .output();
        output.unwrap().stdout
    };
    let expected = torrent(root.path());
    std::fs::create_dir(root.path().join("mounts")).unwrap();
    for (order, language, zone) in
        [(1, "C", "UTC"), (2, "tr_TR.UTF-8", "Pacific/Kiritimati"), (3, "C", "UTC")]
    {
        let shuffled = tempfile::tempdir().unwrap();
        cli_create_policy::write(shuffled.path(), order);
        // Half of the files come from the layer below, and the others are written on top of it; one of those below
        // is written anew, and one that is only there is removed.
        let script = format!(
            "from={from}
            mount -t tmpfs none mounts || exit 77
            cd mounts
            mkdir lower upper work merged
            cp -a \"$from/album\" lower/
            rm lower/album/a.txt lower/album/sub/file2
            echo other > lower/album/empty
            echo gone > lower/album/gone
            mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged || exit 77
            cp -a \"$from/album/sub/file2\" merged/album/sub/
            cp -a \"$from/album/a.txt\" merged/album/
            cp -a \"$from/album/empty\" merged/album/
            rm merged/album/gone
            cd merged
            LANG={language} LC_ALL={language} TZ={zone} \"$CCBT\" {policy} -o - -q",
            from = shuffled.path().display(),
            policy = cli_create_policy::POLICY.join(" "),
        );
        let Some(bytes) = mounted(TEST, root.path(), &script) else { return };
        assert!(bytes == expected, "order {order}: {} bytes", bytes.len());
    }
}

/// Blocks are shared where the file system can: `--link reflink` on XFS, and `auto` takes it there.
#[test]
fn a_layout_is_rebuilt_by_reflinks_where_the_file_system_can() {
    const TEST: &str = "a_layout_is_rebuilt_by_reflinks_where_the_file_system_can";
    if Command::new("mkfs.xfs").arg("-V").output().is_err() {
        return skip::missing(TEST, "mkfs.xfs");
    }
    let root = tree::golden();
    std::fs::create_dir(root.path().join("xfs")).unwrap();
    // The smallest that mkfs.xfs makes, of which few blocks are ever written.
    let script = "
        truncate -s 320M image
        mkfs.xfs -q -m reflink=1 image
        mount -o loop image xfs || exit 77
        cp -a t xfs/
        cd xfs
        \"$CCBT\" create-torrent --hybrid t -q > ../created
        mv t/exact.bin t/moved
        before=$(df --output=used -B1 . | tail -n 1)
        \"$CCBT\" verify t.torrent t --rebuild forced --link reflink --json
        \"$CCBT\" verify t.torrent t --rebuild chosen --json
        after=$(df --output=used -B1 . | tail -n 1)
        echo $((after - before))
        \"$CCBT\" verify t.torrent forced/t > ../forced
        printf changed > chosen/t/a.txt
        test \"$(head -c 4 t/a.txt)\" = aaaa
        umount ../xfs || umount -l ../xfs";
    let Some(printed) = mounted(TEST, root.path(), script) else { return };
    let printed = String::from_utf8(printed).unwrap();
    let mut lines = printed.lines();
    for how in ["forced", "chosen"] {
        let document: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
        let rebuild = &document["rebuild"];
        // The empty file has no blocks to share and is made anew.
        assert_eq!((&rebuild["reflinks"], &rebuild["copies"]), (&7.into(), &1.into()), "{how}: {rebuild}");
        assert_eq!(rebuild["complete"], true, "{how}: {rebuild}");
    }
    let more: i64 = lines.next().unwrap().parse().unwrap();
    assert!(more < 2 << 20, "two copies of three MiB took {more} bytes");
}
