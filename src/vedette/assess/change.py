"""What would change the judgement: sentences, each of them computed for one track and one rule.

They speak of the mean way of the track: what it would have to do, or what would have to be known of it. A
rule says whether an alert is raised; an open one stays until its cause has gone. So some speak of a new one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.assess.approach import Array, Ground, Volumes, first_entries
from vedette.assess.friends import NAMES, Friends, surely
from vedette.assess.misses import Misses
from vedette.assess.rule import Rule
from vedette.types import Evidence, Track

TURNS = np.arange(1, 91)  # ° to either side that are tried
CLIMBS = np.arange(1, 16)  # m/s
TURNING = math.radians(0.5)  # rad/s from which on it is called turning
SURE = 3.0  # standard deviations of its course, too
STEP_S = 1.0
WORDS = {"icao24": "ICAO address", "callsign": "callsign", "remote_id": "Remote ID"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Situation:
    """A track against a rule. `state` (6,) in level coordinates; `z` is the rule's place among `volumes`;
    `rate` how fast its course turns, rad/s clockwise, 0 where it does not surely turn."""

    track: Track
    rule: Rule
    evidence: Evidence
    state: Array
    rate: float
    volumes: Volumes
    z: int
    horizon: float
    ground: Ground

    def enters(self, states: Array) -> NDArray[np.bool_]:
        """(N, 6) → (N,): whether each straight way enters the zone in time."""
        return np.isfinite(first_entries(states, self.volumes, self.z, self.horizon, self.ground))


def would_change(it: Situation, friends: Friends, misses: Misses | None) -> tuple[str, ...]:
    """The sentences, those about its motion first."""
    return (*_motion(it), *_speed(it, friends), *_reports(it, misses), *_names(it))


def _motion(it: Situation) -> Iterator[str]:
    straight = bool(it.enters(it.state[None])[0])
    if it.rate != 0.0:
        side = "right" if it.rate > 0.0 else "left"
        enters = _enters_turning(it)
        if enters != straight:
            verb = "enters" if enters else "misses"
            pace = f"{math.degrees(abs(it.rate)):.1f}°/s"
            yield f"If it keeps turning {side} at {pace} it {verb} {it.rule.name}."
    if straight and it.evidence.distance_m > 0.0:
        yield from _turn(it)
        climb = CLIMBS[~it.enters(_climbing(it.state))]
        if len(climb):
            yield f"A climb of {climb[0]} m/s or more, from now on, and it passes over {it.rule.name}."


def _turn(it: Situation) -> Iterator[str]:
    """The least turns, to the left and to the right, after which its straight way misses."""
    least = {
        side: TURNS[~it.enters(_turned(it.state, sign * np.radians(TURNS)))]
        for side, sign in (("left", -1.0), ("right", 1.0))
    }
    ways = [f"{angles[0]}° to the {side}" for side, angles in least.items() if len(angles)]
    if ways:
        yield f"A turn of {' or of '.join(ways)} now, and it passes {it.rule.name} by."


def _turned(state: Array, angle: Array) -> Array:
    """(N, 6): the state with its course turned clockwise by each angle (N,) rad."""
    turned = np.repeat(state[None], len(angle), axis=0)
    e, n = state[3], state[4]
    turned[:, 3] = e * np.cos(angle) + n * np.sin(angle)
    turned[:, 4] = n * np.cos(angle) - e * np.sin(angle)
    return turned


def _climbing(state: Array) -> Array:
    climbing = np.repeat(state[None], len(CLIMBS), axis=0)
    climbing[:, 5] = CLIMBS
    return climbing


def _enters_turning(it: Situation) -> bool:
    """Whether a steady turn leads into the zone, within the horizon or one full circle."""
    until = min(it.horizon, it.rule.terms.within_s, 2.0 * math.pi / abs(it.rate))
    t = np.arange(0.0, until + STEP_S, STEP_S)
    course = math.atan2(it.state[3], it.state[4]) + it.rate * t
    radius = math.hypot(it.state[3], it.state[4]) / it.rate
    way = np.column_stack(
        [
            it.state[0] + radius * (np.cos(course[0]) - np.cos(course)),
            it.state[1] + radius * (np.sin(course) - np.sin(course[0])),
            it.state[2] + it.state[5] * t,
        ]
    )
    return bool(it.rule.zone.contains(way).any())


def _speed(it: Situation, friends: Friends) -> Iterator[str]:
    limit = friends.config.bird_speed
    if limit > 0.0 and not friends.proven(it.track) and surely(it.track) > limit:
        doubt = float(np.hypot(*it.track.estimate.x[3:5])) - surely(it.track)
        yield (
            f"Below {limit + doubt:.0f} m/s it would count as a possible bird, "
            "and could not raise a new alert."
        )
    least, most = it.rule.config.speed_from, it.rule.config.speed_to
    if least is not None and it.evidence.speed_mps >= least:
        yield f"Below {least:g} m/s it could not raise a new alert of {it.rule.name}."
    if most is not None and it.evidence.speed_mps <= most:
        yield f"Above {most:g} m/s it could not raise a new alert of {it.rule.name}."


def _reports(it: Situation, misses: Misses | None) -> Iterator[str]:
    for name, count in misses.left(it.track) if misses else ():
        if count == 1:
            yield f"One more miss of {name} and it is no longer confirmed."
        else:
            yield f"{count} misses of {name} in a row and no other report, and it is no longer confirmed."


def _names(it: Situation) -> Iterator[str]:
    for fact in NAMES:
        if (name := it.track.identity.get(fact)) is not None:
            yield f"If its {WORDS[fact]} {name.value} were on the allow list it would not alarm."
            return


class Courses:
    """How fast tracks turn: from the course now and some seconds ago. Times are ns UTC."""

    BACK, KEEP = 4, 10  # s between the two at the least, and for how long courses are kept

    def __init__(self) -> None:
        self._kept: dict[int, tuple[tuple[int, float], ...]] = {}

    def keep(self, t: int, tracks: dict[int, Array]) -> None:
        """Take the courses of these tracks, number → state (6,), once a second, and forget all others."""
        kept = {}
        for number, x in tracks.items():
            before = self._kept.get(number, ())
            if not before or t - before[-1][0] >= 10**9:
                before = (*before, (t, math.atan2(x[3], x[4])))
            kept[number] = tuple(c for c in before if t - c[0] <= self.KEEP * 10**9)
        self._kept = kept

    def rate(self, t: int, track: Track) -> float:
        """rad/s, clockwise; 0 where it does not turn, or not surely."""
        old = [c for c in self._kept.get(track.id, ()) if t - c[0] >= self.BACK * 10**9]
        v, P = track.estimate.x[3:5], track.estimate.P[3:5, 3:5]
        vv = float(v @ v)
        if not old or vv == 0.0:
            return 0.0
        across = np.array([v[1], -v[0]])
        sigma = math.sqrt(max(float(across @ P @ across), 0.0)) / vv
        turned = math.remainder(math.atan2(v[0], v[1]) - old[-1][1], 2.0 * math.pi)
        rate = turned / ((t - old[-1][0]) / 1e9)
        return rate if abs(rate) >= TURNING and abs(turned) > SURE * math.sqrt(2.0) * sigma else 0.0
