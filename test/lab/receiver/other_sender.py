"""A cast sender by others (pychromecast): host and port as arguments, commands on standard input, a line of JSON after each."""

import json
import sys
import time

import pychromecast
from pychromecast.error import UnsupportedNamespace

host, port = sys.argv[1], int(sys.argv[2])
cast = pychromecast.get_chromecast_from_host((host, port, None, "Chromecast", "Lab TV"))
cast.wait(20)
media = cast.media_controller


def tell(word):
    try:
        media.update_status()
    except UnsupportedNamespace:
        pass  # no application runs that has media
    time.sleep(0.1)
    status = media.status
    line = {
        "did": word,
        "state": status.player_state,
        "seconds": status.current_time,
        "title": status.title,
        "volume": cast.status.volume_level,
        "app": cast.status.app_id,
    }
    print(json.dumps(line), flush=True)


tell("connect")
for text in sys.stdin:
    word, _, value = text.strip().partition(" ")
    if word == "pause":
        media.pause()
    elif word == "play":
        media.play()
    elif word == "seek":
        media.seek(float(value))
    elif word == "volume":
        cast.set_volume(float(value))
    elif word == "load":
        media.play_media(value, "application/x-mpegURL", title="Another film")
        media.block_until_active(20)
    elif word == "quit":
        cast.quit_app()
    tell(word)
