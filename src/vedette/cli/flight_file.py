"""Smoothed flights as files that others read: GeoJSON (RFC 7946) and CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from vedette import clock
from vedette.errors import RecordingError
from vedette.geo import LocalFrame
from vedette.tracker import Flight
from vedette.types import Array
from vedette.units import DEGREE

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """A flight as it was shown, and x (T, 6), P (T, 6, 6) in the light of all of it."""

    flight: Flight
    x: Array
    P: Array


Write = Callable[[Path, Sequence[Smoothed], LocalFrame, float], int]

STATE = ("latitude", "longitude", "height", "v_east", "v_north", "v_up")
SIGMA = ("sigma_east", "sigma_north", "sigma_up", "sigma_v_east", "sigma_v_north", "sigma_v_up")
COLUMNS = ("track", "time", *STATE, *SIGMA, *(f"live_{name}" for name in (*STATE, *SIGMA)))


def writer_for(path: Path) -> Write:
    """By the ending of its name. RecordingError for another one, and for a file that is there already."""
    found = {".geojson": write_geojson, ".json": write_geojson, ".csv": write_csv}.get(path.suffix.lower())
    if found is None:
        raise RecordingError(f"'{path.name}' does not say what to write; let it end in .geojson or .csv.")
    if path.exists():
        raise RecordingError(f"{path} exists already and is not overwritten; choose another name.")
    return found


def thinned(t: Ints, every: float) -> Ints:
    """Which of the times t (T,) ns to write: at least `every` s apart, and the last one always."""
    keep = [0]
    for k in range(1, len(t)):
        if t[k] - t[keep[-1]] >= clock.from_seconds(every):
            keep.append(k)
    if keep[-1] != len(t) - 1:
        keep.append(len(t) - 1)
    return np.array(keep, np.int64)


def write_csv(path: Path, flights: Sequence[Smoothed], frame: LocalFrame, every: float) -> int:
    """A row per point, smoothed and as shown live; degrees, m above the ellipsoid, m/s. Returns the rows."""
    with _created(path) as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        n = 0
        for one in flights:
            keep = thinned(one.flight.t, every)
            after = _numbers(one.x[keep], one.P[keep], frame)
            live = _numbers(one.flight.x[keep], one.flight.P[keep], frame)
            for k, a, b in zip(keep.tolist(), after, live, strict=True):
                rows.writerow([one.flight.last.id, clock.iso(int(one.flight.t[k])), *a, *b])
                n += 1
    return n


def write_geojson(path: Path, flights: Sequence[Smoothed], frame: LocalFrame, every: float) -> int:
    """A line per track, with time and standard deviations of each of its points. Returns the points."""
    features = [_feature(one, frame, every) for one in flights]
    with _created(path) as file:
        text = msgspec.json.encode({"type": "FeatureCollection", "features": features})
        file.write(text.decode() + "\n")
    return sum(len(feature["properties"]["times"]) for feature in features)


def _feature(one: Smoothed, frame: LocalFrame, every: float) -> dict[str, Any]:
    keep, last = thinned(one.flight.t, every), one.flight.last
    place = _geodetic(one.x[keep], frame)[:, [1, 0, 2]]
    line = [[round(a, 7), round(b, 7), round(h, 2)] for a, b, h in place.tolist()]
    sigma = np.sqrt(np.diagonal(one.P[keep], axis1=1, axis2=2)[:, :3])
    return {
        "type": "Feature",
        "id": last.id,
        "geometry": {"type": "LineString", "coordinates": line}
        if len(line) > 1
        else {"type": "Point", "coordinates": line[0]},
        "properties": {
            "track": last.id,
            "begin": clock.iso(int(one.flight.t[0])),
            "end": clock.iso(int(one.flight.t[-1])),
            "reports": last.hits,
            "sensors": sorted(last.contributors),
            "claims": {fact: claim.value for fact, claim in sorted(last.identity.items())},
            "times": [clock.iso(t) for t in one.flight.t[keep].tolist()],
            "sigma_east_north_up_m": [[round(s, 2) for s in row] for row in sigma.tolist()],
        },
    }


def _numbers(x: Array, P: Array, frame: LocalFrame) -> Iterator[list[str]]:
    """Each state and its standard deviations as text: degrees to a centimetre, the rest to a millimetre."""
    place = _geodetic(x, frame)
    sigma = np.sqrt(np.diagonal(P, axis1=1, axis2=2))
    for p, v, s in zip(place.tolist(), x[:, 3:].tolist(), sigma.tolist(), strict=True):
        yield [f"{p[0]:.7f}", f"{p[1]:.7f}", *(f"{number:.3f}" for number in (p[2], *v, *s))]


def _geodetic(x: Array, frame: LocalFrame) -> Array:
    """(T, 3) latitude and longitude in degrees, height above the ellipsoid in m."""
    place = frame.to_geodetic(x[:, :3])
    return np.asarray(place / [DEGREE, DEGREE, 1.0])


def _created(path: Path) -> TextIO:
    try:
        return path.open("x", encoding="utf-8", newline="")
    except OSError as error:
        raise RecordingError(
            f"{path} cannot be written ({error.strerror}); choose a folder that exists and is yours."
        ) from None
