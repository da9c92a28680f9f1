"""What a rule would do with the tracks of now, before anybody makes it one: judged alike, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vedette.assess.approach import Array, Entries
from vedette.assess.evidence import duration, evidence
from vedette.assess.friends import Friends
from vedette.assess.ledger import Case, Ledger
from vedette.assess.rule import Rule
from vedette.clock import seconds
from vedette.types import Evidence, Status, Track

MOST = 200  # tracks that are told of one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One track under the rule.

    calls     an alert would be raised once this has held for the rule's `confirm_s`; or stays open
    why       why not, each reason in words; empty where it calls
    evidence  the numbers, and the sentence that an alert would say
    alert     id of the open alert that a rule of this name has about it already
    """

    track: int
    calls: bool
    why: tuple[str, ...]
    evidence: Evidence
    alert: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A rule at data time t (ns UTC).

    tracks     that were judged; `called` of them it calls, `elsewhere` do not come near within its time
    judged     one by one, at most MOST: those it calls, the soonest first, then others, the likeliest first
    """

    t: int
    rule: Rule
    tracks: int
    called: int
    elsewhere: int
    judged: tuple[Judgement, ...]


class Bench:
    """Judges tracks under one rule as the assessor does, at t (ns UTC).

    heard     states of those whose transponder excuses others, as `Friends.heard` gives them
    """

    def __init__(self, t: int, rule: Rule, friends: Friends, ledger: Ledger, heard: Array) -> None:
        self.t, self.rule, self.friends, self.cases, self.heard = t, rule, friends, ledger.cases, heard
        self._alarming = {number for (number, _), case in ledger.cases.items() if case.open}

    def of(self, tracks: Sequence[Track], x: Array, found: Entries) -> Preview:
        """`x` (N, 6) are their states in level coordinates, `found` where they lead: N tracks, this zone."""
        odds = found.probability[:, 0]
        whys = [tuple(self.objections(track, float(odds[n]))) for n, track in enumerate(tracks)]
        near = [n for n, track in enumerate(tracks) if odds[n] > 0.0 or self._open(track)]
        near.sort(key=lambda n: (bool(whys[n]), found.time[n, 0, 1] if not whys[n] else -odds[n], n))
        judged = tuple(
            Judgement(
                track=tracks[n].id,
                calls=not whys[n],
                why=whys[n],
                evidence=self._evidence(tracks[n], x[n], n, found),
                alert=self._open(tracks[n]),
            )
            for n in near[:MOST]
        )
        return Preview(
            t=self.t,
            rule=self.rule,
            tracks=len(tracks),
            called=sum(not why for why in whys),
            elsewhere=len(tracks) - len(near),
            judged=judged,
        )

    def objections(self, track: Track, p: float) -> Iterator[str]:
        """Why the rule does not call a track that enters with probability p."""
        if excuse := self.friends.excuse(track, self.heard):
            yield excuse
        terms = self.rule.terms
        case = self.cases.get((track.id, self.rule.name), Case())
        if case.open:  # it stays, whatever the rule's conditions, until its cause has gone
            if p < terms.clear and self.t >= case.patient and self.rule.config.clears:
                yield f"it enters with probability {p:.2f}, and below {terms.clear:.2f} its alert is closed"
            return
        yield from self._doubts(track)
        yield from self.rule.objections(self.t, track)
        if p < terms.probability:
            yield f"it enters with probability {p:.2f}, where {terms.probability:.2f} is wanted"
        if self.t < case.silent:
            silent = duration(seconds(case.silent - self.t))
            yield f"somebody closed its alert, which keeps the rule silent about it for {silent} more"

    def _doubts(self, track: Track) -> Iterator[str]:
        alarming = track.id in self._alarming
        if track.status is Status.TENTATIVE and not alarming:
            yield "it is tentative"
        if not self.rule.believes(track, alarming):
            yield f"it exists with {track.existence:.2f}, where {self.rule.terms.existence:.2f} is wanted"
        if not alarming and self.friends.may_be_a_bird(self.t, track):
            yield "it is slow enough for a bird, and nobody who hears drones has heard it"

    def _open(self, track: Track) -> str:
        case = self.cases.get((track.id, self.rule.name))
        return "" if case is None else case.open

    def _evidence(self, track: Track, state: Array, n: int, found: Entries) -> Evidence:
        odds = float(found.probability[n, 0]), float(found.inside[n, 0])
        within = self.rule.terms.within_s
        return evidence(track, self.rule.zone, state, self.t, odds, found.time[n, 0], within)
