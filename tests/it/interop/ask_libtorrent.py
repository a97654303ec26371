"""What the interop tests ask of libtorrent 2.0: describe, check, create. One JSON object a line.

Nothing leaves the machine: sessions listen on 127.0.0.1 and have every way of finding peers off.
"""

import json
import sys
import time

import libtorrent as lt


def describe(path):
    """Both info-hashes, the files without pads and what stands around `info`, or why the torrent was refused."""
    try:
        info = lt.torrent_info(path)
    except RuntimeError as error:
        return {"error": str(error)}
    files = info.files()
    hashes = info.info_hashes()
    shown = [
        {"path": files.file_path(index), "length": files.file_size(index)}
        for index in range(files.num_files())
        if not files.file_flags(index) & lt.file_flags_t.flag_pad_file
    ]
    return {
        "name": info.name(),
        "info_hash_v1": str(hashes.v1) if hashes.has_v1() else None,
        "info_hash_v2": str(hashes.v2) if hashes.has_v2() else None,
        "piece_length": info.piece_length(),
        "piece_count": info.num_pieces(),
        "nodes": [list(node) for node in info.nodes()],
        "web_seeds": [[seed["url"], int(seed["type"])] for seed in info.web_seeds()],
        "similar": [str(hash) for hash in info.similar_torrents()],
        "collections": list(info.collections()),
        "ssl_cert": info.ssl_cert() if hasattr(info, "ssl_cert") else None,
        "files": shown,
        "trackers": [{"url": tracker.url, "tier": tracker.tier} for tracker in info.trackers()],
        "comment": info.comment(),
    }


def check(jobs):
    """Hashes the content of each (torrent, directory) and says whether all of it is there."""
    session = lt.session({
        "listen_interfaces": "127.0.0.1:0",
        "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
        "enable_outgoing_utp": False, "enable_incoming_utp": False,
        "enable_outgoing_tcp": False, "enable_incoming_tcp": False,
        "alert_mask": lt.alert_category.status,
    })
    handles = []
    for torrent, save in jobs:
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info(torrent)
        params.save_path = save
        params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        params.flags |= lt.torrent_flags.disable_pex | lt.torrent_flags.disable_dht | lt.torrent_flags.disable_lsd
        handles.append((torrent, session.add_torrent(params)))
    # A torrent that is checked and not complete downloads; one that is complete seeds a moment later.
    end = time.monotonic() + 120
    unchecked = {str(handle.info_hashes().get_best()) for _, handle in handles}
    while unchecked and time.monotonic() < end:
        session.wait_for_alert(50)
        for alert in session.pop_alerts():
            if isinstance(alert, lt.torrent_checked_alert):
                unchecked.discard(str(alert.handle.info_hashes().get_best()))
    grace = time.monotonic() + 2
    while not all(handle.status().is_seeding for _, handle in handles) and time.monotonic() < grace:
        time.sleep(0.02)
    states = [(torrent, handle.status()) for torrent, handle in handles]
    for torrent, state in states:
        print(json.dumps({
            "torrent": torrent,
            "complete": state.is_seeding,
            "progress": state.progress,
            "error": state.errc.message() if state.errc.value() else None,
        }))


def create(path, parent, out, version, piece_length, *extra):
    """A torrent of `path`, which lies in `parent`; `extra` names more flags of `create_torrent`."""
    flags = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}[version]
    for name in extra:
        flags |= getattr(lt.create_torrent, name)
    files = lt.file_storage()
    if extra:
        lt.add_files(files, path, lambda _: True, flags)
    else:
        lt.add_files(files, path)
    torrent = lt.create_torrent(files, int(piece_length), flags)
    lt.set_piece_hashes(torrent, parent)
    with open(out, "wb") as file:
        file.write(lt.bencode(torrent.generate()))


def main():
    action, *rest = sys.argv[1:]
    if action == "describe":
        for path in rest:
            print(json.dumps(describe(path)))
    elif action == "check":
        check(list(zip(rest[0::2], rest[1::2])))
    elif action == "create":
        create(*rest)
    else:
        sys.exit(f"unknown action: {action}")


main()
