"""Advice over time: a plan every second, what people answer to it, and what comes of what they accept.

Decision support only. An acceptance changes what is reckoned with here; nothing is told to any effector.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vedette.advise.answered import WORDS, answered, clock, decided_on
from vedette.advise.cards import LIVE, MOST_DECISIONS, Card, Cards, decision, option_since, threat_since
from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.magazines import Magazines, use_of
from vedette.advise.planned import Planned
from vedette.advise.planner import Planner
from vedette.advise.sides import friends_among
from vedette.advise.verdict import Look, verdict
from vedette.clock import NS
from vedette.errors import NotThereError, ServiceError
from vedette.sensor import Sensor
from vedette.types import (
    Advice,
    AdviceState,
    Advised,
    Alert,
    Answer,
    Call,
    Decision,
    EffectorKind,
    Engagement,
    Option,
    Status,
    Track,
    acts,
)
from vedette.types.acts import Done
from vedette.types.operations import Operations

KEPT = 60 * NS  # ns for which an engagement stays on the list once the sensors have told how it went
AT_EASE = 480  # pairs of threat and effector; up to so many are planned anew every `every_s`
UNJUDGED = 300 * NS  # ns after the intercept, after which nobody waits for that any more
STATES = {
    Answer.ACCEPT: AdviceState.ACCEPTED,
    Answer.DECLINE: AdviceState.DECLINED,
    Answer.HOLD: AdviceState.HELD,
}
OVER = (Call.STOPPED, Call.NOT_STOPPED)


class Adviser:
    """Steps through time with tracks and alerts; keeps the advice. Equal input and acts give equal advice.

    sensors   name → Sensor, whose looks tell how an engagement went
    most      P_D that no look exceeds: the tracker's `p_detect_max`
    lapsed    what nobody answered in time, in the last step
    mistaken  engagements whose track has turned out a friend, or perhaps one, in the last step
    counters  made, accepted, declined, held, expired, withdrawn, late (decided after somebody else), plans,
              stopped, not_stopped (in the sensors' judgement), unjudged, friends_engaged
    """

    def __init__(
        self,
        planner: Planner,
        effectors: Mapping[str, Effector],
        config: AdviceConfig,
        *,
        sensors: Mapping[str, Sensor],
        most: float,
    ) -> None:
        self.planner, self.config = planner, config
        self.sensors, self.most = sensors, most
        self.magazines, self.cards = Magazines(effectors), Cards()
        self.engagements: dict[str, Engagement] = {}  # advice → what was accepted
        self.declined: dict[tuple[int, str], Decision] = {}
        self.lapsed: tuple[Decision, ...] = ()
        self.mistaken: tuple[Engagement, ...] = ()
        self._heard: dict[str, int] = {}  # sensor → until when it has looked, ns UTC
        # advice → when its engagement was last looked at, and until when each sensor had looked by then
        self._looked: dict[str, tuple[int, dict[str, int]]] = {}
        self._over: dict[str, int] = {}  # advice → since when the sensors say how its engagement went
        self._planned = Planned()
        self._t: int | None = None  # of the plan; None: plan anew
        self._base = 0  # from which the plan's relative times count
        self.advised = self._advised(0)

    @property
    def counters(self) -> Counter[str]:
        """What happened to advice, and how often."""
        return self.cards.counters

    # ------------------------------------------------------------------------- the step

    def heard(self, sensor: str, t: int) -> None:
        """A sensor has looked until t (ns UTC)."""
        self._heard[sensor] = max(t, self._heard.get(sensor, t))

    def unsettle(self) -> None:
        """Plan anew at the next step, whenever that is: somebody has said what changes the plan."""
        self._t = None

    def step(
        self, t: int, tracks: Sequence[Track], alerts: Sequence[Alert], *, lost: Collection[int] = ()
    ) -> Advised:
        """What can be done at data time t (ns UTC), planned anew when it is time to.

        lost  tracks from before a restart that may be here again: nothing is concluded from their absence
        """
        self.lapsed = self.mistaken = ()
        if self._t is not None and 0 <= t - self._t < self._pause():
            return self.advised
        present = {track.id: track for track in tracks if track.status is not Status.DROPPED}
        self.magazines.step(t)
        self._look(t, present, lost)
        self._beware(t, tracks)
        self._forget(t, {*present, *lost})
        self._planned = self.planner.plan(
            t, tracks, alerts,
            stock={state.effector: state for state in self.magazines.states(t, self._flown())},
            engagements=self._flown(),
            before={track: card.advice.option.effector for track, card in self.cards.live().items()},
            declined=frozenset(self.declined),
        )  # fmt: skip
        self.lapsed = self.cards.take(t, self._planned, present)
        self._t = self._base = t
        self.counters["plans"] += 1
        self.advised = self._advised(t)
        return self.advised

    def _pause(self) -> int:
        """ns until the next plan: `every_s`, and longer in a crowd, so as not to hold up the tracker much of
        the time. It goes by what there is to plan, not by a clock: a replay plans at the same times."""
        pairs = len(self._planned.threats) * len(self.magazines.effectors)
        return round(self.config.every_s * NS * max(1.0, pairs / AT_EASE))

    def _flown(self) -> tuple[Engagement, ...]:
        return tuple(self.engagements.values())

    def _look(self, t: int, present: Mapping[int, Track], lost: Collection[int]) -> None:
        """What the sensors say of every engagement."""
        for ident, engagement in self.engagements.items():
            if engagement.track in lost:
                continue
            seen = self.engagements[ident] = self._verdict(t, engagement, present.get(engagement.track))
            self._looked[ident] = t, dict(self._heard)
            if seen.call not in OVER:
                self._over.pop(ident, None)
                continue
            self._over.setdefault(ident, t)
            self.counters[seen.call.value.replace(" ", "_")] += seen.call is not engagement.call

    def _beware(self, t: int, tracks: Sequence[Track]) -> None:
        """Whose track is a friend, or may be, though a person has accepted to act against it. Each is told
        once; of a track that is gone holds what was said last."""
        if not self.engagements:
            return
        friends = friends_among(t, tracks, {each.track for each in self._flown()})
        for ident, each in self.engagements.items():
            friend = friends.get(each.track, each.friend)
            first = t if friend and not each.t_friend else each.t_friend
            self.engagements[ident] = now = replace(each, friend=friend, t_friend=first)
            if now.t_friend != each.t_friend:
                self.mistaken += (now,)
                self.counters["friends_engaged"] += 1

    def _verdict(self, t: int, engagement: Engagement, track: Track | None) -> Engagement:
        effector = self.magazines.effectors[engagement.effector]
        since, before = self._looked.get(engagement.advice, (t, self._heard))
        look = Look(
            sensors=self.sensors,
            until=self._heard,
            before=before,
            most=self.most,
            assess_s=effector.config.assess_s,
            jams=effector.kind is EffectorKind.JAMMER,
        )
        threatens = any(threat.track == engagement.track for threat in self._planned.threats)
        return verdict(engagement, track, t, since=since, look=look, threatens=threatens)

    def _forget(self, t: int, here: set[int]) -> None:
        """What was declined about tracks that are gone, and engagements long over whose channel is free."""
        for ident, engagement in list(self.engagements.items()):
            back = use_of(engagement, self.magazines.effectors[engagement.effector]).until <= t
            unjudged = t - engagement.t_intercept >= UNJUDGED and ident not in self._over
            if back and (unjudged or t - self._over.get(ident, t) >= KEPT):
                del self.engagements[ident]
                self._looked.pop(ident, None)
                self._over.pop(ident, None)
                self.counters["unjudged"] += unjudged
        self.declined = {pair: said for pair, said in self.declined.items() if pair[0] in here}

    def _advised(self, t: int) -> Advised:
        """Everything as it stands, its relative times counted from t (ns UTC)."""
        planned, s = self._planned, (t - self._base) / NS
        return Advised(
            t=t,
            threats=tuple(threat_since(threat, s) if s else threat for threat in planned.threats),
            advice=self.cards.listed(t),
            engagements=self._flown(),
            effectors=self.magazines.states(t, self._flown()),
            objective=planned.objective,
            bound=planned.bound,
            gap=planned.gap,
            counters={name: n for name, n in self.counters.items() if name != "plans"},
        )

    # ------------------------------------------------------------------ what people do

    def refuse_late(self, now: int, act: acts.Decide) -> None:
        """Raises ServiceError where the option has closed by now (ns UTC), though data lag behind."""
        card = self.cards.find(act.advice)
        if act.answer == "accept" and _final(card.advice) is None:
            _refuse_closed(now, card, _option(card.advice, act))

    def act(self, t: int, act: acts.Decide | acts.Stock) -> Done:
        """Take a person's answer, or word, at data time t (ns UTC).

        Raises, in a sentence, NotThereError for what is not there, ServiceError for what cannot be done. An
        answer after somebody else's is entered and changes nothing: its `refusal` says why.
        """
        done = self._decide(t, act) if isinstance(act, acts.Decide) else self._correct(t, act)
        if done.changed:
            self._t = None
            self.advised = self._advised(t)
        return done

    def _correct(self, t: int, act: acts.Stock) -> Done:
        before, changed = self.magazines.correct(t, act.effector, act.rounds)
        text = f"set the rounds of {act.effector} from {before} to {act.rounds}"
        return Done(t, act, changed=changed, text=text if changed else "")

    def _decide(self, t: int, act: acts.Decide) -> Done:
        if not act.proof:
            raise ServiceError("A decision needs somebody who has proved who they are; sign in.")
        card = self.cards.find(act.advice)
        option = _option(card.advice, act)
        said = decision(t, card, option, Answer(act.answer), by=act.by, proof=act.proof, note=act.note)
        if (first := _final(card.advice)) is not None:
            return self._too_late(card, act, said, first)
        _refuse_closed(t, card, option)
        if said.answer is Answer.ACCEPT:
            ordered, meets = self._accept(t, card, option)
            said = replace(said, t_order=ordered, t_intercept=meets)
        elif said.answer is Answer.DECLINE:
            self.declined[card.advice.track, option.effector] = said
        else:
            card.quiet = t + round(self.config.hold_s * NS)
        advice = self.cards.answer(card, said, STATES[said.answer])
        return Done(t, act, changed=True, advice=self._listed(t, advice), text=answered(said))

    def _accept(self, t: int, card: Card, option: Option) -> tuple[int, int]:
        """From now on it is reckoned with as under way. Returns when it is ordered, and when it meets."""
        advice, effector = card.advice, self.magazines.effectors[option.effector]
        now = option_since(option, (t - card.t) / NS)
        best = card.t + round(option.start_s * NS)
        ordered = self.magazines.begin(t, option.effector, now, best, self._flown())
        self.magazines.take(t, option.effector, option.shots)
        meets = ordered + round((option.intercept_s[1] - option.start_s) * NS)
        self._looked[advice.id] = t, dict(self._heard)
        self.engagements[advice.id] = Engagement(
            advice=advice.id,
            track=advice.track,
            effector=option.effector,
            shots=option.shots,
            t_start=ordered + round(effector.config.delay_s * NS),
            t_intercept=meets,
            place=option.place,
            expected=option.kill[1],
            stopped=option.kill[1],
            call=Call.UNDER_WAY,
        )
        return ordered, meets

    def _too_late(self, card: Card, act: acts.Decide, said: Decision, first: Decision) -> Done:
        """The first decision holds; that somebody else thinks otherwise is shown, once."""
        refusal = (
            f"{first.by} has {WORDS[first.answer]} {first.effector} already, at {clock(first.t)} UTC; "
            "the first decision holds."
        )
        history = card.advice.history
        known = {(d.by, d.answer, d.effector) for d in history}
        if (said.by, said.answer, said.effector) in known or len(history) >= MOST_DECISIONS:
            return Done(said.t, act, changed=False, refusal=refusal)
        note = f"too late: {first.by} had {WORDS[first.answer]} {first.effector}"
        late = replace(said, note=f"{note}. {said.note}".rstrip(". "))
        advice = self.cards.add(card, late)
        text = f"would have {WORDS[late.answer]} {decided_on(late)}, {note}"
        return Done(late.t, act, advice=self._listed(late.t, advice), text=text, refusal=refusal)

    def _listed(self, t: int, advice: Advice) -> Advice:
        return next(each for each in self.cards.listed(t) if each.id == advice.id)

    # -------------------------------------------------------------------- over a restart

    def operations(self) -> Mapping[str, Any]:
        """What of it must outlive a restart, as fields of `Operations`."""
        declined = tuple(self.declined.values())
        return {
            "stock": self.magazines.kept(),
            "reloads": self.magazines.reloads(),
            "engagements": self._flown(),
            "declined": declined,
        }

    def restore(self, t: int, operations: Operations) -> None:
        """Take up at t (ns UTC) what stood before a restart, but of effectors that are gone."""
        known = self.magazines.effectors
        self.magazines.restore(t, operations.stock, operations.reloads)
        self.engagements = {each.advice: each for each in operations.engagements if each.effector in known}
        self.declined = {
            (said.track, said.effector): said for said in operations.declined if said.effector in known
        }
        self.advised = self._advised(t)

    def carry_over(self, old: int, new: int) -> None:
        """Track `old` of before the restart is track `new` now."""
        for ident, engagement in self.engagements.items():
            if engagement.track == old:
                self.engagements[ident] = replace(engagement, track=new)
        for track, effector in [pair for pair in self.declined if pair[0] == old]:
            said = self.declined.pop((track, effector))
            self.declined[new, effector] = replace(said, track=new)
        self._t = None


def _option(advice: Advice, act: acts.Decide) -> Option:
    """What is decided on. Raises NotThereError for no option, ServiceError for one that is not advised."""
    if not act.effector or act.effector == advice.option.effector:
        return advice.option
    found = next((other for other in advice.others if other.effector == act.effector), None)
    if found is None:
        names = ", ".join(option.effector for option in (advice.option, *advice.others))
        raise NotThereError(f"{act.effector} is no option of {advice.id}; it has {names}.")
    if act.answer != "accept":
        raise ServiceError(
            f"{found.effector} is not what is advised, so it cannot be {WORDS[Answer(act.answer)]}."
        )
    return found


def _final(advice: Advice) -> Decision | None:
    """The decision that holds; None while there is none."""
    if advice.state not in (AdviceState.ACCEPTED, AdviceState.DECLINED):
        return None
    return next(said for said in advice.history if STATES.get(said.answer) is advice.state)


def _refuse_closed(t: int, card: Card, option: Option) -> None:
    """Raises ServiceError for advice that is over, or an option whose last useful start has passed."""
    advice = card.advice
    if advice.state is AdviceState.WITHDRAWN:
        raise ServiceError(advice.sentence)
    closes = card.t + round(option.closes_s * NS)
    if advice.state not in LIVE or t > closes:
        raise ServiceError(
            f"The last useful start of {option.effector} against track {advice.track} was at "
            f"{clock(closes)} UTC; nothing is left to decide."
        )
