"""Why this and not something else: the sentences of a proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from vedette.advise.chances import Chance
from vedette.assess.evidence import duration
from vedette.types.advice import Hindrance, Option, Refused

PHRASES = {
    Hindrance.REACH: "cannot reach it",
    Hindrance.MASKED: "cannot see it",
    Hindrance.NO_FIRE: "must not act there",
    Hindrance.FRIEND: "would endanger a friend",
    Hindrance.CLASS: "would do little to it",
    Hindrance.ROUNDS: "without rounds",
    Hindrance.CHANNEL: "busy too long",
    Hindrance.LATE: "too late",
    Hindrance.UNLIKELY: "too unlikely to stop it",
    Hindrance.DECLINED: "declined",
}
ALIKE = 0.01  # of probability: no difference to speak of


def nothing(chances: Sequence[Chance]) -> str:
    """Why nothing can be done against a track: how many effectors each thing hinders, the most first."""
    counts = Counter(chance.why for chance in chances if chance.why is not None)
    if len(chances) == 1 and chances[0].why is not None:
        return chances[0].sentence.rstrip(".")
    words = [f"{count} {PHRASES.get(why, why.value)}" for why, count in counts.most_common()]
    return f"of {len(chances)} effectors {', '.join(words)}" if words else "there is no effector"


def worth(option: Option, cost: float) -> float:
    """What an option is expected to save of what its track may cost."""
    return cost * option.kill[1] - option.cost


def refused(
    chances: Sequence[Chance],
    advised: Option,
    others: Mapping[str, Option],
    engaged: Mapping[str, Sequence[int]],
    in_hand: frozenset[str],
    cost: float,
) -> tuple[Refused, ...]:
    """Every effector but the advised one, and why, in the order of the site.

    others   the options that there are besides
    engaged  effector → tracks that it is planned against, where it has nothing to spare
    in_hand  effectors that are kept for this track, should the first go fail
    """
    found = []
    for chance in chances:
        name = chance.arm.name
        if name == advised.effector:
            continue
        if chance.why is not None:
            found.append(Refused(effector=name, why=chance.why, sentence=chance.sentence))
        else:
            why, sentence = _usable(others[name], advised, engaged.get(name, ()), name in in_hand, cost)
            found.append(Refused(effector=name, why=why, sentence=sentence))
    return tuple(found)


def _usable(
    other: Option, advised: Option, engaged: Sequence[int], in_hand: bool, cost: float
) -> tuple[Hindrance, str]:
    """Why something that could be done is not what is advised."""
    if in_hand:
        return Hindrance.LESS, f"{other.effector} is planned against it too, after {advised.effector}."
    if engaged:
        which = " and ".join(f"track {number}" for number in engaged)
        return Hindrance.ELSEWHERE, f"{other.effector} does more good against {which}."
    return Hindrance.LESS, f"{other.effector} {_beside(other, advised, cost)}."


def _beside(other: Option, advised: Option, cost: float) -> str:
    """What speaks for the advised one beside another that could be used."""
    less = advised.kill[1] - other.kill[1]
    dearer = other.cost - advised.cost
    if less > ALIKE:
        also = f", and costs {other.cost:g} instead of {advised.cost:g}" if dearer > 0.0 else ""
        return f"would stop it with {percent(other.kill[1])} instead of {percent(advised.kill[1])}{also}"
    if dearer > 0.0:
        gain = f" for {percent(-less)} more" if -less > ALIKE else ""
        return f"costs {other.cost:g} instead of {advised.cost:g}{gain}"
    if worth(other, cost) > worth(advised, cost) + ALIKE * cost:
        return (
            "would do a little more here, too little to change what is advised or what is planned elsewhere"
        )
    return "would do no better"


def sentence(
    track: int, option: Option, others: Sequence[Option], why: Sequence[Refused], uncovered: Sequence[int]
) -> str:
    """What, until when and how surely; what it leaves uncovered; the next best and what speaks against it."""
    shots = f"{option.shots} shots of {option.effector}" if option.shots > 1 else option.effector
    low, middle, high = option.kill
    start = f"start within {duration(option.closes_s)}"
    if option.opens_s >= 0.5:
        start = f"start in {duration(option.opens_s)} at the earliest, within {duration(option.closes_s)}"
    said = (
        f"Track {track}: {shots}; {start}; stops it with {percent(middle)} ({percent(low)} to "
        f"{percent(high)}), they meet in {duration(option.intercept_s[1])}."
    )
    if uncovered:
        names = ", ".join(str(number) for number in uncovered)
        said += f" Nothing is left then for track{'s' if len(uncovered) > 1 else ''} {names}."
    if not others:
        return said + " There is nothing else to do it with."
    reasons = {each.effector: each.sentence for each in why}
    return (
        said
        + f" Next best: {others[0].effector}, {percent(others[0].kill[1])}. {reasons[others[0].effector]}"
    )


def percent(p: float) -> str:
    """Never a certainty."""
    return f"{100.0 * min(max(p, 0.0), 0.99):.0f} %"
