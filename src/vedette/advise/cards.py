"""The life of advice: made, held, accepted, declined, expired or withdrawn; each step with who and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vedette.advise.answered import WORDS, no_such
from vedette.advise.planned import Planned, Proposal
from vedette.clock import NS
from vedette.types import Advice, AdviceState, Answer, Decision, Option, Threat
from vedette.types.advice import Between

KEPT = 60 * NS  # ns for which advice that is over stays on the list
EARLY = 10 * NS  # ns by which a window may close earlier than was thought
MOST_DECISIONS = 50  # on one card; the log and the recording have them all
LIVE = (AdviceState.OPEN, AdviceState.HELD)


@dataclass(slots=True)
class Card:
    """One piece of advice. Its relative times count from t (ns UTC).

    over   when it ended; None while it lives
    quiet  until then it is held
    """

    advice: Advice
    t: int
    over: int | None = None
    quiet: int = 0


class Cards:
    """Every piece of advice that lives or has ended lately. `counters`: made, expired, withdrawn, held…"""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter(made=0, expired=0, withdrawn=0)
        self.cards: dict[str, Card] = {}
        self._numbers: dict[tuple[int, str], int] = {}

    def live(self) -> Mapping[int, Card]:
        """Track → the card that can be answered."""
        return {card.advice.track: card for card in self.cards.values() if card.over is None}

    def find(self, advice: str) -> Card:
        """The card of that id. Raises NotThereError when there is none, or not any more."""
        found = self.cards.get(advice)
        if found is None:
            raise no_such(advice)
        return found

    # -------------------------------------------------------------------------- the plan

    def take(self, t: int, planned: Planned, present: Iterable[int]) -> tuple[Decision, ...]:
        """Take over a plan of t (ns UTC). Returns the answers that nobody gave in time."""
        proposals = {proposal.track: proposal for proposal in planned.proposals}
        threats = {threat.track: threat for threat in planned.threats}
        here, lapsed = set(present), []
        for track, card in self.live().items():
            proposal = proposals.get(track)
            if proposal is not None and proposal.option.effector == card.advice.option.effector:
                self._renew(t, card, proposals.pop(track))
            elif t >= card.advice.t_closes - (EARLY if pair_of(card.advice) in planned.closed else 0):
                lapsed.append(self._expire(t, card))
            else:
                why = why_not(card.advice, proposal, threats.get(track), track in here)
                self._withdraw(t, card, why)
        for proposal in proposals.values():
            self._make(t, proposal)
        self._forget(t, here)
        return tuple(lapsed)

    def _renew(self, t: int, card: Card, proposal: Proposal) -> None:
        """The same advice with the numbers of now; what was held long enough comes back to notice."""
        state = card.advice.state
        if state is AdviceState.HELD and t >= card.quiet:
            state = AdviceState.OPEN
        card.t, card.advice = t, replace(card.advice, state=state, **content(t, proposal))

    def _make(self, t: int, proposal: Proposal) -> None:
        pair = proposal.track, proposal.option.effector
        self._numbers[pair] = number = self._numbers.get(pair, 0) + 1
        ident = f"{proposal.track}-{proposal.option.effector}-{number}"
        advice = Advice(
            id=ident, track=proposal.track, state=AdviceState.OPEN, t_made=t, **content(t, proposal)
        )
        self.cards[ident] = Card(advice, t)
        self.counters["made"] += 1

    def _expire(self, t: int, card: Card) -> Decision:
        """No answer is an outcome too."""
        sentence = f"Nobody answered in time. {card.advice.sentence}"
        nobody = decision(t, card, card.advice.option, Answer.NONE)
        card.advice = replace(self.answer(card, nobody, AdviceState.EXPIRED), sentence=sentence)
        return nobody

    def _withdraw(self, t: int, card: Card, why: str) -> None:
        card.advice, card.over = replace(card.advice, state=AdviceState.WITHDRAWN, sentence=why), t
        self.counters["withdrawn"] += 1

    def _forget(self, t: int, here: set[int]) -> None:
        """What has been over for long, and how often a track that is gone was advised on."""
        for ident, card in list(self.cards.items()):
            if card.over is not None and t - card.over >= KEPT:
                del self.cards[ident]
        known = here | {card.advice.track for card in self.cards.values()}
        for pair in [pair for pair in self._numbers if pair[0] not in known]:
            del self._numbers[pair]

    # ---------------------------------------------------------------------- what is said

    def answer(self, card: Card, decision: Decision, state: AdviceState) -> Advice:
        """Enter what somebody said, and where the advice stands from then on."""
        history = (*card.advice.history, decision)[-MOST_DECISIONS:]
        card.advice = replace(card.advice, state=state, history=history)
        if state not in LIVE:
            card.over = decision.t if card.over is None else card.over
        self.counters[WORDS[decision.answer]] += 1
        return card.advice

    def add(self, card: Card, late: Decision) -> Advice:
        """Show what somebody said when it was decided already; it changes nothing."""
        card.advice = replace(card.advice, history=(*card.advice.history, late))
        self.counters["late"] += 1
        return card.advice

    def listed(self, t: int) -> tuple[Advice, ...]:
        """All of them, their times counted from t (ns UTC): by urgency, then what is over, newest first."""
        live = sorted(self.live().values(), key=lambda card: (card.advice.threat.rank, card.advice.id))
        over = [card for card in self.cards.values() if card.over is not None]
        over.sort(key=lambda card: (-(card.over or 0), card.advice.id))
        return tuple(since(card.advice, (t - card.t) / NS) for card in (*live, *over))


def decision(
    t: int, card: Card, option: Option, answer: Answer, *, by: str = "", proof: str = "", note: str = ""
) -> Decision:
    """An answer at t (ns UTC) about one of the options of a card, as that stands there."""
    return Decision(
        t=t, advice=card.advice.id, track=card.advice.track, effector=option.effector,
        answer=answer, by=by, proof=proof, note=note, shots=option.shots,
        t_order=card.t + round(option.start_s * NS), t_intercept=card.t + round(option.intercept_s[1] * NS),
    )  # fmt: skip


def content(t: int, proposal: Proposal) -> dict[str, Any]:
    """What a proposal of t (ns UTC) puts on a card."""
    return {
        "t_closes": t + round(proposal.option.closes_s * NS),
        "threat": proposal.threat,
        "option": proposal.option,
        "others": proposal.others,
        "refused": proposal.refused,
        "uncovered": proposal.uncovered,
        "sentence": proposal.sentence,
    }


def pair_of(advice: Advice) -> tuple[int, str]:
    """What it advises against which track."""
    return advice.track, advice.option.effector


def why_not(advice: Advice, instead: Proposal | None, threat: Threat | None, here: bool) -> str:
    """Why advice is withdrawn."""
    if not here:
        return f"Withdrawn: track {advice.track} is gone."
    if instead is not None:
        return f"Withdrawn: {instead.option.effector} is advised instead of {advice.option.effector}."
    if threat is None:
        return f"Withdrawn: track {advice.track} is no threat any more."
    return f"Withdrawn: nothing is advised any more. {threat.sentence}"


def since(advice: Advice, s: float) -> Advice:
    """Advice with its relative times counted from s seconds later."""
    if s == 0.0:
        return advice
    return replace(
        advice,
        threat=threat_since(advice.threat, s),
        option=option_since(advice.option, s),
        others=tuple(option_since(other, s) for other in advice.others),
    )


def option_since(option: Option, s: float) -> Option:
    return replace(
        option,
        opens_s=option.opens_s - s,
        closes_s=option.closes_s - s,
        start_s=option.start_s - s,
        intercept_s=earlier(option.intercept_s, s),
    )


def threat_since(threat: Threat, s: float) -> Threat:
    """A threat with its relative times counted from s seconds later."""
    slack, arrival = threat.slack_s, threat.arrival_s
    return replace(
        threat,
        slack_s=None if slack is None else slack - s,
        arrival_s=None if arrival is None else earlier(arrival, s),
    )


def earlier(times: Between, s: float) -> Between:
    low, middle, high = times
    return low - s, middle - s, high - s
