"""What has been shown to people: track numbers, confirmations and goodbyes.

A late scan makes the tracker compute the last seconds again. Numbers that somebody has seen must outlive
that, so they are kept here by the report that each target began with, not in the state that is rolled back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from vedette.types import Track

Birth = tuple[int, int]  # time (ns UTC) and label of the first report


@dataclass(slots=True)
class Shown:
    """Numbers run from 1 and are never used twice; a target that is computed again keeps its number."""

    numbers: int = 0
    confirmations: int = 0
    _ids: dict[Birth, int] = field(default_factory=dict)
    _confirmed: set[int] = field(default_factory=set)  # numbers
    _leaving: list[Track] = field(default_factory=list)
    _left: list[tuple[int, int]] = field(default_factory=list)  # (time, number) of those said goodbye to

    def number(self, born: int, label: int) -> int:
        """The public number of the target that began with this report."""
        birth = (born, label)
        if birth not in self._ids:
            self.numbers += 1
            self._ids[birth] = self.numbers
        return self._ids[birth]

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

    def goodbyes(self) -> list[Track]:
        """Dropped tracks that nobody has been told of yet; each once."""
        said, self._leaving = self._leaving, []
        self._left += [(track.estimate.t, track.id) for track in said]
        return said

    def forget(self, oldest: int, alive: Collection[int]) -> None:
        """Numbers of tracks that left before `oldest` can no longer come back: free what they hold."""
        done = {number for t, number in self._left if t < oldest}.difference(alive)
        if done:
            self._left = [(t, number) for t, number in self._left if t >= oldest]
            self._ids = {birth: number for birth, number in self._ids.items() if number not in done}
            self._confirmed -= done
