"""A plan as an assignment problem: every effector's channels, one go after the other.

A channel that has dealt with one track is free for the next. Its goes are stages: of effector i the stage k
begins at

    b_ik = ready_i + k · max_j busy_ij

and takes track j if b_ik is not after the last useful start c_ij. Each stage is a weapon of the problem with
as many shots as the effector has channels; all stages of one draw from its magazine. One go at a track in
each stage: the next follows when the look has shown that it is needed, so what a second stage gives the same
track is held ready for it (shoot, look, shoot). Where no look is left before everything closes, several shots
may go at once.

    min  Σ_j w_j s_j Π (1 − p_ij)^x  +  Σ (c_i + σ w_j s_j [i is not what is advised against j now]) x

w_j is what the track may cost, s_j what the shots under way leave of it, σ the part that a change of advice
must be worth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.advise.assignment import assign
from vedette.advise.chances import Arm, Chance
from vedette.advise.config import AdviceConfig
from vedette.advise.problem import Array, Assignment, Ints, Problem, problem

STAGES = 3  # goes of a channel that are planned ahead
MOST_COLUMNS = 20_000  # that are listed for a proof; a plan is made every second


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """W rows: which arm (W,), when each begins (W,) s; and the problem over them and N tracks."""

    arm: Ints
    begins: Array
    problem: Problem

    def solve(self) -> Assignment:
        return assign(self.problem, most_columns=MOST_COLUMNS)


def stages_of(
    arms: Sequence[Arm],
    chances: Sequence[Sequence[Chance]],
    cost: Array,
    *,
    waits: Sequence[bool],
    last: Sequence[bool],
    before: Sequence[str | None],
    config: AdviceConfig,
) -> Stages:
    """The problem of one plan.

    cost    (N,) what each track may cost, by what is under way already lessened
    waits   tracks that nothing is shot at now
    last    tracks whose last chance it is, so that several shots may go at once
    before  the effector of the advice there is against each
    """
    rows = [
        (i, begin, cap)
        for i, arm in enumerate(arms)
        for begin, cap in _stages(arm, [c for c, wait in zip(chances[i], waits, strict=True) if not wait])
    ]
    arm = np.array([i for i, _, _ in rows], np.int64)
    begins = np.array([begin for _, begin, _ in rows])
    shape = (len(rows), len(cost))
    kill, most, spend, takes = (
        np.zeros(shape),
        np.zeros(shape, np.int64),
        np.zeros(shape),
        np.ones(shape, np.int64),
    )
    for r, (i, begin, cap) in enumerate(rows):
        for n, chance in enumerate(chances[i]):
            if chance.usable and not waits[n] and begin <= chance.window.closes_s:
                kill[r, n] = chance.kill
                most[r, n] = min(cap, _at_once(chance, config)) if last[n] else 1
                spend[r, n] = arms[i].salvo * arms[i].effector.config.cost
                if (
                    before[n] is not None
                    and before[n] != arms[i].name
                    and _stands(arms, chances, before[n], n)
                ):
                    spend[r, n] += config.switching * cost[n]
        takes[r] = arms[i].salvo
    counted = [i for i, each in enumerate(arms) if each.rounds is not None]
    of = np.array([counted.index(i) if i in counted else -1 for i in arm.tolist()], np.int64)
    rounds = [arms[i].rounds or 0 for i in counted]
    shots = np.array([cap for _, _, cap in rows], np.int64)
    return Stages(
        arm, begins, problem(cost, kill, shots, most=most, cost=spend, of=of, rounds=rounds, takes=takes)
    )


def _stages(arm: Arm, chances: Sequence[Chance]) -> list[tuple[float, int]]:
    """(begin, goes) of each stage of one effector."""
    usable = [chance for chance in chances if chance.usable]
    if not usable:
        return []
    cycle = max(arm.busy(chance.window) for chance in usable)
    end = max(chance.window.closes_s for chance in usable)
    count = min(int(max(end - arm.ready, 0.0) // cycle) + 1 if cycle > 0.0 else STAGES, STAGES)
    goes = [max(arm.state.free // arm.salvo, 1)] + [max(arm.state.channels // arm.salvo, 1)] * (count - 1)
    if not arm.effector.repeats:
        return [(arm.ready, sum(goes))]
    return [(arm.ready + k * cycle, each) for k, each in enumerate(goes)]


def _at_once(chance: Chance, config: AdviceConfig) -> int:
    """Goes at a track whose last chance it is; what is shot in salvoes is already."""
    arm = chance.arm
    if not arm.effector.repeats or arm.salvo > 1:
        return 1
    return max(min(config.salvo, config.most), 1)


def _stands(arms: Sequence[Arm], chances: Sequence[Sequence[Chance]], name: str | None, n: int) -> bool:
    """Whether what is advised now could still be done."""
    return any(arm.name == name and chances[i][n].usable for i, arm in enumerate(arms))


def spare(stages: Stages, found: Assignment) -> list[bool]:
    """(W,) which rows have a go left."""
    p, x = stages.problem, found.shots
    left = p.rounds - p.taken(x)
    return [
        bool(p.shots[r] > x[r].sum() and (p.of[r] < 0 or left[p.of[r]] >= p.takes[r].max(initial=0)))
        for r in range(len(p.shots))
    ]


def nothing_left(stages: Stages, found: Assignment, n: int) -> bool:
    """Whether nothing is planned against track n although something could be, had it shots to spare."""
    some = np.flatnonzero(stages.problem.most[:, n] > 0)
    free = spare(stages, found)
    return bool(len(some)) and not found.shots[:, n].any() and not any(free[r] for r in some)
