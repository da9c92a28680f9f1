"""What is told of an open alert besides its evidence: the time left, and what would change the judgement.

Both cost more than the evidence, so each alert's are made anew once a second at the most, and so many in a
step; in between, the time left runs down by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vedette.assess.approach import Array, Ground, Volumes
from vedette.assess.arrival import arrival
from vedette.assess.change import Courses, Situation, would_change
from vedette.assess.friends import Friends
from vedette.assess.ledger import Case, Ledger
from vedette.assess.misses import Misses
from vedette.assess.rule import Rule
from vedette.assess.zone import Asset
from vedette.clock import NS
from vedette.types import Alert, Arrival, Track

EVERY = 1 * NS
AT_ONCE = 12  # alerts in a step


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """An open alert's case, track, rule and the rule's place, and the track's state and covariance."""

    case: Case
    track: Track
    rule: Rule
    z: int
    x: Array
    P: Array


class Counsel:
    """Makes them for one site's assets."""

    def __init__(self, assets: Sequence[Asset], q: Array, horizon: float, misses: Misses | None) -> None:
        self.assets, self.q, self.horizon, self.misses = tuple(assets), q, horizon, misses
        self.courses = Courses()

    def give(
        self,
        t: int,
        open_: Sequence[Told],
        ledger: Ledger,
        friends: Friends,
        volumes: Volumes,
        ground: Ground,
    ) -> None:
        """Renew those of the alerts that have waited longest."""
        self.courses.keep(t, {told.track.id: told.track.estimate.x for told in open_})
        waiting = sorted(
            (told for told in open_ if t - told.case.considered >= EVERY),
            key=lambda told: (told.case.considered, told.case.open),
        )[:AT_ONCE]
        due = {told.case.open for told in waiting}
        for told in open_:
            alert = ledger.alerts[told.case.open]
            if told.case.open not in due:
                ledger.alerts[alert.id] = replace(alert, arrival=_later(alert.arrival, t, told.case))
                told.case.told = t
                continue
            told.case.considered = told.case.told = t
            ledger.alerts[alert.id] = self._considered(t, told, alert, friends, volumes, ground)

    def _considered(
        self, t: int, told: Told, alert: Alert, friends: Friends, volumes: Volumes, ground: Ground
    ) -> Alert:
        situation = Situation(
            track=told.track,
            rule=told.rule,
            evidence=alert.evidence,
            state=told.x,
            rate=self.courses.rate(t, told.track),
            volumes=volumes,
            z=told.z,
            horizon=self.horizon,
            ground=ground,
        )
        return replace(
            alert,
            arrival=arrival(told.x, told.P, told.rule.zone, self.assets, self.q),
            would_change=would_change(situation, friends, self.misses),
        )


def _later(expected: Arrival | None, t: int, case: Case) -> Arrival | None:
    """The same arrival, told at t instead of when it was last told."""
    passed = (t - case.told) / NS
    if expected is None or passed <= 0.0:
        return expected
    return replace(
        expected,
        after_s=max(expected.after_s - passed, 0.0),
        low_s=max(expected.low_s - passed, 0.0),
        high_s=max(expected.high_s - passed, 0.0),
    )
