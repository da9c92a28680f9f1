"""When to write what must outlive a restart: at every act, at every step of an alert, and now and then."""

from __future__ import annotations

from collections.abc import Callable

from vedette.clock import NS
from vedette.store import OperationsStore
from vedette.types import Alert
from vedette.types.operations import Operations

EVERY = 5 * NS  # ns of data time after which evidence and places are written anew while an alert is open
RESERVE = 100  # track numbers reserved at once, so that a new track need not be written


class Keeper:
    """Writes to `store`, seldom. It is no part of the state that a replay goes back to."""

    def __init__(self, store: OperationsStore) -> None:
        self.store = store
        self._written, self._reserved = 0, 0
        self._steps: list[tuple[str, int, int, int]] = []

    def keep(
        self,
        t: int,
        alerts: tuple[Alert, ...],
        highest: int,
        operations: Callable[[int], Operations],
        *,
        now: bool,
    ) -> None:
        """Write what `operations` gives for the numbers reserved, if something has changed or `now`.

        highest  number of a track so far
        """
        steps = sorted((alert.id, alert.track, alert.history[-1].t, len(alert.history)) for alert in alerts)
        due = bool(alerts) and t - self._written >= EVERY
        if not (now or due or steps != self._steps or highest > self._reserved):
            return
        if highest > self._reserved:
            self._reserved = highest + RESERVE
        self.store.keep(operations(self._reserved))
        self._written, self._steps = t, steps
