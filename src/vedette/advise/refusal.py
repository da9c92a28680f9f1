"""Why an effector has no window against a track: a word, and a sentence with the numbers that decide."""

from __future__ import annotations

import math
from typing import NamedTuple

from vedette.advise.config import AdviceConfig
from vedette.advise.effector import Effector
from vedette.advise.effector_config import JammerConfig
from vedette.advise.envelope import HEIGHT, HOLDS, MASKED, SECTOR
from vedette.advise.paths import Paths
from vedette.advise.shot import LATER, NEVER, Stops
from vedette.advise.sweep import FRIEND, Found
from vedette.types import Hindrance

LEAST = 1e-9  # a kill that is none
NEEDS = {"link": "a link", "gnss": "satellite navigation"}


class Case(NamedTuple):
    """Track `n` of `paths`, for which nothing useful was found."""

    effector: Effector
    paths: Paths
    stops: Stops
    found: Found
    n: int
    ready: float
    config: AdviceConfig
    friends: Paths | None

    @property
    def track(self) -> int:
        return self.paths.tracks[self.n]

    @property
    def horizon(self) -> float:
        return float(self.paths.times[-1])


def refusal(case: Case) -> tuple[Hindrance, str]:
    """The first of these that holds: it would be useful but for what must be kept clear of; it does
    too little to such a target; its channels are busy too long, or it is too late; nothing of the way is in
    reach; it is too unlikely."""
    found, n, least = case.found, case.n, max(case.config.least_kill, LEAST)
    at_most = float(case.stops.expected[n].max())
    if found.best[n] >= least and found.hindered[n]:
        return _kept_clear(case)
    if at_most < least:
        return _class(case, at_most)
    if case.ready >= case.horizon:
        return Hindrance.CHANNEL, f"{case.effector.name} is not ready within {case.horizon:.0f} s."
    if not math.isnan(found.late[n]):
        return _late(case)
    if found.codes[n, HOLDS] == 0:
        return _out_of_reach(case)
    return (
        Hindrance.UNLIKELY,
        f"{case.effector.name} would stop track {case.track} with {_percent(found.best[n])} at best; less "
        f"than {_percent(least)} is not advised.",
    )


def _kept_clear(case: Case) -> tuple[Hindrance, str]:
    name, found, n = case.effector.name, case.found, case.n
    if found.hindered[n] == FRIEND and case.friends is not None:
        friend = case.friends.tracks[found.by_friend[n]]
        where = "its envelope" if case.effector.config.friends == "envelope" else "the line of fire"
        return Hindrance.FRIEND, (
            f"Track {friend}, an own or cooperative aircraft, is or may come within "
            f"{case.config.friend_margin_m:.0f} m of {where} of {name} at every useful start against "
            f"track {case.track}."
        )
    config = case.effector.config
    falls = f", or what falls within {config.fall:.0f} m of where they meet," if config.fall else ""
    over = "a no-fire area" if config.fall_ok or not config.fall else "a no-fire area or a protected asset"
    return Hindrance.NO_FIRE, (
        f"The line of fire of {name} to track {case.track}{falls} would come over {over} at every "
        "useful start."
    )


def _class(case: Case, at_most: float) -> tuple[Hindrance, str]:
    config, least = case.effector.config, max(case.config.least_kill, LEAST)
    if isinstance(config, JammerConfig):
        return Hindrance.CLASS, (
            f"{config.name} works on what depends on {NEEDS[config.on]}; as far as it is known what track "
            f"{case.track} is, that stops it with {_percent(at_most)} at most, less than {_percent(least)}."
        )
    if float(case.stops.expected[case.n].max() / max(case.stops.factor[case.n], LEAST)) >= least:
        return Hindrance.UNLIKELY, (
            f"Where track {case.track} is, is known too coarsely, or the weather is too bad, for "
            f"{config.name}: it would stop it with {_percent(at_most)} at most, less than {_percent(least)}."
        )
    return Hindrance.CLASS, (
        f"{config.name} does little to what track {case.track} probably is: it would stop it with "
        f"{_percent(at_most)} at most, less than {_percent(least)}."
    )


def _late(case: Case) -> tuple[Hindrance, str]:
    last, name = float(case.found.late[case.n]), case.effector.name
    if case.ready > 0.0 and last >= 0.0:
        return Hindrance.CHANNEL, (
            f"{name} is not free for {case.ready:.0f} s; the last useful start against track {case.track} is "
            f"in {last:.0f} s."
        )
    return Hindrance.LATE, (
        f"The last useful start of {name} against track {case.track} was {-last:.0f} s ago."
        if last <= -0.5
        else f"The last useful start of {name} against track {case.track} has just passed."
    )


def _out_of_reach(case: Case) -> tuple[Hindrance, str]:
    config, codes, nearest = case.effector.config, case.found.codes[case.n], float(case.found.nearest[case.n])
    way = f"track {case.track}"
    if nearest > config.range_max:
        return Hindrance.REACH, (
            f"{config.name} reaches {_km(config.range_max)}; {way} comes no nearer than {_km(nearest)} "
            f"in the next {case.horizon:.0f} s."
        )
    if codes[MASKED] and codes[MASKED] >= max(codes[HEIGHT], codes[SECTOR]):
        return Hindrance.MASKED, f"The ground hides {way} from {config.name} wherever it comes within reach."
    if codes[HEIGHT] and codes[HEIGHT] >= codes[SECTOR]:
        return Hindrance.REACH, (
            f"{config.name} acts between {config.height_min:.0f} and {config.height_max:.0f} m above the "
            f"ground; {way} is expected above or below that wherever it comes within reach."
        )
    if codes[SECTOR]:
        return Hindrance.REACH, f"{config.name} cannot point where {way} comes within reach."
    if codes[LATER] or not codes[:NEVER].sum():
        return (
            Hindrance.REACH,
            f"{way[0].upper()}{way[1:]} is where it goes to before {config.name} can reach it.",
        )
    return Hindrance.REACH, (
        f"{config.name} acts from {_km(config.range_min)} to {_km(config.range_max)}; it meets {way} "
        f"outside that in the next {case.horizon:.0f} s."
    )


def _km(distance: float) -> str:
    return f"{distance:.0f} m" if distance < 1000.0 else f"{distance / 1e3:.1f} km"


def _percent(p: float) -> str:
    return f"{100.0 * p:.0f} %"
