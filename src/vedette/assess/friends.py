"""Who never alarms, and who may be a bird: what is looked at before any zone is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from vedette.assess.approach import Array
from vedette.assess.config import AlertConfig
from vedette.assess.standing import affiliation, plain
from vedette.clock import NS
from vedette.types import Status, Track
from vedette.types.acts import Affiliation

HEARD = 60 * NS  # so long a transponder's report counts
BESIDE, ALIKE = 200.0, 20.0  # m and m/s within which a track is another one of the same aircraft
FAST_FOR = 10 * NS  # so long a track must have been faster than birds
NAMES = ("icao24", "callsign", "remote_id")  # claims that the allow list is compared with


class Friends:
    """Leaves out friends, those on the allow list and, where the site says so, all with a transponder."""

    def __init__(self, config: AlertConfig) -> None:
        self.config = config
        self._allow = frozenset(plain(name) for name in config.allow)
        self._proof = frozenset(config.drone_proof)
        self._fast: dict[int, int] = {}

    def others(self, t: int, tracks: Sequence[Track]) -> list[Track]:
        """The tracks that may alarm, at t (ns UTC)."""
        heard = self.heard(t, tracks)
        present = [track for track in tracks if not self.excuse(track, heard)]
        self._note_speeds(t, present)
        return present

    def excuse(self, track: Track, heard: Array) -> str:
        """Why a track never alarms, in words, beside those `heard`; empty where it may."""
        if track.status is Status.DROPPED:
            return "it is gone"
        if affiliation(track) is Affiliation.FRIEND:
            return "it is a friend"
        if self._allowed(track):
            return "it names itself as the site's allow list does"
        if len(heard) and beside(track, heard):
            return "it flies with a transponder, which the site lets pass"
        return ""

    def heard(self, t: int, tracks: Sequence[Track]) -> Array:
        """States (H, 6) of the tracks whose transponder was heard lately, where that excuses them."""
        if not self.config.allow_transponders:
            return np.empty((0, 6))
        said = ((track, track.identity.get("icao24")) for track in tracks)
        found = [track.estimate.x[:6] for track, name in said if name is not None and t - name.t <= HEARD]
        return np.array(found).reshape(-1, 6)

    def _allowed(self, track: Track) -> bool:
        if not self._allow:
            return False
        names = (track.identity.get(fact) for fact in NAMES)
        return any(name is not None and plain(str(name.value)) in self._allow for name in names)

    def _note_speeds(self, t: int, present: Sequence[Track]) -> None:
        """Since when each track has been surely faster than a bird."""
        if self.config.bird_speed == 0.0:
            return
        fast = {track.id for track in present if surely(track) > self.config.bird_speed}
        self._fast = {number: self._fast.get(number, t) for number in fast}

    def may_be_a_bird(self, t: int, track: Track) -> bool:
        """Not surely fast for some time, heard by nobody who hears no birds, and called hostile by nobody.

        In a flock a track may leap from bird to bird, which looks fast, but not for long.
        """
        if self.config.bird_speed == 0.0 or self.proven(track):
            return False
        return t - self._fast.get(track.id, t) < FAST_FOR

    def proven(self, track: Track) -> bool:
        """Whether its speed does not matter: a sensor that hears no birds has heard it, or it is hostile."""
        return not self._proof.isdisjoint(track.contributors) or affiliation(track) is Affiliation.HOSTILE


def surely(track: Track) -> float:
    """m/s over ground that it has at the least: two standard deviations below what is estimated."""
    v, P = track.estimate.x[3:5], track.estimate.P[3:5, 3:5]
    speed = float(np.hypot(*v))
    spread = math.sqrt(max(float(v @ P @ v), 0.0)) / speed if speed > 0.0 else 0.0
    return speed - 2.0 * spread


def beside(track: Track, heard: Array) -> bool:
    """Whether it flies where, and as, an aircraft does whose transponder is heard: it is that aircraft."""
    apart = np.abs(heard - track.estimate.x[:6])
    near = np.hypot(apart[:, 0], apart[:, 1]) <= BESIDE
    return bool((near & (np.hypot(apart[:, 3], apart[:, 4]) <= ALIKE)).any())
