"""What was answered to advice, in words: they alone must tell what a person accepted, declined or held."""

from __future__ import annotations

from vedette.clock import iso
from vedette.errors import NotThereError
from vedette.types import Answer, Decision, Engagement

WORDS = {Answer.ACCEPT: "accepted", Answer.DECLINE: "declined", Answer.HOLD: "held", Answer.NONE: "expired"}


def answered(said: Decision) -> str:
    """What was answered, to what, against which track, when that begins and when it meets."""
    return f"{WORDS[said.answer]} {decided_on(said)}"


def unanswered(said: Decision) -> str:
    """That nobody answered, and what to."""
    return f"nobody answered in time: {decided_on(said)}"


def decided_on(said: Decision) -> str:
    """'Gun 1 against track 7, 2 at once, ordered 08:53:31, meeting 08:53:34 UTC (7-Gun 1-1)'."""
    return (
        f"{said.effector} against track {said.track}, {said.shots} at once, ordered {clock(said.t_order)}, "
        f"meeting {clock(said.t_intercept)} UTC ({said.advice})"
    )


def no_such(advice: str) -> NotThereError:
    """That there is no advice of this id, or not any more."""
    return NotThereError(f"There is no advice {advice} now; GET /api/advice lists what there is.")


def engaged_friend(engagement: Engagement) -> str:
    """What a person must know, and do something about: nothing here calls anything off."""
    return (
        f"track {engagement.track} was engaged ({engagement.shots} of {engagement.effector}), and now "
        f"{engagement.friend}; only a person can call it off"
    )


def clock(t: int) -> str:
    """The time of day of t (ns UTC)."""
    return iso(t)[11:19]
