"""A plan as an assignment problem: every effector's channels, one go after the other.

A channel that has dealt with one track is free for the next. Its goes are stages: of effector i the stage k
begins at

    b_ik = ready_i + k · max_j busy_ij

and is of use against track j if b_ik is not after the last useful start c_ij; d_ij stages are. With C_ik goes
in the first k stages, as many as there are channels in each and no more than there are rounds, a set of goes
fits if of the tracks with d_ij ≤ k no more than C_ik are dealt with (earliest due date first, Jackson 1955):

    min  Σ_j w_j s_j Π_i (1 − p_ij)^x_ij  +  Σ_ij (c_i + σ w_j s_j [i is not what is advised against j]) x_ij
    with Σ_{j: d_ij ≤ k} x_ij ≤ C_ik  for every k,    x_ij ≤ d_ij

w_j is what the track may cost, s_j what the shots under way leave of it, σ the part that a change of advice
must be worth; and a track that something is advised against counts for 1 + 5 σ, so that it is not given up
for another that is worth as much, give or take what the estimates sway by. In a stage there is one go at a
track: the next follows when the look has shown that it is needed, so that more than one are held ready for it
(shoot, look, shoot). Where no look is left before everything closes, several may go at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.advise.assignment import assign
from vedette.advise.chances import Arm, Chance, closing
from vedette.advise.config import AdviceConfig
from vedette.advise.problem import Array, Assignment, Ints, Problem, problem

Bools = NDArray[np.bool_]

URGENT = 1e-4  # of what a track may cost: of equals, what closes first comes first
KEEPS = 5.0  # times `switching`: the part by which a track counts for more that something is advised against
STAGES = 3  # goes of a channel that are planned ahead
MOST_COLUMNS = 3_000  # that are listed for a proof; beyond them a gap stays: a plan is made every second


@dataclass(frozen=True, slots=True, eq=False)
class Stages:
    """The problem over the arms (W) and N tracks; at_once (W, N) of the goes at a track at one time."""

    problem: Problem
    at_once: Ints

    def solve(self) -> Assignment:
        return assign(self.problem, most_columns=MOST_COLUMNS)

    def spare(self, x: Ints) -> Bools:
        """(W, N) whether an arm has a go left for a track, when x is planned."""
        p = self.problem
        free = (p.most > 0) & (p.shots > x.sum(axis=1))[:, None]
        for i, takes, full in zip(p.of, p.takes, p.taken(x) >= p.rounds, strict=True):
            free[i] &= ~((takes > 0) & full)
        return np.asarray(free)

    def nothing_left(self, x: Ints, n: int) -> bool:
        """Whether nothing is planned against track n although something could be, had it goes to spare."""
        some = bool((self.problem.most[:, n] > 0).any())
        return some and not x[:, n].any() and not self.spare(x)[:, n].any()


def stages_of(
    arms: Sequence[Arm],
    chances: Sequence[Sequence[Chance]],
    cost: Array,
    *,
    waits: Sequence[bool],
    room: Sequence[int],
    before: Sequence[str | None],
    config: AdviceConfig,
) -> Stages:
    """The problem of one plan.

    cost    (N,) what each track may cost, by what is under way already lessened
    waits   tracks that nothing is shot at now
    room    shots that may go at once at each: one, but where it is the last chance
    before  the effector of the advice there is against each
    """
    shape = (len(arms), len(cost))
    kill, depth, spend = np.zeros(shape), np.zeros(shape, np.int64), np.zeros(shape)
    goes, at_once = np.zeros((len(arms), STAGES), np.int64), np.ones(shape, np.int64)
    late = _late(chances, len(cost))
    for i, arm in enumerate(arms):
        usable = [n for n, chance in enumerate(chances[i]) if chance.usable and not waits[n]]
        begins, goes[i] = _stages(arm, [chances[i][n] for n in usable])
        for n in usable:
            kill[i, n] = chances[i][n].kill
            depth[i, n] = max(int((begins <= chances[i][n].window.closes_s).sum()), 1)
            at_once[i, n] = _at_once(arm, config, room[n])
            spend[i, n] = chances[i][n].shots * arm.effector.config.cost + URGENT * late[n] * cost[n]
            if before[n] not in (None, arm.name) and _stands(arms, chances, before[n], n):
                spend[i, n] += config.switching * cost[n]
    repeats = np.array([arm.effector.repeats for arm in arms], bool)[:, None]
    most = np.where(repeats, depth * at_once, np.minimum(depth, 1))
    of, rounds, takes = _deadlines(depth, goes)
    shots = goes[:, -1]
    kept = [not wait and _stands(arms, chances, before[n], n) for n, wait in enumerate(waits)]
    weight = cost * (1.0 + KEEPS * config.switching * np.array(kept, float))
    stated = problem(weight, kill, shots, most=most, cost=spend, of=of, rounds=rounds, takes=takes)
    return Stages(stated, at_once)


def _stages(arm: Arm, chances: Sequence[Chance]) -> tuple[Array, Ints]:
    """When each stage of one effector begins (STAGES,), and how many goes there are up to it (STAGES,)."""
    if not chances:
        return np.zeros(STAGES), np.zeros(STAGES, np.int64)
    cycle = max(arm.busy(chance.window) for chance in chances)
    each = np.array([arm.state.free or 1] + [max(arm.state.channels, 1)] * (STAGES - 1)) // arm.salvo
    goes = np.cumsum(np.maximum(each, 1)).astype(np.int64)
    if arm.rounds is not None:
        goes = np.minimum(goes, arm.rounds // arm.salvo)
    return arm.ready + cycle * np.arange(float(STAGES)), goes


def _deadlines(depth: Ints, goes: Ints) -> tuple[list[int], list[int], list[Ints]]:
    """Of the tracks that only the first k stages can deal with no more than there are goes in those: the arm
    of each limit, the goes, and the tracks (N,)."""
    found = [
        (i, int(goes[i, k - 1]), ((depth[i] > 0) & (depth[i] <= k)).astype(np.int64))
        for i in range(len(depth))
        for k in range(1, STAGES)
        if ((depth[i] > 0) & (depth[i] <= k)).any() and goes[i, k - 1] < goes[i, -1]
    ]
    return [i for i, _, _ in found], [count for _, count, _ in found], [tracks for _, _, tracks in found]


def _late(chances: Sequence[Sequence[Chance]], N: int) -> Array:
    """(N,) 0 for a track against which everything closes now, up to 1 for the last."""
    ends = np.array([closing(chances, n) or 0.0 for n in range(N)])
    return np.asarray(ends / max(float(ends.max(initial=0.0)), 1.0))


def _at_once(arm: Arm, config: AdviceConfig, room: int) -> int:
    """Goes in one stage at a track whose last chance it is; what is shot in salvoes is several already."""
    return 1 if arm.salvo > 1 else max(min(config.salvo, room, arm.state.free or arm.state.channels), 1)


def _stands(arms: Sequence[Arm], chances: Sequence[Sequence[Chance]], name: str | None, n: int) -> bool:
    """Whether what is advised now could still be done."""
    return any(arm.name == name and chances[i][n].usable for i, arm in enumerate(arms))
