"""From an assignment to proposals: for each track what comes first, and when its turn is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from vedette.advise.chances import Arm, Chance
from vedette.advise.planned import Proposal
from vedette.advise.problem import Array, Assignment
from vedette.advise.queue import Go, begin
from vedette.advise.reasons import refused, sentence, worth
from vedette.advise.stages import Stages
from vedette.advise.window import Window
from vedette.types.advice import Option, Threat

NOW = 0.5  # s: a start within it is now
Again = Callable[[int, int, float], Window]


class Draft:
    """What one assignment comes to.

    chosen  track's place → (arm, shots), what is proposed
    late    places of tracks whose turn would come too late
    """

    def __init__(
        self,
        arms: Sequence[Arm],
        chances: Sequence[Sequence[Chance]],
        stages: Stages,
        found: Assignment,
        before: Mapping[int, str],
        tracks: Sequence[int],
    ) -> None:
        self.arms, self.chances, self.stages, self.found = arms, chances, stages, found
        self.tracks = tuple(tracks)
        self.chosen = self._firsts(before)
        self.late: set[int] = set()
        self._at: dict[int, Chance] = {n: chances[i][n] for n, (i, _) in self.chosen.items()}

    def _firsts(self, before: Mapping[int, str]) -> dict[int, tuple[int, int]]:
        """Of what is planned against each track what is advised already, or else what begins first."""
        x, chosen = self.found.shots, {}
        for n, track in enumerate(self.tracks):
            rows = np.flatnonzero(x[:, n])
            if len(rows):
                i = min(rows, key=lambda i: self._precedence(int(i), n, before.get(track)))
                chosen[n] = int(i), self._goes(int(i), n)
        return chosen

    def _precedence(self, i: int, n: int, before: str | None) -> tuple[bool, float, float, int]:
        chance = self.chances[i][n]
        return chance.arm.name != before, chance.window.start_s, -chance.kill, i

    def _goes(self, i: int, n: int) -> int:
        """Goes at once: what is planned beyond one is for after the look, unless there is none."""
        return min(int(self.found.shots[i, n]), int(self.stages.at_once[i, n]))

    # ------------------------------------------------------------------- whose turn

    def settle(self, again: Again) -> None:
        """Let those that share an effector have their turns; what must wait gets a new window."""
        for i, arm in enumerate(self.arms):
            mine = [n for n, (j, _) in self.chosen.items() if j == i]
            if len(mine) < 2:
                continue
            turns = begin([self._go(i, n) for n in mine], arm.state.free, arm.state.channels, arm.ready)
            for n in mine:
                self._turn(i, n, turns.get(n), again)

    def _go(self, i: int, n: int) -> Go:
        window = self.chances[i][n].window
        return Go(n, window.opens_s, window.closes_s, self.arms[i].busy(window))

    def _turn(self, i: int, n: int, start: float | None, again: Again) -> None:
        window = self.chances[i][n].window
        if start is not None and start <= window.opens_s + NOW:
            return
        later = None if start is None else again(i, n, start)
        if later is None or later.why is not None:
            del self.chosen[n], self._at[n]
            self.late.add(n)
        else:
            self._at[n] = replace(self._at[n], window=later)

    # ---------------------------------------------------------------- what is said

    def proposals(self, threats: Sequence[Threat], cost: Array) -> tuple[Proposal, ...]:
        """In the order of the threats; cost (N,) is what each may cost still."""
        place = {track: n for n, track in enumerate(self.tracks)}
        engaged = self._engaged()
        alone = {n for n in range(len(self.tracks)) if n in self.late or self._left_out(n)}
        return tuple(
            self._proposal(place[threat.track], threat, float(cost[place[threat.track]]), engaged, alone)
            for threat in threats
            if place[threat.track] in self.chosen
        )

    def _left_out(self, n: int) -> bool:
        return n not in self.chosen and self.stages.nothing_left(self.found.shots, n)

    def _engaged(self) -> dict[str, list[int]]:
        """Effector without a go to spare → the tracks that it is planned against."""
        free = self.stages.spare(self.found.shots)
        return {
            arm.name: [self.tracks[n] for n in np.flatnonzero(self.found.shots[i])]
            for i, arm in enumerate(self.arms)
            if not free[i].any()
        }

    def _proposal(
        self, n: int, threat: Threat, cost: float, engaged: Mapping[str, Sequence[int]], alone: set[int]
    ) -> Proposal:
        i, goes = self.chosen[n]
        option = self._at[n].option(goes * self.arms[i].salvo)
        others = self._others(n, i, cost)
        here = {each: [k for k in tracks if k != threat.track] for each, tracks in engaged.items()}
        rows = np.flatnonzero(self.found.shots[:, n])
        in_hand = frozenset(self.arms[j].name for j in map(int, rows) if j != i)
        mine = [row[n] for row in self.chances]
        why = refused(mine, option, {each.effector: each for each in others}, here, in_hand, cost)
        uncovered = tuple(sorted(self.tracks[m] for m in alone if self.chances[i][m].usable))
        return Proposal(
            track=threat.track,
            threat=threat,
            option=option,
            others=others,
            refused=why,
            uncovered=uncovered,
            sentence=sentence(threat.track, option, others, why, uncovered),
        )

    def _others(self, n: int, advised: int, cost: float) -> tuple[Option, ...]:
        """What could be done instead, what saves most first."""
        usable = [row[n] for i, row in enumerate(self.chances) if i != advised and row[n].usable]
        options = [chance.option(chance.arm.salvo) for chance in usable]
        return tuple(sorted(options, key=lambda option: (-worth(option, cost), option.effector)))
