"""The binary track frame of docs/reference/wire.md: a header of 32 bytes, 100 per track, little-endian."""

from __future__ import annotations

import numpy as np

from vedette.clock import seconds
from vedette.geo import LocalFrame
from vedette.server.kinematics import kinematics
from vedette.server.nature import AFFILIATIONS, affiliation, klass
from vedette.types import Alert, AlertState, Picture, Severity, Track

MAGIC = b"VDT1"
HEADER = np.dtype(
    {
        "names": ["magic", "count", "sequence", "t", "t_sent"],
        "formats": ["S4", "<u4", "<u4", "<f8", "<f8"],
        "offsets": [0, 4, 8, 16, 24],
        "itemsize": 32,
    }
)
RECORD = np.dtype(
    [
        ("id", "<u4"),
        ("status", "u1"),
        ("flags", "u1"),
        ("severity", "u1"),
        ("sources", "u1"),
        ("latitude", "<f8"),
        ("longitude", "<f8"),
        ("height", "<f4"),
        ("speed", "<f4"),
        ("course", "<f4"),
        ("climb", "<f4"),
        ("existence", "<f4"),
        ("age", "<f4"),
        ("sigma_major", "<f4"),
        ("sigma_minor", "<f4"),
        ("sigma_bearing", "<f4"),
        ("life", "<f4"),
        ("label", "S8"),
        ("sensors", "<u4"),
        ("undulation", "<f4"),
        ("klass", "S16"),
        ("klass_share", "u1"),
        ("affiliation", "u1"),
        ("reserved", "<u2"),
    ]
)
NAMES_ITSELF, SIMULATED = 1, 2  # bits of `flags`
NAMES = frozenset({"icao24", "callsign", "remote_id"})
RECENT = 10_000_000_000  # ns: a sensor that reported within this counts as a source
SEVERITY = {Severity.ADVISORY: 1, Severity.WARNING: 2, Severity.CRITICAL: 3}


def layout() -> list[tuple[str, str, int]]:
    """(name, dtype, offset) of every field of a record, for `hello`."""
    fields = RECORD.fields
    assert fields is not None
    return [(name, fields[name][0].str.lstrip("|"), fields[name][1]) for name in RECORD.names or ()]


def encode(
    picture: Picture,
    frame: LocalFrame,
    *,
    t_sent: int,
    sequence: int,
    simulated: frozenset[str] = frozenset(),
    sensors: tuple[str, ...] = (),
) -> bytes:
    """One frame for all viewers. `frame` is that of the tracks' estimates; `simulated` names sensors.

    `sensors` are the site's, in the order in which a record's bits stand for them.
    """
    header = np.zeros((), HEADER)
    header["magic"], header["count"], header["sequence"] = MAGIC, len(picture.tracks), sequence
    header["t"], header["t_sent"] = seconds(picture.t), seconds(t_sent)
    return header.tobytes() + records(picture, frame, simulated, sensors).tobytes()


def records(
    picture: Picture, frame: LocalFrame, simulated: frozenset[str], sensors: tuple[str, ...] = ()
) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """(N,) records in the order of the picture's tracks."""
    tracks, t = picture.tracks, picture.t
    severity = worst_severity(picture.alerts)
    k = kinematics(tracks, frame)
    out = np.zeros(len(tracks), RECORD)
    out["id"] = [track.id for track in tracks]
    out["status"] = [track.status for track in tracks]
    out["flags"] = [flags(track, simulated) for track in tracks]
    out["severity"] = [severity.get(track.id, 0) for track in tracks]
    out["sources"] = [sources(track, t) for track in tracks]
    out["existence"] = [track.existence for track in tracks]
    out["age"] = [seconds(t - track.t_updated) for track in tracks]
    out["life"] = [seconds(t - track.t_born) for track in tracks]
    out["label"] = [label(track) for track in tracks]
    out["sensors"] = heard_by(tracks, t, sensors)
    classes = [klass(track) for track in tracks]
    out["klass"] = [name.encode("ascii", "replace")[:16] for name, _ in classes]
    out["klass_share"] = [round(100.0 * share) for _, share in classes]
    out["affiliation"] = [AFFILIATIONS.index(affiliation(track)) for track in tracks]
    for name in ("latitude", "longitude", "height", "speed", "course", "climb"):
        out[name] = getattr(k, name)
    for name in ("sigma_major", "sigma_minor", "sigma_bearing", "undulation"):
        out[name] = getattr(k, name)
    return out


def worst_severity(alerts: tuple[Alert, ...]) -> dict[int, int]:
    """Track id → code of its worst open alert."""
    worst: dict[int, int] = {}
    for alert in alerts:
        if alert.state is not AlertState.CLOSED:
            worst[alert.track] = max(worst.get(alert.track, 0), SEVERITY[alert.severity])
    return worst


def flags(track: Track, simulated: frozenset[str]) -> int:
    """Bit 0: names itself. Bit 1: a simulated sensor contributed."""
    named = NAMES_ITSELF if not NAMES.isdisjoint(track.identity) else 0
    return named | (SIMULATED if not simulated.isdisjoint(track.contributors) else 0)


def sources(track: Track, t: int) -> int:
    """How many sensors contributed lately."""
    return min(sum(t - last <= RECENT for last in track.contributors.values()), 255)


def heard_by(tracks: tuple[Track, ...], t: int, sensors: tuple[str, ...]) -> list[int]:
    """Per track a bit for each of the first 32 sensors that contributed lately."""
    bit = {name: 1 << i for i, name in enumerate(sensors[:32])}
    return [
        sum(bit.get(name, 0) for name, last in track.contributors.items() if t - last <= RECENT)
        for track in tracks
    ]


def label(track: Track) -> bytes:
    """The callsign, as far as eight ASCII characters hold it."""
    callsign = track.identity.get("callsign")
    return str(callsign.value).strip().encode("ascii", "replace")[:8] if callsign else b""
