"""Recording and replay: MCAP files that survive `kill -9` and replay to the same bytes."""

from vedette.store.codec import (
    Act,
    AlertSet,
    TrackSet,
    decode_act,
    decode_alerts,
    decode_scan,
    decode_tracks,
    encode_act,
    encode_alerts,
    encode_scan,
    encode_tracks,
)
from vedette.store.recorder import Recorder
from vedette.store.replay import Entry, RawChunk, Recording, open_recording, repair

__all__ = [
    "Act",
    "AlertSet",
    "Entry",
    "RawChunk",
    "Recorder",
    "Recording",
    "TrackSet",
    "decode_act",
    "decode_alerts",
    "decode_scan",
    "decode_tracks",
    "encode_act",
    "encode_alerts",
    "encode_scan",
    "encode_tracks",
    "open_recording",
    "repair",
]
