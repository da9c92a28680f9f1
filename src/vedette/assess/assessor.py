"""From tracks to alerts: one per track and zone, raised early, kept calm, closed when it is over."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vedette.assess.approach import Array, Entries, Volumes, entries, predict
from vedette.assess.config import AlertConfig, AssetConfig, ZoneConfig
from vedette.assess.evidence import evidence
from vedette.assess.zone import Asset, Zone, level, volumes
from vedette.clock import NS
from vedette.errors import ConfigError, FrameError, ServiceError
from vedette.geo import LocalFrame
from vedette.types import Alert, AlertState, Evidence, Severity, Status, Step, Track

AUTHOR = "vedette"  # signs the steps that nobody took
RULE = "enters-zone"
HEARD = 60 * NS  # so long a transponder's report counts
BESIDE, ALIKE = 200.0, 20.0  # m and m/s within which a track is another one of the same aircraft
FAST_FOR = 10 * NS  # so long a track must have been faster than birds
KEEP_CLOSED = 600 * NS  # closed alerts stay on the list so long
RANK = {severity: rank for rank, severity in enumerate(Severity)}
Pair = tuple[int, str]


@dataclass(slots=True)
class _Case:
    """One track against one zone. Times are ns UTC.

    likely    since when the probability is up, while no alert is open
    unlikely  since when it is down, while one is
    silent    until then a person wants to hear nothing of it
    number    alerts raised so far
    open      id of the open alert
    """

    likely: int | None = None
    unlikely: int | None = None
    silent: int = 0
    number: int = 0
    open: str = ""


class Assessor:
    """Steps through time with the tracks; keeps the alerts. Equal tracks and acts give equal alerts.

    zones, assets, config  as in the site file
    frame                  the site's; tracks of another frame raise FrameError
    counters               raised, closed, acknowledged
    acts                   (t, act) of what people did, as `perform` takes them
    """

    def __init__(
        self,
        zones: Sequence[ZoneConfig],
        assets: Sequence[AssetConfig],
        config: AlertConfig,
        frame: LocalFrame,
    ) -> None:
        _refuse_twins(zones)
        self.zones = tuple(Zone.from_config(zone, frame) for zone in zones)
        self.assets = tuple(Asset.from_config(asset, frame) for asset in assets)
        self.config, self.frame = config, frame
        self.counters: Counter[str] = Counter(raised=0, closed=0, acknowledged=0)
        self.acts: list[tuple[int, dict[str, str]]] = []
        self._volumes: Volumes = volumes(self.zones)
        self._q = np.array([config.turbulence, config.turbulence, config.turbulence_up])
        self._allow = frozenset(_plain(name) for name in config.allow)
        self._fast: dict[int, int] = {}
        self._proof = frozenset(config.drone_proof)
        self._cases: dict[Pair, _Case] = {}
        self._alerts: dict[str, Alert] = {}

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All open ones and those closed within the last ten minutes of data time, worst first."""
        return tuple(sorted(self._alerts.values(), key=_worst_first))

    def step(self, t: int, tracks: Sequence[Track]) -> tuple[Alert, ...]:
        """Assess every track there is at data time t (ns UTC). Returns `alerts`."""
        heard = self._heard(t, tracks)
        present = [
            track
            for track in tracks
            if track.status is not Status.DROPPED and not self._allowed(track) and not beside(track, heard)
        ]
        self._note_speeds(t, present)
        self._forget({track.id for track in present}, t)
        alarming = {number for (number, _), case in self._cases.items() if case.open}
        watched = [
            track
            for track in present
            if track.id in alarming or (self._believed(track) and not self._may_be_a_bird(t, track))
        ]
        self._start_afresh({track.id for track in watched})
        if watched and self.zones:
            self._assess(t, watched)
        self._alerts = {
            name: alert
            for name, alert in self._alerts.items()
            if alert.state is not AlertState.CLOSED or t - alert.history[-1].t <= KEEP_CLOSED
        }
        return self.alerts

    def acknowledge(self, alert_id: str, by: str, t: int, note: str = "") -> Alert:
        """`by` has seen it at data time t (ns UTC). A second time changes nothing.

        Raises ServiceError, in a sentence, when there is no such alert or it is closed.
        """
        alert = self._open_alert(alert_id)
        if alert.state is AlertState.ACKNOWLEDGED:
            return alert
        self.counters["acknowledged"] += 1
        self.acts.append((t, {"act": "acknowledge", "alert": alert_id, "by": by, "note": note}))
        return self._enter(alert, AlertState.ACKNOWLEDGED, t, by, note)

    def close(self, alert_id: str, by: str, t: int, note: str = "") -> Alert:
        """`by` declares it over at data time t; the pair stays silent for `reopen_s`.

        Raises ServiceError, in a sentence, when there is no such alert or it is closed.
        """
        alert = self._open_alert(alert_id)
        case = self._cases[alert.track, alert.zone]
        case.silent = t + round(self.config.reopen_s * NS)
        self.acts.append((t, {"act": "close", "alert": alert_id, "by": by, "note": note}))
        return self._close(case, t, by, note)

    def perform(self, t: int, act: Mapping[str, Any]) -> Alert:
        """Repeat a recorded act. Raises ServiceError for one that makes no sense now."""
        deeds = {"acknowledge": self.acknowledge, "close": self.close}
        try:
            deed = deeds[str(act["act"])]
            return deed(str(act["alert"]), str(act["by"]), t, str(act.get("note", "")))
        except KeyError as error:
            raise ServiceError(
                f"An act without a known {error} cannot be repeated; it was left out."
            ) from None

    # ------------------------------------------------------------------ which tracks

    def _heard(self, t: int, tracks: Sequence[Track]) -> Array:
        """States (H, 6) of the tracks whose transponder was heard lately, where that excuses them."""
        if not self.config.allow_transponders:
            return np.empty((0, 6))
        said = ((track, track.identity.get("icao24")) for track in tracks)
        found = [track.estimate.x[:6] for track, name in said if name is not None and t - name.t <= HEARD]
        return np.array(found).reshape(-1, 6)

    def _allowed(self, track: Track) -> bool:
        if not self._allow:
            return False
        names = (track.identity.get("icao24"), track.identity.get("callsign"))
        return any(name is not None and _plain(str(name.value)) in self._allow for name in names)

    def _believed(self, track: Track) -> bool:
        return track.status is not Status.TENTATIVE and track.existence >= self.config.existence

    def _note_speeds(self, t: int, present: Sequence[Track]) -> None:
        """Since when each track has been surely faster than a bird."""
        if self.config.bird_speed == 0.0:
            return
        fast = {track.id for track in present if surely(track) > self.config.bird_speed}
        self._fast = {number: self._fast.get(number, t) for number in fast}

    def _may_be_a_bird(self, t: int, track: Track) -> bool:
        """Not surely fast for some time, and heard by nobody who hears no birds.

        In a flock a track may leap from bird to bird, which looks fast, but not for long.
        """
        if self.config.bird_speed == 0.0 or not self._proof.isdisjoint(track.contributors):
            return False
        return t - self._fast.get(track.id, t) < FAST_FOR

    def _forget(self, present: set[int], t: int) -> None:
        """Close and drop the cases of tracks that are gone. Track numbers never come back."""
        for pair in [pair for pair in self._cases if pair[0] not in present]:
            case = self._cases.pop(pair)
            if case.open:
                self._close(case, t, AUTHOR, "the track is gone, or has become one that never alarms")

    def _start_afresh(self, watched: set[int]) -> None:
        """What was likely of a track that is not believed any more does not count when it is again."""
        for (number, _), case in self._cases.items():
            if number not in watched:
                case.likely = None

    # -------------------------------------------------------------------- how likely

    def _assess(self, t: int, tracks: list[Track]) -> None:
        x, found = self._entries(t, tracks)
        for n, z in self._pairs(tracks, found.probability):
            track, zone = tracks[n], self.zones[z]
            case = self._cases.setdefault((track.id, zone.name), _Case())
            p = float(found.probability[n, z])
            self._decide(case, p, t)
            if case.open or self._due(case, p, t):
                grounds = evidence(track, zone, x[n], t, p, found.time[n, z], self.config.horizon_s)
                if case.open:
                    self._alerts[case.open] = replace(self._alerts[case.open], evidence=grounds)
                else:
                    self._raise(case, track, zone, t, grounds)

    def _entries(self, t: int, tracks: list[Track]) -> tuple[Array, Entries]:
        """States in level coordinates at t, (N, 6), and where they lead."""
        for track in tracks:
            if track.estimate.frame != self.frame.name:
                raise FrameError(
                    f"Track {track.id} is in {track.estimate.frame}, the zones in {self.frame.name}; "
                    "bring both into one frame with geo.LocalFrame first."
                )
        x = level(self.frame, np.array([track.estimate.x[:6] for track in tracks]))
        P = np.array([track.estimate.P[:6, :6] for track in tracks])
        age = np.array([max(t - track.estimate.t, 0) for track in tracks]) / NS
        if age.any():
            x, P = predict(x, P, age, self._q)
        return x, entries(x, P, self._volumes, self._q, self.config.horizon_s)

    def _pairs(self, tracks: list[Track], probability: Array) -> list[tuple[int, int]]:
        """Indices of the pairs that may change anything: likely ones, and those with a case."""
        likely = {(int(n), int(z)) for n, z in np.argwhere(probability >= self.config.clear)}
        place = {track.id: n for n, track in enumerate(tracks)}
        index = {zone.name: z for z, zone in enumerate(self.zones)}
        known = {(place[track], index[zone]) for track, zone in self._cases if track in place}
        return sorted(likely | known)

    # -------------------------------------------------------------------- life cycle

    def _decide(self, case: _Case, p: float, t: int) -> None:
        """Hysteresis: the doubt counts from `probability` up and from `clear` down, between them nothing."""
        if p >= self.config.probability and case.likely is None:
            case.likely = t
        if p < self.config.clear:
            case.likely = None
            case.unlikely = t if case.unlikely is None else case.unlikely
        else:
            case.unlikely = None
        if case.open and case.unlikely is not None and t - case.unlikely >= self.config.confirm_s * NS:
            zone = self._alerts[case.open].zone
            self._close(case, t, AUTHOR, f"it no longer heads for {zone}")

    def _due(self, case: _Case, p: float, t: int) -> bool:
        return (
            case.likely is not None
            and p >= self.config.probability
            and t - case.likely >= self.config.confirm_s * NS
            and t >= case.silent
        )

    def _raise(self, case: _Case, track: Track, zone: Zone, t: int, grounds: Evidence) -> None:
        case.number += 1
        case.open = f"{track.id}-{zone.name}-{case.number}"
        self.counters["raised"] += 1
        self._alerts[case.open] = Alert(
            id=case.open,
            track=track.id,
            zone=zone.name,
            rule=RULE,
            severity=zone.severity,
            t_raised=t,
            evidence=grounds,
            history=(Step(state=AlertState.NEW, t=t, by=AUTHOR),),
        )

    def _close(self, case: _Case, t: int, by: str, note: str) -> Alert:
        alert = self._enter(self._alerts[case.open], AlertState.CLOSED, t, by, note)
        self.counters["closed"] += 1
        case.open, case.likely, case.unlikely = "", None, None
        return alert

    def _enter(self, alert: Alert, state: AlertState, t: int, by: str, note: str) -> Alert:
        step = Step(state=state, t=t, by=by, note=note)
        self._alerts[alert.id] = replace(alert, history=(*alert.history, step))
        return self._alerts[alert.id]

    def _open_alert(self, alert_id: str) -> Alert:
        alert = self._alerts.get(alert_id)
        if alert is None:
            raise ServiceError(f"There is no alert {alert_id} on the list; take one that the list shows.")
        if alert.state is AlertState.CLOSED:
            raise ServiceError(f"The alert {alert_id} is closed already; nothing is left to do about it.")
        return alert


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


def _worst_first(alert: Alert) -> tuple[bool, int, bool, float, int, str, int]:
    """Open before closed, then severity, unseen before acknowledged, the sooner, and at last by name."""
    return (
        alert.state is AlertState.CLOSED,
        -RANK[alert.severity],
        alert.state is AlertState.ACKNOWLEDGED,
        alert.evidence.time_to_go_s,
        alert.track,
        alert.zone,
        alert.t_raised,
    )


def _plain(name: str) -> str:
    return name.strip().upper()


def _refuse_twins(zones: Sequence[ZoneConfig]) -> None:
    twins = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
    if twins:
        raise ConfigError(f"Two zones are called {twins[0]}; rename one.", key="zone")
