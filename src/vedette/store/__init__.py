"""Recording and replay: MCAP files that survive `kill -9` and replay to the same bytes."""

from vedette.store.codec import (
    Act,
    AlertSet,
    OperationsSet,
    TrackSet,
    decode_act,
    decode_alerts,
    decode_operations,
    decode_scan,
    decode_tracks,
    encode_act,
    encode_alerts,
    encode_operations,
    encode_scan,
    encode_tracks,
)
from vedette.store.operations import OperationsStore
from vedette.store.recorder import Recorder
from vedette.store.replay import Entry, RawChunk, Recording, open_recording, repair
from vedette.store.truth import ActorSet, TruthSet, decode_actors, decode_truth, encode_actors, encode_truth

__all__ = [
    "Act",
    "ActorSet",
    "AlertSet",
    "Entry",
    "OperationsSet",
    "OperationsStore",
    "RawChunk",
    "Recorder",
    "Recording",
    "TrackSet",
    "TruthSet",
    "decode_act",
    "decode_actors",
    "decode_alerts",
    "decode_operations",
    "decode_scan",
    "decode_tracks",
    "decode_truth",
    "encode_act",
    "encode_actors",
    "encode_alerts",
    "encode_operations",
    "encode_scan",
    "encode_tracks",
    "encode_truth",
    "open_recording",
    "repair",
]
