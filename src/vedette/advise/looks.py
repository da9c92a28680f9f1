"""What has been accepted already: what it leaves of a track, and which tracks wait for the look at it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from vedette.advise.chances import Chance, closing
from vedette.advise.effector import Effector
from vedette.advise.verdict import look_s
from vedette.clock import seconds
from vedette.types.advice import Call, Engagement

OPEN = (Call.UNDER_WAY, Call.LOOKING)
SWAYS = 10.0  # s by which the last useful start sways from plan to plan: what is advised stays so long


def left(engagements: Sequence[Engagement], track: int) -> float:
    """Probability that nothing of what was accepted has stopped the track, or will."""
    return math.prod(1.0 - each.stopped for each in engagements if each.track == track)


def waits(
    t: int,
    track: int,
    end: float | None,
    engagements: Sequence[Engagement],
    effectors: Mapping[str, Effector],
    most: int,
    stands: bool = False,
) -> str:
    """Why nothing more is shot at a track at t (ns UTC), in words; empty: nothing stands against it.

    end     s until the last useful start against it; None: there is none
    most    shots at once at one track
    stands  whether something more is advised against it now
    """
    mine = [each for each in engagements if each.track == track]
    if any(each.call is Call.STOPPED for each in mine):
        return "it is taken as stopped, until it is seen again"
    under_way = [each for each in mine if each.call in OPEN]
    if not under_way:
        return ""
    look = max(_look_s(t, each, effectors.get(each.effector)) for each in under_way)
    if sum(each.shots for each in under_way) >= most:
        return "as many shots as are allowed at once are under way"
    too_late = end is not None and look >= end - (SWAYS if stands else 0.0)
    return "" if too_late else "shots are under way, and the look at them comes first"


def _look_s(t: int, engagement: Engagement, effector: Effector | None) -> float:
    """s from t until a call is made on an engagement."""
    look = look_s(effector.config.assess_s if effector is not None else 0.0)
    return seconds(engagement.t_intercept - t) + look


def spare(track: int, engagements: Sequence[Engagement], most: int) -> int:
    """Shots at a track that `most` leaves beside those that are under way."""
    return most - sum(each.shots for each in engagements if each.track == track and each.call in OPEN)


def room(chances: Sequence[Sequence[Chance]], n: int, spare: int) -> int:
    """Shots that may go at once at track n: one, and then a look; or all to spare if it is the last."""
    return spare if _last_chance(chances, n) else 1


def _last_chance(chances: Sequence[Sequence[Chance]], n: int) -> bool:
    """Whether nothing could be done against track n after the look at a shot now."""
    usable = [row[n] for row in chances if row[n].usable]
    looks = [c.window.intercept_s[1] + look_s(c.arm.effector.config.assess_s) for c in usable]
    end = closing(chances, n)
    return end is not None and min(looks) > end
