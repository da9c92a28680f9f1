"""Where the time went: every second between the first report of a threat and what became of it.

Each moment belongs to exactly one stage, the furthest that anything against the threat had come to, so that
the stages add up to the whole. The binding delay of a threat that got through is the stage in which the last
useful start passed: whatever took longer before it or after it made no difference. Of one that did not get
through it is the longest stage, where the most could be won; waiting for it to come within reach is no delay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from vedette.clock import seconds


class Stage(StrEnum):
    """What had not happened yet."""

    SEEING = "seeing"  # no report of it; before the first one, so it is no part of the whole
    CONFIRMING = "confirming"  # reported, no confirmed track
    ALERTING = "alerting"  # a track, no alert
    ADVISING = "advising"  # an alert, no advice on the table
    DECIDING = "deciding"  # advice on the table, no decision
    WAITING = "waiting"  # decided, and the moment to start has not come
    STARTING = "starting"  # it has, and there is no shot yet
    FLYING = "flying"  # shots on their way, or dwelling
    LOOKING = "looking"  # the last shot has met, or missed; nothing new on the table


class End(StrEnum):
    """What became of a threat."""

    KILLED = "killed"
    DIVERTED = "diverted"
    TURNED = "turned"  # from where it was going, and arrived all the same, there or elsewhere
    DAMAGED = "damaged"  # and still arrived
    MISSED = "missed"  # every shot at it, or it came too late
    UNENGAGED = "unengaged"  # it arrived and nothing had been shot at it
    PASSED = "passed"  # it never was to arrive, and has gone
    IN_FLIGHT = "in flight"  # when the run ended


class Cause(StrEnum):
    """Why a threat got through."""

    UNSEEN = "unseen"
    SEEN_LATE = "seen late"
    NOT_CONFIRMED = "not confirmed"
    ID_HOLD = "ID hold"  # a track, and no alert about it: rules, or whose it was held to be
    HUMAN_DELAY = "human delay"
    DECLINED = "declined"
    NO_CHANNEL = "no channel"
    NO_MAGAZINE = "no magazine"
    NO_FIRE = "no-fire"
    FRIENDLY_HOLD = "friendly hold"
    NO_OPTION = "no option"  # nothing could ever reach it, or was likely enough to stop it
    SHOTS_MISSED = "all shots missed"
    SHOTS_LATE = "shots too late"  # none met it before it arrived
    WRONG_CALL = "wrong kill call"  # it was taken to be stopped


CAUSES: Mapping[Stage, Cause] = {
    Stage.CONFIRMING: Cause.NOT_CONFIRMED,
    Stage.ALERTING: Cause.ID_HOLD,
    Stage.ADVISING: Cause.NO_OPTION,
    Stage.DECIDING: Cause.HUMAN_DELAY,
    Stage.WAITING: Cause.SHOTS_MISSED,
    Stage.STARTING: Cause.SHOTS_MISSED,
    Stage.FLYING: Cause.SHOTS_MISSED,
    Stage.LOOKING: Cause.SHOTS_MISSED,
}
STOPPING = (End.KILLED, End.DIVERTED)
THROUGH = (End.UNENGAGED, End.MISSED, End.DAMAGED, End.TURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engaged:
    """What was decided against it at `decided`, started at `start`: shots at `shot` that met at `intercept`.

    Times in ns UTC, in this order.

    end  KILLED, DIVERTED, DAMAGED or MISSED; None: the run ended first
    """

    decided: int
    start: int
    shot: int
    intercept: int
    end: End | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One threat as it was and as it was dealt with; times in ns UTC, None: never.

    begin, end   of it, or of the run, whichever is shorter
    first_plot, confirmed, alert  the first report that came of it, its first track and the first alert
    asked        spans [from, to) in which advice about it waited for an answer
    declined     when a person last said no
    lapsed       when advice about it first closed that nobody had answered
    called       when the sensors were taken to say that it is stopped, after each of the shots
    arrival      true arrival, as it flies after all that was done to it
    last_start   the last moment at which an order could still have met it on its way; None: there was none
    hindrance    what kept every option away, where something did
    """

    begin: int
    end: int
    first_plot: int | None = None
    confirmed: int | None = None
    alert: int | None = None
    asked: tuple[tuple[int, int], ...] = ()
    engaged: tuple[Engaged, ...] = ()
    declined: int | None = None
    lapsed: int | None = None
    called: tuple[int, ...] = ()
    arrival: int | None = None
    last_start: int | None = None
    hindrance: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A threat's seconds.

    spans    (stage, from, to) in ns UTC, without gaps from the first report to `outcome`; none if unreported
    end      what became of it, at `outcome` (ns UTC)
    binding  the stage that decided it
    cause    why it got through; None: it did not
    """

    spans: tuple[tuple[Stage, int, int], ...]
    end: End
    outcome: int
    binding: Stage
    cause: Cause | None

    @property
    def seconds(self) -> Mapping[Stage, float]:
        """Stage → s spent in it, in the order of the stages; only those that there were."""
        spent = {stage: sum(b - a for s, a, b in self.spans if s is stage) for stage in Stage}
        return {stage: seconds(ns) for stage, ns in spent.items() if ns}


def timeline(life: Life) -> Timeline:
    """Where a threat's time went, and what decided its end."""
    end, outcome = _ended(life)
    spans = _spans(life, outcome)
    if end not in THROUGH:
        return Timeline(spans=spans, end=end, outcome=outcome, binding=_longest(spans), cause=None)
    stage = _longest(spans) if life.last_start is None else _stage_at(life, life.last_start)
    cause = _cause(life, stage)
    return Timeline(spans=spans, end=end, outcome=outcome, binding=stage, cause=cause)


