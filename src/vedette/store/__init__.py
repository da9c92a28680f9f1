"""Recordings, which survive `kill -9` and replay to the same bytes; and the signed log of who did what."""

from vedette.store.chain import LogEntry
from vedette.store.codec import (
    Act,
    AlertSet,
    OperationsSet,
    TrackSet,
    decode_act,
    decode_advice,
    decode_alerts,
    decode_operations,
    decode_scan,
    decode_tracks,
    encode_act,
    encode_advice,
    encode_alerts,
    encode_operations,
    encode_scan,
    encode_tracks,
)
from vedette.store.log import Log
from vedette.store.log_check import Verdict, doubt, verify
from vedette.store.log_key import open_key, read_public_key
from vedette.store.operations import OperationsStore
from vedette.store.recorder import Recorder
from vedette.store.replay import Entry, RawChunk, Recording, open_recording, repair
from vedette.store.truth import ActorSet, TruthSet, decode_actors, decode_truth, encode_actors, encode_truth

__all__ = [
    "Act",
    "ActorSet",
    "AlertSet",
    "Entry",
    "Log",
    "LogEntry",
    "OperationsSet",
    "OperationsStore",
    "RawChunk",
    "Recorder",
    "Recording",
    "TrackSet",
    "TruthSet",
    "Verdict",
    "decode_act",
    "decode_actors",
    "decode_advice",
    "decode_alerts",
    "decode_operations",
    "decode_scan",
    "decode_tracks",
    "decode_truth",
    "doubt",
    "encode_act",
    "encode_actors",
    "encode_advice",
    "encode_alerts",
    "encode_operations",
    "encode_scan",
    "encode_tracks",
    "encode_truth",
    "open_key",
    "open_recording",
    "read_public_key",
    "repair",
    "verify",
]
