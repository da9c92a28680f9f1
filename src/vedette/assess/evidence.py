"""Why an alert is there: the numbers, and the sentence that says them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vedette.assess.approach import Array, closest_approach
from vedette.assess.zone import Asset, Zone
from vedette.clock import seconds
from vedette.types import Alert, Evidence, Status, Track


def evidence(
    track: Track, zone: Zone, state: Array, t: int, probability: float, times: Array, horizon: float
) -> Evidence:
    """The numbers of one track against one zone at t (ns UTC).

    state  (6,) in level coordinates at t
    times  (3,) s: quantiles of the time until entry, NaN where the track is not expected to enter; those
           are told as the horizon, beyond which nothing was looked at
    """
    low, middle, high = (horizon if math.isnan(time) else float(time) for time in times)
    _, miss = closest_approach(state[:2] - zone.area.center, state[3:5], horizon)
    numbers = Evidence(
        t=track.estimate.t,
        existence=float(track.existence),
        hits=track.hits,
        sensors=tuple(sorted(track.contributors)),
        probability=probability,
        time_to_go_s=middle,
        time_to_go_low_s=low,
        time_to_go_high_s=high,
        closest_approach_m=float(miss),
        distance_m=max(float(zone.distance(state)), 0.0),
        speed_mps=float(np.hypot(state[3], state[4])),
        height_m=float(state[2]),
        sentence="",
    )
    return replace(numbers, sentence=_sentence(numbers, track, zone.name, t))


def _sentence(numbers: Evidence, track: Track, zone: str, t: int) -> str:
    seen = f"seen by {_listed(numbers.sensors)}" if numbers.sensors else "seen by no sensor by name"
    if track.status is Status.COASTING:
        seen += f", last {duration(seconds(t - track.t_updated))} ago"
    motion = f"{numbers.speed_mps:.0f} m/s at {numbers.height_m:.0f} m"
    return f"{_name(track)} {_verb(numbers, zone)}; {seen}, {motion}."


def _name(track: Track) -> str:
    """Its number, and the name it gives itself."""
    callsign = track.identity.get("callsign") or track.identity.get("icao24")
    return f"Track {track.id} (calls itself {callsign.value})" if callsign else f"Track {track.id}"


def _verb(numbers: Evidence, zone: str) -> str:
    chance = f"with probability {_probability(numbers.probability)}"
    if numbers.time_to_go_s == 0.0 and numbers.probability > 0.0:
        return f"is inside {zone} {chance}"
    if numbers.probability == 0.0:
        return f"no longer heads for {zone}"
    low, high = duration(numbers.time_to_go_low_s), duration(numbers.time_to_go_high_s)
    span = f" ({low} to {high})" if low != high else ""
    return f"enters {zone} in {duration(numbers.time_to_go_s)}{span} {chance}"


def _probability(p: float) -> str:
    """Two digits; never a certainty that a hundred rays cannot give."""
    return "above 0.99" if p > 0.99 else f"{p:.2f}"


def duration(s: float) -> str:
    """Seconds in words: 42 s, 4 min 10 s, 1 h 5 min."""
    whole = round(s)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def warning_time(alert: Alert, track: Track, asset: Asset) -> float | None:
    """Seconds from raising the alert to the track's expected arrival at the asset; None when it recedes.

    It arrives where its straight way first comes within the asset's radius, or, if it passes by, at its
    closest approach.
    """
    p, v = track.estimate.position[:2] - asset.position[:2], track.estimate.velocity[:2]
    if np.hypot(*p) <= asset.radius:
        return seconds(track.estimate.t - alert.t_raised)
    if p @ v >= 0.0:
        return None
    t, miss = closest_approach(p, v)
    before = math.sqrt(max(asset.radius**2 - float(miss) ** 2, 0.0) / float(v @ v))
    return seconds(track.estimate.t - alert.t_raised) + float(t) - before
