"""From an assignment to proposals: for each track what comes first, and when its turn is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from vedette.advise.chances import Arm, Chance
from vedette.advise.planned import Proposal
from vedette.advise.problem import Array, Assignment
from vedette.advise.queue import Use
from vedette.advise.reasons import refused, sentence, worth
from vedette.advise.stages import Stages
from vedette.advise.window import Window
from vedette.types.advice import Option, Threat

Again = Callable[[int, int, float, float], Window]  # arm, track, ready, over by (s)
Turn = tuple[int, Window]  # goes at once, and when


class Draft:
    """What one assignment comes to.

    chosen  track's place → (arm, shots), what is proposed
    kept    places of tracks against which that is advised already
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
        self.kept = {n for n, (i, _) in self.chosen.items() if before.get(tracks[n]) == arms[i].name}
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
        """Let those that share an effector have their turns, what closes first first (Jackson 1955).

        Where one that is advised already would lose its turn so, those come first, if no more is lost by it:
        what closes when sways from plan to plan.
        """
        for i in range(len(self.arms)):
            mine = sorted((n for n, (j, _) in self.chosen.items() if j == i), key=self._due)
            turns = self._turns(i, mine, again)
            if any(n in self.kept for n in mine if n not in turns):
                kept_first = sorted(mine, key=lambda n: n not in self.kept)
                turns = min(turns, self._turns(i, kept_first, again), key=partial(self._lost, mine))
            for n in mine:
                if n not in turns:
                    del self.chosen[n], self._at[n]
                    self.late.add(n)
                    continue
                goes, window = turns[n]
                self.chosen[n] = i, goes
                if window is not self._at[n].window:
                    self._at[n] = replace(self._at[n], window=window)

    def _turns(self, i: int, order: Sequence[int], again: Again) -> dict[int, Turn]:
        """The turns of tracks on one effector, given in this order; without those that find none."""
        uses, turns = list(self.arms[i].uses), {}
        for n in order:
            found = self._turn(i, n, uses, again)
            if found is not None:
                turns[n] = found
                uses.append(self.arms[i].use(found[1], found[0] * self.chances[i][n].shots))
        return turns

    def _lost(self, wanted: Sequence[int], turns: Mapping[int, Turn]) -> float:
        """What the tracks may cost that find no turn."""
        return float(sum(self.stages.problem.weight[n] for n in wanted if n not in turns))

    def objective(self) -> float:
        """What the assignment is expected to cost with the turns that there are."""
        p, x = self.stages.problem, self.found.shots.copy()
        if not self.late and all(self._at[n] is self.chances[i][n] for n, (i, _) in self.chosen.items()):
            return self.found.objective
        x[:, list(self.late)] = 0
        kill = p.kill.copy()
        for n, (i, _) in self.chosen.items():
            kill[i, n] = min(kill[i, n], self._at[n].kill)  # the bound knows of no better turn
        return replace(p, kill=kill).value(x)

    def _due(self, n: int) -> tuple[float, float, int]:
        window = self._at[n].window
        return window.closes_s, window.start_s, n

    def _turn(self, i: int, n: int, uses: Sequence[Use], again: Again) -> Turn | None:
        """The turn of what is planned against track n, with fewer goes at once where that many find none."""
        anew, chance = partial(again, i, n), self.chances[i][n]
        for goes in range(self.chosen[n][1], 0, -1):
            window = self.arms[i].turn(chance.window, goes * chance.shots, uses, anew)
            if window is not None:
                return goes, window
        return None

    def _shots(self, n: int) -> int:
        i, goes = self.chosen[n]
        return goes * self.chances[i][n].shots

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
        i, _ = self.chosen[n]
        option = self._at[n].option(self._shots(n))
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
        options = [chance.option(chance.shots) for chance in usable]
        return tuple(sorted(options, key=lambda option: (-worth(option, cost), option.effector)))
