"""How urgent each track is: by slack first, by the value of what it threatens second.

Slack is the time until the last useful start of anything that can still act against it. Tracks whose slacks
lie within the same `ALIKE` seconds are equally urgent, and the one that threatens what is worth more comes
first. Those against which nothing can be done come last: there is nothing to decide about them.

What a track may cost is

    existence · P(meant ill) · max( Σ_a P(comes to a) value_a,  P(enters a zone) · least value )

a zone that alarms being worth as much as the least of the assets, or 1 where there are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vedette.advise.goals import Goals, goals_of
from vedette.advise.likely import Classes, classes_of
from vedette.advise.paths import Paths
from vedette.assess.approach import Array
from vedette.assess.evidence import duration
from vedette.assess.zone import Asset
from vedette.types import Alert, AlertState, Track
from vedette.types.advice import Threat

ALIKE = 5.0  # s of slack
MEANS = 0.5  # the same, from which nothing later than that is of use
COMES = 0.05  # probability of coming to an asset, from which it is said to threaten it


@dataclass(frozen=True, slots=True, eq=False)
class Threats:
    """N tracks that threaten: what they are, what they are after, and what each may cost (N,)."""

    tracks: tuple[Track, ...]
    classes: Classes
    goals: Goals
    cost: Array
    assets: tuple[Asset, ...]
    least: float

    def asset(self, n: int) -> int | None:
        """Which it threatens first: where it is likeliest to cost most."""
        worth = self.goals.comes[n] * np.array([asset.value for asset in self.assets])
        a = int(np.argmax(worth)) if len(worth) else 0
        return a if len(worth) and self.goals.comes[n, a] >= COMES else None

    def ending(self, ways: Paths) -> Paths:
        """The ways, each ending when it would be at the asset that its track threatens first, had it turned
        there, if it probably means one of them: what meets it later than that meets it too late."""
        until = ways.until.copy()
        for n in range(len(self.tracks)):
            a = self.asset(n)
            if a is not None and self.goals.arrives[n] >= MEANS:
                until[n] = np.minimum(until[n], self.goals.time[n, a])
        return replace(ways, until=until)


def threats_of(
    tracks: Sequence[Track],
    alerts: Sequence[Alert],
    paths: Paths,
    assets: Sequence[Asset],
    weights: Mapping[str, float],
) -> Threats:
    """The tracks of `paths`, which have open alerts, with what they may cost."""
    classes, goals = classes_of(tracks, weights), goals_of(paths, assets)
    value = np.array([asset.value for asset in assets])
    least = float(value.min()) if len(value) else 1.0
    enters: dict[int, float] = {}
    for alert in alerts:
        if alert.state is not AlertState.CLOSED:
            p = max(alert.evidence.probability, alert.evidence.inside)
            enters[alert.track] = max(p, enters.get(alert.track, 0.0))
    zone = np.array([enters.get(track.id, 0.0) for track in tracks])
    lost = np.maximum(goals.comes @ value + goals.by * least, zone * least)
    existence = np.array([track.existence for track in tracks])
    return Threats(tuple(tracks), classes, goals, existence * classes.ill * lost, tuple(assets), least)


def ranked(found: Threats, slack: Sequence[float | None], remark: Sequence[str]) -> tuple[Threat, ...]:
    """All of them, the most urgent first.

    slack    s until the last useful start of anything, None: there is none
    remark   why nothing is proposed against it; empty where something is
    """
    plain = [_threat(found, n, slack[n]) for n in range(len(found.tracks))]
    order = sorted(range(len(plain)), key=lambda n: _urgency(plain[n], found.tracks[n]))
    return tuple(
        replace(
            plain[n],
            rank=rank + 1,
            sentence=_sentence(plain[n], [plain[m] for m in order[rank + 1 : rank + 2]], remark[n]),
        )
        for rank, n in enumerate(order)
    )


def _urgency(threat: Threat, track: Track) -> tuple[object, ...]:
    """Last its state, so that its number does not decide."""
    slack = (0, threat.slack_s // ALIKE) if threat.slack_s is not None else (1, 0.0)
    comes = threat.arrival_s[1] if threat.arrival_s is not None else np.inf
    return *slack, -threat.value, threat.slack_s or 0.0, comes, *track.estimate.x.tolist()


def _threat(found: Threats, n: int, slack: float | None) -> Threat:
    track, a = found.tracks[n], found.asset(n)
    return Threat(
        track=track.id,
        rank=0,
        slack_s=slack,
        asset="" if a is None else found.assets[a].name,
        value=found.least if a is None else found.assets[a].value,
        arrives=float(found.goals.arrives[n]),
        arrival_s=None if a is None else found.goals.arrival(n, a),
        existence=float(track.existence),
        klass=found.classes.row(n),
        sentence="",
    )


def _sentence(threat: Threat, next_: Sequence[Threat], remark: str) -> str:
    """Why it stands here, and what stands next."""
    goal = f"{threat.asset} (value {threat.value:g})" if threat.asset else "none of the assets in particular"
    if threat.arrival_s is not None:
        goal += f" in {duration(threat.arrival_s[1])}"
    likely = next(iter(threat.klass.items()), ("of unknown class", 0.0))
    what = f"probably {likely[0]} ({likely[1]:.2f})" if likely[1] else likely[0]
    if threat.slack_s is None:
        left = f"nothing can be done: {remark}"
    else:
        left = f"{duration(threat.slack_s)} left to start something" + (f", but {remark}" if remark else "")
    said = f"Track {threat.track}, {what}, threatens {goal}; {left}."
    return said + "".join(f" {_after(threat, other)}" for other in next_)


def _after(threat: Threat, other: Threat) -> str:
    """Why the next one comes after it."""
    if other.slack_s is None:
        return f"Next is track {other.track}, against which nothing can be done."
    if threat.slack_s is None:
        return f"Next is track {other.track}."
    if threat.slack_s // ALIKE < other.slack_s // ALIKE:
        return f"Next is track {other.track}, which leaves {duration(other.slack_s - threat.slack_s)} more."
    if threat.value > other.value:
        return f"Next is track {other.track}, as urgent, which threatens what is worth {other.value:g}."
    return f"Next is track {other.track}, as urgent and after as much."
