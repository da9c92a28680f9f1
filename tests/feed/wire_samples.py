"""Valid bytes of every wire format, for the contract tests. A new format needs a row here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rs1090

from vedette.clock import DAY_NS, NS
from vedette.feed import FORMATS, Chunk, Format, Look
from vedette.feed.format import jsonl
from vedette.feed.transport import recording
from vedette.types import Detection, Kind, Sector

DATA = Path(__file__).parent / "data"
SLICE = Path(recording.__file__).parent.parent / "samples" / "afr34zg-climb.jsonl.gz"
NOON = 19_700 * DAY_NS + 43_200 * NS  # 12:00:00 UTC on 2023-12-09


class WireSample(NamedTuple):
    """Bytes that arrive at t_rx, and how many detections and looks they hold."""

    data: bytes
    t_rx: int
    detections: int
    looks: int = 0

    def open(self, name: str) -> Format:
        return FORMATS[name].open("sensor")


def beast() -> WireSample:
    """Six seconds of the real recording, in the climb; the number of positions is rs1090's own count."""
    t0 = 1_720_249_300 * NS
    chunks = [chunk for chunk in recording.chunks(SLICE) if t0 <= chunk.t_rx < t0 + 6 * NS]
    return WireSample(b"".join(chunk.data for chunk in chunks), t0, positions(chunks))


def positions(chunks: list[Chunk]) -> int:
    """Positions that rs1090's batch decoding finds in Beast frames, less exact copies of the one before."""
    frames = [chunk.data[2:].replace(b"\x1a\x1a", b"\x1a")[7:].hex() for chunk in chunks]
    messages = rs1090.decode(frames, [chunk.t_rx / NS for chunk in chunks])
    found = [message["frame"] for message in messages if message.get("bds") == "05"]
    placed = {message["frame"] for message in messages if message.get("latitude") is not None}
    return sum(
        frame in placed for frame, before in zip(found, [None, *found], strict=False) if frame != before
    )


SBS = b"""MSG,1,1,1,4CA2D6,1,2023/12/09,11:59:59.100,2023/12/09,11:59:59.150,RYR123  ,,,,,,,,,,,0\r
MSG,4,1,1,4CA2D6,1,2023/12/09,11:59:59.200,2023/12/09,11:59:59.250,,,402.0,271.5,,,-640,,,,,0\r
MSG,3,1,1,4CA2D6,1,2023/12/09,11:59:59.300,2023/12/09,11:59:59.350,,31975,,,48.35120,11.78601,,,0,0,0,0\r
MSG,6,1,1,4CA2D6,1,2023/12/09,11:59:59.400,2023/12/09,11:59:59.450,,,,,,,,2417,0,0,0,\r
MSG,3,1,1,4CA2D6,1,2023/12/09,11:59:59.900,2023/12/09,11:59:59.950,,31950,,,48.35121,11.78500,,,0,0,0,0\r
MSG,3,1,1,3C6444,1,2023/12/09,11:59:59.910,2023/12/09,11:59:59.950,,1400,,,48.35300,11.78000,,,0,0,0,-1\r
MSG,8,1,1,3C6444,1,2023/12/09,11:59:59.920,2023/12/09,11:59:59.950,,,,,,,,,,,,-1\r
AIR,,1,1,3C6444,1,2023/12/09,11:59:59.920,2023/12/09,11:59:59.950\r
"""


def document(now: float, seen: float) -> dict[str, object]:
    return {
        "now": now,
        "messages": 1234,
        "aircraft": [
            {"hex": "4ca2d6", "type": "adsb_icao", "flight": "RYR123  ", "alt_baro": 31975, "alt_geom": 32650,
             "gs": 402.0, "track": 271.5, "baro_rate": -640, "squawk": "2417", "category": "A3",
             "lat": 48.3512, "lon": 11.78601, "nic": 8, "rc": 186, "seen_pos": seen,
             "version": 2, "nac_p": 10, "nac_v": 2,
             "gva": 2, "mlat": [], "tisb": [], "messages": 99, "seen": 0.1, "rssi": -5.2},
            {"hex": "3c6444", "alt_baro": "ground", "gs": 3.0, "lat": 48.353, "lon": 11.78, "seen_pos": 0.2},
            {"hex": "~29a1b2", "type": "tisb_other", "altitude": 2400, "lat": 48.1, "lon": 11.6, "seen_pos":
            1.0}, {"hex": "400123", "alt_baro": 5000, "messages": 3, "seen": 12.0},
        ],
    }  # fmt: skip


def aircraft_json() -> WireSample:
    """Two documents; in the second one aircraft has moved on, the other not been heard again."""
    first, second = document(NOON / NS, 0.4), document(NOON / NS + 1.0, 0.3)
    second["aircraft"][2]["seen_pos"] = 2.0  # type: ignore[index]
    return WireSample((json.dumps(first, indent=1) + "\n" + json.dumps(second) + "\n").encode(), NOON, 3)


def asterix() -> WireSample:
    entries = json.loads((DATA / "asterix.json").read_text("utf-8"))
    expected = [entry["expect"] for entry in entries]
    octets = b"".join(bytes.fromhex(entry["hex"]) for entry in entries)
    detections = sum(expect in set(Kind) for expect in expected)
    return WireSample(octets, NOON, detections, expected.count("look"))


def detections() -> list[Detection]:
    """One of every kind, with full covariances."""
    places: Mapping[Kind, list[float]] = {
        Kind.RANGE_AZ_EL: [8000.0, 1.1, 0.05],
        Kind.RANGE_AZ: [8000.0, 6.2],
        Kind.RANGE_AZ_HEIGHT: [8000.0, 3.3, 412.7],
        Kind.AZ_EL: [0.3, -0.01],
        Kind.AZ: [4.4],
        Kind.GEODETIC: [0.59, 0.74, 320.1],
        Kind.GEODETIC_VELOCITY: [0.59, -2.9, 320.1, -41.0, 12.5, 0.7],
    }
    rng = np.random.default_rng(7)
    out = []
    for seq, (kind, z) in enumerate(places.items()):
        A = rng.normal(size=(len(z), len(z)))
        R = 0.01 * (A @ A.T + 0.1 * np.eye(len(z)))
        claims = {"track_number": seq, "snr_db": 12.5, "ground": False, "callsign": "É-1"}
        t = NOON + seq * NS // 3 + 1
        out.append(
            Detection(
                t=t,
                t_rx=NOON,
                sensor="sensor",
                seq=seq,
                kind=kind,
                z=np.array(z),
                R=(R + R.T) / 2,
                claims=claims,
            )
        )
    return out


LOOKS = [
    Look(sensor="sensor", t0=NOON, t1=NOON + NS, sector=Sector(az0=1.0, width=0.5, r1=20e3)),
    Look(sensor="sensor", t0=NOON + NS, t1=NOON + 2 * NS, sector=Sector()),
    Look(sensor="sensor", t0=NOON + 2 * NS, t1=NOON + 3 * NS, sector=None),
]


def wire_samples() -> dict[str, WireSample]:
    lines = jsonl.encode([*detections(), *LOOKS])
    return {
        "beast": beast(),
        "sbs": WireSample(SBS, NOON, 2),
        "aircraft_json": aircraft_json(),
        "asterix": asterix(),
        "jsonl": WireSample(lines, NOON, 7, 3),
    }
