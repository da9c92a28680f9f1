"""The order of the list: worst first, and calm, so that a card stays under the hand that reaches for it."""

from __future__ import annotations

from collections.abc import Iterable

from vedette.types import Alert, AlertState
from vedette.types.alert import RANK

SOONER_S, SOONER = 10.0, 0.15  # s, and part of the time to go, by which one must be sooner to go before


class Order:
    """Remembers how the alerts stood. Alerts of equal standing change places only for a clear reason."""

    def __init__(self) -> None:
        self._place: dict[str, int] = {}

    def of(self, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
        """Open before closed, then severity, unseen before seen, the sooner before the later.

        Among equals in all but the time, those that were listed keep their places until one is sooner by more
        than 10 s and 15 %; a new one comes in where its time puts it.
        """
        groups: dict[tuple[bool, int, bool], list[Alert]] = {}
        for alert in alerts:
            groups.setdefault(_standing(alert), []).append(alert)
        ordered = [alert for key in sorted(groups) for alert in self._calm(groups[key])]
        self._place = {alert.id: place for place, alert in enumerate(ordered)}
        return tuple(ordered)

    def _calm(self, group: list[Alert]) -> list[Alert]:
        known = sorted((a for a in group if a.id in self._place), key=lambda a: self._place[a.id])
        new = sorted((a for a in group if a.id not in self._place), key=_soonest)
        out: list[Alert] = []
        for alert in known:
            _insert(out, alert, clearly=True)
        for alert in new:
            _insert(out, alert, clearly=False)
        return out


def _insert(out: list[Alert], alert: Alert, *, clearly: bool) -> None:
    """Put an alert behind all that it does not come before."""
    place = len(out)
    while place and _before(alert, out[place - 1], clearly):
        place -= 1
    out.insert(place, alert)


def _before(one: Alert, other: Alert, clearly: bool) -> bool:
    if not clearly:
        return _soonest(one) < _soonest(other)
    gap = other.evidence.time_to_go_s - one.evidence.time_to_go_s
    return gap > max(SOONER_S, SOONER * other.evidence.time_to_go_s)


def _standing(alert: Alert) -> tuple[bool, int, bool]:
    seen = alert.state in (AlertState.ACKNOWLEDGED, AlertState.ASSIGNED)
    return alert.state is AlertState.CLOSED, -RANK[alert.severity], seen


def _soonest(alert: Alert) -> tuple[float, int, str, int]:
    return alert.evidence.time_to_go_s, alert.track, alert.zone, alert.t_raised
