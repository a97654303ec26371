"""Makes torrents of many trees in one process, each as its program would.

`like.py PROGRAM`: lines of standard input are JSON lists of a content, the torrent to make, and
whether with options; what can't be made is told on standard error and leaves no torrent behind.
"""

import contextlib
import io
import json
import os
import sys


@contextlib.contextmanager
def quiet():
    """Standard output to nowhere, but with the encoding that the programs ask it for."""
    with io.TextIOWrapper(io.BytesIO(), encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        yield


def torf(content, torrent, options):
    """As `torfcli._main._create_mode` calls it."""
    import torf

    more = {"private": True, "source": "SRC", "piece_size_max": 16 << 10} if options else {}
    # The program looks for files without bytes below the working directory.
    os.chdir(os.path.dirname(content))
    made = torf.Torrent(path=os.path.basename(content), created_by=None, **more)
    made.generate()
    made.write(torrent)


def torrentfile(content, torrent, options, version):
    from torrentfile.cli import execute

    more = ["--private", "--source", "SRC", "--comment", "text"] if options else []
    with quiet():
        execute(["-q", "create", "--prog", "0", "--meta-version", version, *more, "-o", torrent, content])


def py3createtorrent(content, torrent, options):
    import py3createtorrent

    more = {"private": True, "source": "SRC", "include_md5": True} if options else {}
    with quiet():
        py3createtorrent.create_torrent(path=content, output=torrent, quiet=True, force=True, **more)


def libtorrent(content, torrent, options, flags):
    import libtorrent as lt

    flags = getattr(lt.create_torrent, flags) if flags else 0
    if options:
        flags |= lt.create_torrent.modification_time
    files = lt.file_storage()
    lt.add_files(files, content, flags=flags)
    made = lt.create_torrent(files, 0, flags)
    if options:
        made.set_priv(True)
        made.add_collection("c")
    lt.set_piece_hashes(made, os.path.dirname(content))
    with open(torrent, "wb") as file:
        file.write(lt.bencode(made.generate()))


PROGRAMS = {
    "torf": torf,
    "torrentfile-1": lambda *job: torrentfile(*job, "1"),
    "torrentfile-2": lambda *job: torrentfile(*job, "2"),
    "torrentfile-3": lambda *job: torrentfile(*job, "3"),
    "py3createtorrent": py3createtorrent,
    "libtorrent-v1": lambda *job: libtorrent(*job, "v1_only"),
    "libtorrent-v2": lambda *job: libtorrent(*job, "v2_only"),
    "libtorrent-hybrid": lambda *job: libtorrent(*job, None),
}

for line in sys.stdin:
    content, torrent, options = json.loads(line)
    try:
        PROGRAMS[sys.argv[1]](content, torrent, options)
    except (Exception, SystemExit) as error:  # pylint: disable=broad-except
        print(f"{content}: {error!r}", file=sys.stderr)
        if os.path.exists(torrent):
            os.unlink(torrent)
