"""From a recorded exercise to the timeline of every threat: when it was advised on, decided on, shot at.

Which advice was about which threat says the truth: whom its track followed when it was made, or at whom it
was flown. The last useful start is that of the truth: the last moment at which an order for one of the site's
effectors, as it is described, could still have met the threat on its real way before it arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.advise.effector import Effector
from vedette.clock import NS
from vedette.metric.alerts import Raised
from vedette.metric.paths import Floats, Ints, TruthPaths
from vedette.metric.timeline import Cause, End, Engaged, Life, Timeline, timeline
from vedette.types import (
    Actor,
    AdviceState,
    Advised,
    Answer,
    Call,
    Engagement,
    FirstPlot,
    Outcome,
    Result,
    Track,
)

ENDS = {
    Result.KILLED: End.KILLED, Result.DAMAGED: End.DAMAGED, Result.DIVERTED: End.DIVERTED,
    Result.MISSED: End.MISSED,
}  # fmt: skip
LIVE = (AdviceState.OPEN, AdviceState.HELD)
About = Callable[[Raised], str | None]  # whom something about a track is about


@dataclass(slots=True)
class Spoken:
    """One piece of advice over its life; times in ns UTC, None: not, or not yet."""

    made: Raised
    effector: str
    over: int | None = None
    accepted: int | None = None
    declined: int | None = None
    lapsed: int | None = None  # nobody had answered when it closed
    engagement: Engagement | None = None
    called: int | None = None


@dataclass(slots=True)
class Doings:
    """What was advised and decided in a run, and, from the truth's side, what came of it.

    stock  (t, effector → (rounds left or None, channels free)) whenever it changed
    """

    spoken: dict[str, Spoken] = field(default_factory=dict)
    stock: list[tuple[int, Mapping[str, tuple[int | None, int]]]] = field(default_factory=list)
    plots: dict[str, FirstPlot] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def take(self, advised: Advised, shown: Iterable[Track]) -> None:
        """One recorded state of all advice, and the tracks as they were shown last."""
        places = {track.id: track.estimate.position for track in shown}
        for advice in advised.advice:
            nowhere = np.full(3, np.inf)
            made = Raised(advice.t_made, advice.track, places.get(advice.track, nowhere))
            one = self.spoken.setdefault(advice.id, Spoken(made, advice.option.effector))
            if advice.state not in LIVE and one.over is None:
                one.over = advised.t
                one.lapsed = advised.t if advice.state is AdviceState.EXPIRED else None
            for said in advice.history:
                if said.answer is Answer.ACCEPT and advice.state is AdviceState.ACCEPTED:
                    one.accepted = one.over = said.t if one.accepted is None else one.accepted
                elif said.answer is Answer.DECLINE and advice.state is AdviceState.DECLINED:
                    one.declined = one.over = said.t if one.declined is None else one.declined
        self._engagements(advised)
        stock = {state.effector: (state.rounds, state.free) for state in advised.effectors}
        if not self.stock or self.stock[-1][1] != stock:
            self.stock.append((advised.t, stock))

    def _engagements(self, advised: Advised) -> None:
        for engagement in advised.engagements:
            one = self.spoken.get(engagement.advice)
            if one is not None:
                one.engagement = engagement
                if engagement.call is Call.STOPPED and one.called is None:
                    one.called = advised.t

    def about(self, advice: str, about: About) -> str | None:
        """Whom advice was about: whom it was flown at, or, where it met nobody, whom its track followed."""
        outcome = self.outcomes.get(advice)
        flown_at = "" if outcome is None else outcome.id
        return flown_at or about(self.spoken[advice].made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What could act: effectors by name, and the least probability of stopping it that is worth a shot."""

    effectors: Mapping[str, Effector] = field(default_factory=dict)
    least_kill: float = 0.0


def timelines(
    actors: Sequence[Actor],
    truth: TruthPaths,
    doings: Doings,
    about: About,
    confirmed: Mapping[str, int],
    alerts: Mapping[str, int],
    means: Means,
) -> dict[str, Timeline]:
    """Threat → its timeline; confirmed, alerts: name → ns UTC of its first track, of the first alert."""
    whose = {advice: doings.about(advice, about) for advice in doings.spoken}
    found = {}
    for actor in actors:
        if not actor.threat:
            continue
        mine = [doings.spoken[advice] for advice, name in whose.items() if name == actor.id]
        ended = [o for o in doings.outcomes.values() if o.id == actor.id]
        life = _life(actor, truth, mine, ended, doings, means)
        if life.arrival is not None and life.arrival <= life.end:
            way = Way.of(actor, truth, life.arrival)
            last = last_start(way, means)
            why = hindrance(way, means, doings, truth, actors, last)
            life = replace(life, last_start=last, hindrance=why)
        known = replace(life, confirmed=confirmed.get(actor.id), alert=alerts.get(actor.id))
        found[actor.id] = timeline(replace(known, first_plot=_first_plot(known)))
    return found


def _first_plot(life: Life) -> int | None:
    """Whoever was tracked had been reported: recordings of before first reports were kept say no more."""
    if life.first_plot is not None:
        return life.first_plot
    return min((t for t in (life.confirmed, life.alert) if t is not None), default=None)


