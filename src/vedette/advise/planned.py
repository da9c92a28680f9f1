"""What a plan is: threats by urgency, and for each that something can be done against, what and why."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.types.advice import Option, Refused, Threat


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a plan would do against one track. Times count from the plan's.

    option     what is proposed; `others` could be done instead, the best first
    refused    every other effector and why it is not proposed, those of `others` among them
    uncovered  tracks that nothing is left for if this is done
    sentence   what, until when and how surely, and why this rather than the next best
    """

    track: int
    threat: Threat
    option: Option
    others: tuple[Option, ...]
    refused: tuple[Refused, ...]
    uncovered: tuple[int, ...]
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan: `threats` by rank, `proposals` in the same order, at most one for a track.

    closed     (track, effector) whose window has passed, or whose track has left its reach
    objective  what is expected to be lost and spent, and what the changes of advice count for
    bound      no assignment of these shots comes to less
    gap        what might still be saved, as a part of the objective
    """

    threats: tuple[Threat, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    closed: frozenset[tuple[int, str]] = frozenset()
    objective: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
