"""What has been shown to people: track numbers, confirmations and goodbyes.

A late scan makes the tracker compute the last seconds again. Numbers that somebody has seen must outlive
that, so they are kept here by the report that each target began with, not in the state that is rolled back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vedette.types import Status, Track

Birth = tuple[int, int]  # time (ns UTC) and label of the first report


@dataclass(slots=True)
class Shown:
    """Numbers run from 1, or above `before`, and are never used twice; a target that is computed again keeps
    its number. `numbers` counts those given."""

    numbers: int = 0
    before: int = 0
    confirmations: int = 0
    _ids: dict[Birth, int] = field(default_factory=dict)
    _confirmed: set[int] = field(default_factory=set)  # numbers
    _leaving: list[Track] = field(default_factory=list)
    _told: dict[int, Track] = field(default_factory=dict)  # number → as in the last snapshot, while alive
    _last: dict[int, int] = field(default_factory=dict)  # number → ns UTC when last shown or said goodbye to

    def number(self, born: int, label: int) -> int:
        """The public number of the target that began with this report."""
        birth = (born, label)
        if birth not in self._ids:
            self.numbers += 1
            self._ids[birth] = self.before + self.numbers
        return self._ids[birth]

    @property
    def highest(self) -> int:
        """No number above this has been given."""
        return self.before + self.numbers

    def confirm(self, number: int) -> None:
        """Count a confirmation, once per track."""
        if number not in self._confirmed:
            self._confirmed.add(number)
            self.confirmations += 1

    def drop(self, track: Track) -> None:
        """The track is believed no longer."""
        self._leaving.append(track)

    def rewind(self, t: int) -> None:
        """Everything after time t will be computed again: goodbyes not yet said may not come true."""
        self._leaving = [track for track in self._leaving if track.estimate.t <= t]

    def goodbyes(self, t: int, alive: Sequence[Track]) -> list[Track]:
        """Tracks that are gone since the snapshot before; `alive` are those of this one, at time t (ns UTC).

        Each is told once, as it was when dropped; one that a late scan has undone, as it was last shown. Only
        a track that a late scan brought back after its goodbye is said goodbye to again.
        """
        here = {track.id for track in alive}
        dropped = {track.id: track for track in self._leaving if track.id not in here}
        said = [
            replace(dropped.pop(number, track), status=Status.DROPPED)
            for number, track in self._told.items()
            if number not in here
        ]
        said += [track for number, track in dropped.items() if number not in self._last]
        self._leaving, self._told = [], {track.id: track for track in alive}
        self._last |= dict.fromkeys([*here, *(track.id for track in said)], t)
        return said

    def forget(self, oldest: int) -> None:
        """Numbers of tracks that left before `oldest` can no longer come back: free what they hold."""
        self._last = {number: t for number, t in self._last.items() if t >= oldest}
        self._ids = {birth: number for birth, number in self._ids.items() if number in self._last}
        self._confirmed &= set(self._last)