def _ended(life: Life) -> tuple[End, int]:
    """What became of it and when; what is stopped only after it has arrived has got through."""
    through = life.arrival is not None and life.arrival <= life.end
    until = life.arrival if through and life.arrival is not None else life.end
    done = sorted((one for one in life.engaged if one.end is not None), key=lambda one: one.intercept)
    stops = [one for one in done if one.end in STOPPING and one.intercept <= until]
    for one in stops:
        if one.end is End.KILLED or not through:
            assert one.end is not None
            return one.end, one.intercept
    if through:
        return _tried(life, until), until
    return (End.IN_FLIGHT if life.arrival is not None else End.PASSED), until


def _tried(life: Life, arrival: int) -> End:
    """What came of all that was shot at it before it arrived."""
    met = {one.end for one in life.engaged if one.intercept <= arrival}
    if End.DAMAGED in met:
        return End.DAMAGED
    if End.DIVERTED in met:
        return End.TURNED
    return End.MISSED if any(one.shot < arrival for one in life.engaged) else End.UNENGAGED


def _spans(life: Life, outcome: int) -> tuple[tuple[Stage, int, int], ...]:
    """Cut at everything that happened; neighbours of the same stage are one."""
    if life.first_plot is None or life.first_plot >= outcome:
        return ()
    happened = {life.confirmed, life.alert, *(t for span in life.asked for t in span)}
    happened |= {t for one in life.engaged for t in (one.decided, one.start, one.shot, one.intercept)}
    between = {t for t in happened if t is not None and life.first_plot < t < outcome}
    spans: list[tuple[Stage, int, int]] = []
    for a, b in pairwise(sorted({life.first_plot, outcome} | between)):
        stage = _stage_at(life, a)
        if spans and spans[-1][0] is stage:
            spans[-1] = (stage, spans[-1][1], b)
        else:
            spans.append((stage, a, b))
    return tuple(spans)


def _stage_at(life: Life, t: int) -> Stage:
    """The furthest that anything against it had come to at t."""
    if life.first_plot is None or t < life.first_plot:
        return Stage.SEEING
    if any(one.shot <= t < one.intercept for one in life.engaged):
        return Stage.FLYING
    if any(one.start <= t < one.shot for one in life.engaged):
        return Stage.STARTING
    if any(one.decided <= t < one.start for one in life.engaged):
        return Stage.WAITING
    if any(a <= t < b for a, b in life.asked):
        return Stage.DECIDING
    if any(one.intercept <= t for one in life.engaged):
        return Stage.LOOKING
    if life.alert is not None and life.alert <= t:
        return Stage.ADVISING
    if life.confirmed is not None and life.confirmed <= t:
        return Stage.ALERTING
    return Stage.CONFIRMING


def _longest(spans: tuple[tuple[Stage, int, int], ...]) -> Stage:
    """The stage with the most time but for waiting, the first of equals; unreported is never seen."""
    late = [(stage, b - a) for stage, a, b in spans if stage is not Stage.WAITING]
    spent = {stage: sum(ns for s, ns in late if s is stage) for stage in Stage}
    return max(Stage, key=lambda stage: spent[stage])


def _cause(life: Life, stage: Stage) -> Cause:
    if life.first_plot is None:
        return Cause.UNSEEN
    if stage is Stage.SEEING:
        return Cause.SEEN_LATE
    if life.last_start is None:
        return life.hindrance or Cause.NO_OPTION
    if stage is Stage.ADVISING and life.declined is not None and life.declined <= life.last_start:
        return Cause.DECLINED
    if stage is Stage.ADVISING and life.lapsed is not None and life.lapsed <= life.last_start:
        return Cause.HUMAN_DELAY
    if stage is Stage.ADVISING and life.hindrance is not None:
        return life.hindrance
    if stage is Stage.LOOKING and _written_off(life, life.last_start):
        return Cause.WRONG_CALL
    if CAUSES[stage] is Cause.SHOTS_MISSED and not _met(life):
        return Cause.SHOTS_LATE
    return CAUSES[stage]


def _met(life: Life) -> bool:
    """Whether any shot came to where it was before it arrived."""
    assert life.arrival is not None
    return any(one.end is not None and one.intercept <= life.arrival for one in life.engaged)


def _written_off(life: Life, t: int) -> bool:
    """Whether at t (ns UTC) it had been taken to be stopped since the last shots met it."""
    met = max(one.intercept for one in life.engaged if one.intercept <= t)
    return any(met <= called <= t for called in life.called)
