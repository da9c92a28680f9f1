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

INSIDE = 0.5  # probability of being in the zone now, from which on it is called inside
SETTLE_S = 8.0  # time constant with which the numbers of an open alert follow


def evidence(
    track: Track, zone: Zone, state: Array, t: int, odds: tuple[float, float], times: Array, horizon: float
) -> Evidence:
    """The numbers of one track against one zone at t (ns UTC).

    state  (6,) in level coordinates at t
    odds   probabilities of entering within the horizon, and of being inside now
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
        probability=odds[0],
        inside=odds[1],
        time_to_go_s=middle,
        time_to_go_low_s=low,
        time_to_go_high_s=high,
        closest_approach_m=float(miss),
        distance_m=max(float(zone.distance(state)), 0.0),
        speed_mps=float(np.hypot(state[3], state[4])),
        height_m=float(state[2]),
        sentence="",
    )
    return replace(numbers, sentence=sentence(numbers, track, zone.name, t))


def settled(now: Evidence, before: Evidence, track: Track, zone: str, t: int, told: int) -> Evidence:
    """`now`, its probabilities and times drawn towards what was told before, at `told` (ns UTC).

    An estimate of velocity that sways from scan to scan is no news: they follow with the time constant
    SETTLE_S. An entry is told at once.
    """
    if now.probability == 0.0 or before.probability == 0.0 or now.inside >= INSIDE:
        return now
    passed = max(seconds(t - told), 0.0)
    part = 1.0 - math.exp(-passed / SETTLE_S)

    def drawn(new: float, old: float) -> float:
        return old + part * (new - old)

    calm = replace(
        now,
        probability=drawn(now.probability, before.probability),
        inside=min(drawn(now.inside, before.inside), INSIDE - 0.01),
        time_to_go_s=drawn(now.time_to_go_s, max(before.time_to_go_s - passed, 0.0)),
        time_to_go_low_s=drawn(now.time_to_go_low_s, max(before.time_to_go_low_s - passed, 0.0)),
        time_to_go_high_s=drawn(now.time_to_go_high_s, max(before.time_to_go_high_s - passed, 0.0)),
    )
    return replace(calm, sentence=sentence(calm, track, zone, t))


def sentence(numbers: Evidence, track: Track, zone: str, t: int) -> str:
    """The reason in words."""
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
    """Inside is what is likelier inside than not; what may be, being over the zone or at its edge, is said to
    be that, and never "inside" beside a probability that says it is not."""
    if numbers.probability == 0.0:
        return f"no longer heads for {zone}"
    if numbers.inside >= INSIDE:
        return f"is inside {zone} with probability {_probability(numbers.inside)}"
    if numbers.time_to_go_s < 0.5:
        return f"may be inside {zone} now, with probability {_probability(numbers.inside)}"
    low, high = duration(numbers.time_to_go_low_s), duration(numbers.time_to_go_high_s)
    span = f" ({low} to {high})" if low != high else ""
    chance = f"with probability {_probability(numbers.probability)}"
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
