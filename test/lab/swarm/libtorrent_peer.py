"""
One libtorrent peer: seed, downloader or bare DHT node. Its wishes come as one JSON argument. Each line on stdin is a command and gets
one line as its answer; lines with an `event` come by themselves. It ends with its stdin.
"""

import json
import os
import select
import signal
import sys

import libtorrent as lt

TICK_SECONDS = 0.02
SETTINGS = {
    "enable_upnp": False,
    "enable_natpmp": False,
    # Peers of the lab may share an address and differ by port alone.
    "allow_multiple_connections_per_ip": True,
    # A new downloader is let in at the next round; the default of 15 s would be most of a test.
    "unchoke_interval": 1,
    # Limits are handed out in ticks; the default of half a second makes bursts that no link of that speed has.
    "tick_interval": 20,
    "min_reconnect_time": 1,
    # The routing table wants one node per address and ids made from public addresses. Loopback has neither.
    "dht_bootstrap_nodes": "",
    "dht_restrict_routing_ips": False,
    "dht_restrict_search_ips": False,
    "dht_prefer_verified_node_ids": False,
    "dht_enforce_node_id": False,
    "alert_mask": lt.alert.category_t.status_notification
    | lt.alert.category_t.error_notification
    | lt.alert.category_t.dht_notification,
}


def main(wish):
    session = lt.session({
        **SETTINGS,
        "listen_interfaces": f"{wish['host']}:0",
        "outgoing_interfaces": wish["host"],
        "enable_dht": wish["dht"],
        # Two seeds have nothing to give each other, but something to tell of each other.
        "enable_lsd": wish["lsd"],
        "enable_incoming_tcp": not wish["utpOnly"],
        "enable_outgoing_tcp": not wish["utpOnly"],
        "close_redundant_connections": not wish["pex"],
    })
    # libtorrent keeps loopback, as all local networks, out of the class of peers that the rate limits hold for: put it in.
    classes = lt.ip_filter()
    classes.add_rule("0.0.0.0", "255.255.255.255", 1 << session.global_peer_class_id)
    session.set_peer_class_filter(classes)
    limit(session, wish)
    for host, port in wish["dhtNodes"]:
        session.add_dht_node((host, port))
    handle = add(session, wish) if wish["source"] is not None else None
    say({"event": "listening", "port": session.listen_port()})
    fault = wish["fault"]
    while serve_commands(session, handle):
        report_alerts(session, handle)
        if fault is not None and handle.status().total_payload_upload >= fault["afterBytes"]:
            commit(fault)
            fault = None


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def limit(session, wish):
    session.apply_settings({
        f"{way}_rate_limit": wish[f"{way}BytesPerSecond"] or 0  # 0: none
        for way in ("upload", "download")
        if f"{way}BytesPerSecond" in wish
    })


def add(session, wish):
    source = wish["source"]
    if source.startswith("magnet:"):
        params = lt.parse_magnet_uri(source)
    else:
        params = lt.add_torrent_params()
        params.ti = lt.torrent_info(source)
    params.save_path = wish["folder"]
    params.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
    if not wish["pex"]:
        params.flags |= lt.torrent_flags.disable_pex
    if wish["unverified"]:
        # As after a resume: no piece is hashed, neither now nor when it is sent, so what is poisoned is offered as good.
        params.have_pieces = [True] * params.ti.num_pieces()
        params.flags |= lt.torrent_flags.no_verify_files
    handle = session.add_torrent(params)
    for host, port in wish["peers"]:
        handle.connect_peer((host, port))
    return handle


def serve_commands(session, handle):
    """Waits for a tick or a command. False at the end of stdin."""
    readable, _, _ = select.select([sys.stdin], [], [], TICK_SECONDS)
    if not readable:
        return True
    line = sys.stdin.readline()
    if line == "":
        return False
    command = json.loads(line)
    if command["do"] == "limit":
        limit(session, command)
        say({})
    elif command["do"] == "connect":
        handle.connect_peer((command["host"], command["port"]))
        say({})
    else:
        say(status(handle))
    return True


def status(handle):
    now = handle.status()
    connecting = lt.peer_info.connecting | lt.peer_info.handshake
    return {
        "seeding": now.is_seeding,
        "peers": sum(1 for peer in handle.get_peer_info() if not peer.flags & connecting),
        "uploadedBytes": now.total_payload_upload,
        "downloadedBytes": now.total_payload_download,
    }


def report_alerts(session, handle):
    for alert in session.pop_alerts():
        if isinstance(alert, lt.torrent_finished_alert):
            # Comes for a seed too, once its files are checked.
            say({"event": "complete"})
        elif isinstance(alert, lt.hash_failed_alert):
            say({"event": "hashFailed", "piece": alert.piece_index})
        elif isinstance(alert, lt.dht_bootstrap_alert) and handle is not None:
            # By itself it would announce only with the next of its 15 minute rounds if the torrent came first.
            handle.force_dht_announce()
        elif isinstance(alert, lt.dht_announce_alert):
            say({"event": "dhtAnnounce", "infoHash": str(alert.info_hash), "host": alert.ip, "port": alert.port})
        elif isinstance(alert, (lt.torrent_error_alert, lt.listen_failed_alert)):
            say({"event": "failed", "reason": alert.message()})


def commit(fault):
    if fault["kind"] == "leave":
        os._exit(0)
    os.kill(os.getpid(), signal.SIGSTOP)


main(json.loads(sys.argv[1]))
