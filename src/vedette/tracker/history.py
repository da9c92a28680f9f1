"""The last few seconds of scans, and copies of the tracker's state between them.

A scan that arrives late is put where it belongs: the state before it is restored, and it and all scans after
it are run again. The result is that of scans that arrived in order, to the last bit, because it is the same
computation. Copies are taken at most every `SPACING`, so memory does not depend on the scan rate.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from vedette.clock import NS
from vedette.types import Scan

SPACING = NS // 2  # ns of data time between two copies of the state

Key = tuple[int, str, int, int]
BEFORE_ALL: Key = (-1, "", -1, -1)
State = TypeVar("State")


def key_of(scan: Scan) -> Key:
    """The place of a scan among all scans: its end, its sensor, its begin, its first report."""
    return scan.t1, scan.sensor, scan.t0, scan.detections[0].seq if scan.detections else -1


@dataclass(slots=True)
class History(Generic[State]):
    """Scans in order with their keys, and states as they were before some of them.

    horizon  ns of data time for which scans are remembered
    save     gives a copy of the tracker's state
    """

    horizon: int
    save: Callable[[], State]
    scans: list[Scan] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    states: list[tuple[Key, State]] = field(default_factory=list)  # before the scan with that key

    def knows(self, key: Key) -> bool:
        """Whether the scan with this key has been run."""
        at = bisect_left(self.keys, key)
        return at < len(self.keys) and self.keys[at] == key

    def is_next(self, key: Key) -> bool:
        """Whether a scan comes after everything run so far."""
        return not self.keys or key > self.keys[-1]

    def append(self, scan: Scan) -> None:
        """Remember a scan that is about to be run, and forget what is older than the horizon."""
        key = key_of(scan)
        if not self.states:
            self.states.append((BEFORE_ALL, self.save()))
        elif key[0] - self.states[-1][0][0] >= SPACING:
            self.states.append((key, self.save()))
        self.scans.append(scan)
        self.keys.append(key)
        self._forget(key[0] - self.horizon)

    def _forget(self, oldest: int) -> None:
        """Keep the newest state at or before `oldest`, and the scans from it on."""
        spare = sum(1 for key, _ in self.states[1:] if key[0] <= oldest)
        if spare:
            del self.states[:spare]
            first = bisect_left(self.keys, self.states[0][0])
            del self.scans[:first], self.keys[:first]

    def rewind(self, scan: Scan) -> tuple[State, list[Scan]] | None:
        """The state before a late scan, and all scans from there on with it among them; None: too late.

        The scans are taken out of the history: they are to be appended again as they are run.
        """
        key = key_of(scan)
        at = bisect_right([k for k, _ in self.states], key) - 1
        if at < 0:
            return None
        start, state = self.states[at]
        first = bisect_left(self.keys, start)
        again = sorted([*self.scans[first:], scan], key=key_of)
        del self.scans[first:], self.keys[first:], self.states[at:]
        return state, again
