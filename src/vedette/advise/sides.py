"""Who is threatened by advice, and who must not be: the tracks of a picture by whose they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from vedette.assess.friends import HEARD, NAMES, beside
from vedette.assess.standing import AFFILIATION, affiliation
from vedette.types import Alert, AlertState, Status, Track
from vedette.types.acts import Affiliation

OURS = (Affiliation.FRIEND, Affiliation.NEUTRAL)


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """threats  believed, with an open alert, nobody's friend; in the order of their states
    named    per threat: what it calls itself, or who flies beside it; nothing is done against those
    friends  own and cooperative aircraft, to be kept clear of
    """

    threats: tuple[Track, ...]
    named: tuple[str, ...]
    friends: tuple[Track, ...]


def sides_of(t: int, tracks: Sequence[Track], alerts: Sequence[Alert]) -> Sides:
    """At t (ns UTC); tracks marked with whose they are.

    Anybody can claim a name. What sends one is kept clear of and not acted against until a person has called
    it hostile: the error that could not be made good again is the other one.
    """
    alarming = {alert.track for alert in alerts if alert.state is not AlertState.CLOSED}
    present, friends = _present(t, tracks)
    threats = sorted(
        (
            track
            for track in present
            if track.id in alarming
            and track.status is not Status.TENTATIVE
            and affiliation(track) not in OURS
        ),
        key=lambda track: tuple(track.estimate.x.tolist()),
    )
    named = tuple(_named(t, track, friends) for track in threats)
    return Sides(tuple(threats), named, tuple(friends))


def friends_among(t: int, tracks: Sequence[Track], numbers: Collection[int]) -> Mapping[int, str]:
    """Of the tracks with these numbers that are there: why each is, or may be, a friend; empty: it is not.

    A name counts however long ago it was said: what has engaged a track does not become right by its silence.
    """
    present, friends = _present(t, tracks)
    return {track.id: _after_all(t, track, friends) for track in present if track.id in numbers}


def _present(t: int, tracks: Sequence[Track]) -> tuple[list[Track], list[Track]]:
    """The tracks that are there, and the friends among them."""
    present = [track for track in tracks if track.status is not Status.DROPPED]
    return present, [track for track in present if _friend(t, track)]


def _after_all(t: int, track: Track, friends: Sequence[Track]) -> str:
    if affiliation(track) in OURS:
        field = track.identity[AFFILIATION]
        return f"it is called {field.value} by the {field.source}"
    said = (track.identity[fact] for fact in NAMES if fact in track.identity)
    return _named(max((field.t for field in said), default=t), track, friends)


def _friend(t: int, track: Track) -> bool:
    """Own or somebody's, or it says who it is and nobody has said that it is an enemy."""
    whose = affiliation(track)
    return whose in OURS or (whose is not Affiliation.HOSTILE and bool(_name(t, track)))


def _name(t: int, track: Track) -> str:
    """What it has called itself lately; empty: nothing."""
    said = ((fact, track.identity.get(fact)) for fact in NAMES)
    return next((str(f.value) for _, f in said if f is not None and t - f.t <= HEARD), "")


def _named(t: int, track: Track, friends: Sequence[Track]) -> str:
    """Why nothing is done against a threat, as far as names go; empty: nothing stands against it."""
    if affiliation(track) is Affiliation.HOSTILE:
        return ""
    if name := _name(t, track):
        return f"it calls itself {name}, and nobody has called it hostile"
    near = next((f for f in friends if beside(track, f.estimate.x[None, :6])), None)
    if near is not None:
        return f"it flies where, and as, track {near.id} does, which is own or cooperative"
    return ""
