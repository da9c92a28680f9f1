"""Whether it was stopped: what the sensors' looks since the intercept say, and how surely.

Two hypotheses: the track was stopped, or it flies on. A look that would see it with P_D reports it with that
probability if it flies on; if it was stopped, a false report or a piece of it is taken for it with P_F. After
m looks without a report and d with one the odds of "stopped" have grown by

    Π over looks without (1 − P_F)/(1 − P_D)  ×  Π over looks with P_F/P_D

(Bayes; the looks are taken as independent given the hypothesis, up to odds of `SUREST`). While what is left
of it still falls along with its track nothing is concluded. A jammer breaks nothing: its target is stopped
when it does not go on towards what is protected, which is judged once, after the effector's time for a look.

The call can be wrong both ways, and says how surely it is made: a target that flies on unseen for as many
looks as it takes, (1 − P_D)^m, is called stopped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from vedette.clock import NS, seconds
from vedette.sensor import Sensor
from vedette.types import Track
from vedette.types.advice import Call, Engagement, Place

FALLS_S = 3.0  # after which what falls has left its track's gate: ½ g t² = 44 m below it
SURE = 0.9  # probability from which a call is made before the time for it is over
FALSELY = 0.02  # P_F, of a look: an assumption on the side of not stopped
SUREST = 999.0  # odds that no number of looks exceeds: they are not quite independent
SEES = 0.05  # P_D below which a look says nothing
LATE = 0.25  # of a period, by which a look may come later than the one before
KEEPS_ON = 0.9, 0.1  # that the target of a jammer goes on towards an asset: unimpressed, stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one engagement is looked at.

    sensors   name → Sensor, as the tracker has them
    until     name → ns UTC up to which it has looked at all: the silence of a feed that is down says nothing
    before    the same as it was at the last verdict
    most      P_D that no look exceeds: the tracker's `p_detect_max`
    assess_s  the effector's time for a look after a shot
    jams      it stops what it is used on by leading it astray
    """

    sensors: Mapping[str, Sensor]
    until: Mapping[str, int]
    before: Mapping[str, int]
    most: float
    assess_s: float
    jams: bool = False

    def ends_s(self) -> float:
        """s after the intercept at which a call is made, whatever has been seen."""
        return look_s(self.assess_s)


def look_s(assess_s: float) -> float:
    """s from the intercept to the end of the look: not before what falls is down."""
    return max(assess_s, FALLS_S)


def verdict(
    engagement: Engagement, track: Track | None, t: int, *, since: int, look: Look, threatens: bool = True
) -> Engagement:
    """The engagement at t (ns UTC), with what was seen after `since`, the time of its last verdict.

    track      the target's as it is now; None: it is not in the picture any more
    since      the decision's time at first
    threatens  whether it still goes towards something that is protected; counts for jammers alone
    """
    if t < engagement.t_intercept:
        return engagement
    begin, end = (
        engagement.t_intercept + round(FALLS_S * NS),
        engagement.t_intercept + round(look.ends_s() * NS),
    )
    odds = _odds(engagement.stopped)
    if look.jams:
        odds *= _by_course(threatens) if since < end <= t else 1.0
    elif t > begin:
        odds *= _by_looks(engagement.place, track, t, max(since, begin), begin, look)
    odds = min(max(odds, 1.0 / SUREST), SUREST) if t > begin else odds
    stopped = odds / (1.0 + odds) if odds < math.inf else 1.0
    return replace(engagement, stopped=stopped, call=_call(stopped, engagement.expected, t >= end))


def _odds(p: float) -> float:
    return p / (1.0 - p) if p < 1.0 else math.inf


def _by_course(threatens: bool) -> float:
    flies_on, stopped = KEEPS_ON
    return stopped / flies_on if threatens else (1.0 - stopped) / (1.0 - flies_on)


def _by_looks(place: Place, track: Track | None, t: int, since: int, begin: int, look: Look) -> float:
    """The ratio by which the looks in (since, t] change the odds; those up to `begin` do not count."""
    ratio = 1.0
    for name in sorted(look.sensors):
        sensor = look.sensors[name]
        if not sensor.looks or sensor.look_rate <= 0.0:
            continue
        p = min(_sees(sensor, place, track), look.most)
        if p < SEES:
            continue
        reported = track.contributors.get(name, 0) if track is not None else 0
        if reported > since:
            ratio *= FALSELY / p
        was = max(min(since, look.before.get(name, since)), begin)
        now = min(t, look.until.get(name, was))
        ratio *= ((1.0 - FALSELY) / (1.0 - p)) ** _missed(sensor, reported or begin, begin, was, now)
    return ratio


def _missed(sensor: Sensor, reported: int, begin: int, since: int, t: int) -> int:
    """Looks after `begin` whose reports should have come in (since, t] and did not.

    Look n comes n periods after the last report; its report `LATE` of a period and the latency later at most.
    """

    def looks(until: int, late: float) -> int:
        return max(math.floor((seconds(until - reported) - late) * sensor.look_rate), 0)

    late = sensor.latency + LATE / sensor.look_rate
    before = max(looks(begin, 0.0), looks(since, late))
    return max(looks(t, late) - before, 0)


def _sees(sensor: Sensor, place: Place, track: Track | None) -> float:
    """P_D of a look at the target as it would fly on; where the track is gone, at the intercept."""
    x = np.array([place]) if track is None else track.estimate.x[None, :3]
    v = None if track is None else track.estimate.x[None, 3:6]
    return float(sensor.detection_probability(x, v)[0])


def _call(stopped: float, expected: float, over: bool) -> Call:
    if stopped >= SURE and (over or stopped > expected):
        return Call.STOPPED
    if over or stopped <= 1.0 - SURE:
        return Call.NOT_STOPPED
    return Call.LOOKING
