"""Writes a .torrent: one JSON argument in, one JSON line out. The files must lie below `folder`."""

import json
import os
import sys

import libtorrent as lt

wish = json.loads(sys.argv[1])
storage = lt.file_storage()
# One by one: `add_files` takes a folder in whatever order the disk has it.
for path in wish["files"]:
    storage.add_file(path, os.path.getsize(os.path.join(wish["folder"], path)))
flags = {"v1": lt.create_torrent.v1_only, "v2": lt.create_torrent.v2_only, "hybrid": 0}[wish["version"]]
torrent = lt.create_torrent(storage, wish["pieceLengthBytes"], flags)
for tracker in wish["trackers"]:
    torrent.add_tracker(tracker)
for seed in wish["webSeeds"]:
    torrent.add_url_seed(seed)
torrent.set_priv(wish["isPrivate"])
lt.set_piece_hashes(torrent, wish["folder"])
data = lt.bencode(torrent.generate())
with open(wish["path"], "wb") as file:
    file.write(data)
info = lt.torrent_info(data)
hashes = info.info_hashes()
best = hashes.v1 if hashes.has_v1() else hashes.v2
print(json.dumps({"infoHash": str(best), "pieceCount": info.num_pieces()}))