def _life(
    actor: Actor,
    truth: TruthPaths,
    spoken: Sequence[Spoken],
    ended: Sequence[Outcome],
    doings: Doings,
    means: Means,
) -> Life:
    run = int(truth.t[-1]) if len(truth.t) else actor.t_end
    arrival, end = min(actor.arrivals.values(), default=None), min(actor.t_end, run)
    for outcome in sorted(ended, key=lambda one: one.t):
        if outcome.result in (Result.KILLED, Result.DIVERTED):
            stopped = arrival is None or outcome.t < arrival
            arrival, end = (outcome.arrives, run) if stopped else (arrival, end)
    plot = doings.plots.get(actor.id)
    called = [one.called for one in spoken if one.called is not None]
    declined = [one.declined for one in spoken if one.declined is not None]
    lapsed = [one.lapsed for one in spoken if one.lapsed is not None]
    return Life(
        begin=actor.t_begin,
        end=end,
        first_plot=None if plot is None else plot.t,
        asked=tuple((one.made.t, run if one.over is None else one.over) for one in spoken),
        engaged=tuple(e for one in spoken if (e := _engaged(one, doings, means)) is not None),
        declined=max(declined, default=None),
        lapsed=min(lapsed, default=None),
        called=tuple(called),
        arrival=arrival,
    )


def _engaged(one: Spoken, doings: Doings, means: Means) -> Engaged | None:
    if one.accepted is None or one.engagement is None:
        return None
    outcome = doings.outcomes.get(one.engagement.advice)
    shot = one.engagement.t_start if outcome is None else outcome.t_shot
    effector = means.effectors.get(one.engagement.effector)
    delay = 0 if effector is None else round(effector.config.delay_s * NS)
    return Engaged(
        decided=one.accepted,
        start=max(shot - delay, one.accepted),
        shot=shot,
        intercept=one.engagement.t_intercept if outcome is None else outcome.t,
        end=None if outcome is None else ENDS[outcome.result],  # None: the run ended first
    )


# ---------------------------------------------------------------- what could have been done


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Where a threat truly was until it arrived: t (n,) ns UTC, x (n, 3) m."""

    klass: str
    t: Ints
    x: Floats

    @classmethod
    def of(cls, actor: Actor, truth: TruthPaths, arrival: int) -> Way:
        """As the truth was recorded, once a second."""
        if actor.id not in truth.ids:
            return cls(actor.klass, np.empty(0, np.int64), np.empty((0, 3)))
        mine = np.flatnonzero(truth.who == truth.ids.index(actor.id))
        t = truth.t[truth.step[mine]]
        return cls(actor.klass, t[t <= arrival], truth.x[mine][t <= arrival, :3])


def last_start(way: Way, means: Means, *, anywhere: bool = False) -> int | None:
    """ns UTC of the last order that could still have met it: over no no-fire polygon, unless `anywhere`."""
    starts = [s for e in means.effectors.values() for s in useful_starts(way, e, means.least_kill, anywhere)]
    return max(starts, default=None)


def useful_starts(way: Way, effector: Effector, least: float, anywhere: bool = False) -> list[int]:
    """ns UTC of the orders that would meet it at each of its recorded places where that is of use."""
    if not len(way.t):
        return []
    distance = np.linalg.norm(way.x - effector.position, axis=1)
    kill = effector.kill(distance, way.klass)
    good = effector.holds(way.x) & (kill >= max(least, 1e-9))
    if not anywhere:
        good &= ~effector.forbidden(way.x)
    before = np.round((effector.flight_s(distance) + effector.config.delay_s) * NS).astype(np.int64)
    return [int(t) for t in (way.t - before)[good]]


def hindrance(
    way: Way, means: Means, doings: Doings, truth: TruthPaths, actors: Sequence[Actor], last: int | None
) -> Cause | None:
    """What kept every option away, as far as the truth and the counted rounds tell."""
    if last is None:
        return Cause.NO_FIRE if last_start(way, means, anywhere=True) is not None else None
    able = [n for n, e in means.effectors.items() if any(useful_starts(way, e, means.least_kill))]
    left = [stock for t, stock in doings.stock if t <= last][-1:]
    if left and all(left[0].get(name, (0, 0))[0] == 0 for name in able):
        return Cause.NO_MAGAZINE
    if left and all(_taken(name, left[0], doings, last) for name in able):
        return Cause.NO_CHANNEL
    friends = {actor.id for actor in actors if not actor.threat}
    k = int(np.searchsorted(truth.t, last))
    rows = [r for r in np.flatnonzero(truth.step == k) if truth.ids[truth.who[r]] in friends]
    if rows and all(means.effectors[name].holds(truth.x[rows, :3]).any() for name in able):
        return Cause.FRIENDLY_HOLD
    return None


def _taken(name: str, stock: Mapping[str, tuple[int | None, int]], doings: Doings, t: int) -> bool:
    """Whether an effector has no round, or every channel is busy or advised to be used elsewhere at t."""
    rounds, free = stock.get(name, (0, 0))
    elsewhere = sum(
        one.effector == name and one.made.t <= t and (one.over is None or t < one.over)
        for one in doings.spoken.values()
    )
    return rounds == 0 or free <= elsewhere
