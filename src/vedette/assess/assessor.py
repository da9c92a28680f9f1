"""From tracks to alerts: one per track and rule, raised early, kept calm, closed when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vedette.assess.approach import Array, Entries, entries, predict
from vedette.assess.config import AlertConfig, AssetConfig, OwnConfig, PostureConfig, ZoneConfig
from vedette.assess.evidence import evidence
from vedette.assess.friends import Friends
from vedette.assess.ledger import Case, Ledger
from vedette.assess.rule import Rule
from vedette.assess.standing import Entry, Standing
from vedette.assess.zone import Asset, Zone, level, volumes
from vedette.clock import NS
from vedette.errors import ConfigError, FrameError, NotThereError
from vedette.geo import LocalFrame, Terrain
from vedette.types import Alert, Posture, Status, Track, acts
from vedette.types.acts import Done


class Assessor:
    """Steps through time with the tracks; keeps the alerts. Equal tracks and acts give equal alerts.

    zones, assets, config  as in the site file; so are postures and own
    frame                  the site's; tracks of another frame raise FrameError
    terrain                what AGL heights count from; None: smooth ground
    counters               raised, closed, acknowledged, assigned, ignored
    """

    def __init__(
        self,
        zones: Sequence[ZoneConfig],
        assets: Sequence[AssetConfig],
        config: AlertConfig,
        frame: LocalFrame,
        *,
        terrain: Terrain | None = None,
        postures: Sequence[PostureConfig] = (),
        own: Sequence[OwnConfig] = (),
    ) -> None:
        _refuse_twins(zones)
        self.assets = tuple(Asset.from_config(asset, frame) for asset in assets)
        self.config, self.frame = config, frame
        self.standing = Standing(zones, config, frame, terrain, postures, own)
        self.friends = Friends(config)
        self.ledger = Ledger(config.reopen_s)
        self._q = np.array([config.turbulence, config.turbulence, config.turbulence_up])
        self._present: frozenset[int] = frozenset()
        self._rule()

    @property
    def counters(self) -> Counter[str]:
        """What happened to alerts, and how often."""
        return self.ledger.counters

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """All open ones and those closed within the last ten minutes of data time, worst first."""
        return self.ledger.listed()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule as it stands, those of the site first."""
        return self.standing.rules

    @property
    def zones(self) -> tuple[Zone, ...]:
        """The zones of the rules that are on."""
        return tuple(rule.zone for rule in self._active)

    @property
    def posture(self) -> Posture:
        """The level of readiness that holds."""
        return self.standing.posture

    @property
    def log(self) -> tuple[Entry, ...]:
        """What people did, oldest first."""
        return self.standing.log

    def _rule(self) -> None:
        """Take over the rules as they now stand."""
        self._active = tuple(rule for rule in self.standing.rules if rule.on)
        self._volumes = volumes([rule.zone for rule in self._active])
        self._least = min((rule.terms.existence for rule in self._active), default=1.0)
        self._by_name = {rule.name: rule for rule in self.standing.rules}

    # ------------------------------------------------------------------- the step

    def marked(self, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """The tracks with whose they are, where somebody or the site file says so; `step` wants them so."""
        return self.standing.marked(tracks)

    def step(self, t: int, tracks: Sequence[Track]) -> tuple[Alert, ...]:
        """Assess every track there is at data time t (ns UTC). Returns `alerts`."""
        self._present = frozenset(track.id for track in tracks if track.status is not Status.DROPPED)
        present = self.friends.others(t, tracks)
        self._forget({track.id for track in present}, t)
        alarming = {number for (number, _), case in self.ledger.cases.items() if case.open}
        watched = [track for track in present if track.id in alarming or self._believed(t, track)]
        self._start_afresh({track.id for track in watched})
        if watched and self._active:
            self._assess(t, watched, alarming)
        self.ledger.remind(t, lambda zone: self._by_name[zone].terms.remind_s)
        self.ledger.forget_closed(t)
        return self.alerts

    def _believed(self, t: int, track: Track) -> bool:
        """Whether it may alarm, as far as it depends on the track alone."""
        return (
            track.status is not Status.TENTATIVE
            and track.existence >= self._least
            and not self.friends.may_be_a_bird(t, track)
        )

    def _forget(self, present: set[int], t: int) -> None:
        """Close and drop the cases of tracks that are gone. Track numbers never come back."""
        note = "the track is gone, or has become one that never alarms"
        gone = []
        for pair, case in self.ledger.cases.items():
            if pair[0] in present:
                continue
            if case.open and not self._by_name[pair[1]].config.clears:
                self.ledger.end(case, t, False, note)
            else:
                gone.append(pair)
        self.ledger.drop(gone, t, note)

    def _start_afresh(self, watched: set[int]) -> None:
        """What was likely of a track that is not believed any more does not count when it is again."""
        for (number, _), case in self.ledger.cases.items():
            if number not in watched:
                case.likely = None

    # -------------------------------------------------------------------- how likely

    def _assess(self, t: int, tracks: list[Track], alarming: set[int]) -> None:
        x, found = self._entries(t, tracks)
        for n, z in self._pairs(tracks, found.probability):
            track, rule = tracks[n], self._active[z]
            case = self.ledger.cases.get((track.id, rule.name))
            if (case is None or not case.open) and not (
                rule.meant(t, track) and rule.believes(track, track.id in alarming)
            ):
                if case is not None:
                    case.likely = None
                continue
            case = case or self.ledger.cases.setdefault((track.id, rule.name), Case())
            p = float(found.probability[n, z])
            self.ledger.decide(case, p, t, rule)
            if case.open or self.ledger.due(case, p, t, rule):
                grounds = evidence(track, rule.zone, x[n], t, p, found.time[n, z], rule.terms.within_s)
                if case.open:
                    alert = self.ledger.alerts[case.open]
                    self.ledger.alerts[case.open] = replace(alert, evidence=grounds)
                else:
                    self.ledger.raise_(case, track, rule, t, grounds)

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
        clear = np.array([rule.terms.clear for rule in self._active])
        likely = {(int(n), int(z)) for n, z in np.argwhere(probability >= clear)}
        place = {track.id: n for n, track in enumerate(tracks)}
        index = {rule.name: z for z, rule in enumerate(self._active)}
        known = {
            (place[track], index[zone])
            for track, zone in self.ledger.cases
            if track in place and zone in index
        }
        return sorted(likely | known)

    # ------------------------------------------------------------------ what people do

    def act(self, t: int, act: acts.Act) -> Done:
        """Do what somebody says at data time t (ns UTC).

        Raises, in a sentence, NotThereError for what is not there, NotUnderstoodError for what makes no
        sense, ServiceError for what cannot be done now.
        """
        deeds: dict[type, Callable[[int, Any], tuple[str, Alert | None]]] = {
            acts.Acknowledge: self._acknowledge,
            acts.Assign: self._assign,
            acts.Close: self._close,
            acts.Identify: self._identify,
            acts.SetPosture: self._set_posture,
            acts.SetRule: self._set_rule,
            acts.Switch: self._switch,
            acts.Remark: lambda t, act: (act.text, None),
        }
        text, alert = deeds[type(act)](t, act)
        if text:
            self.standing.note(t, act, text)
        return Done(t, act, alert, changed=bool(text))

    def perform(self, t: int, act: Mapping[str, Any]) -> Done:
        """Repeat a recorded act. Raises ServiceError for one that makes no sense now."""
        return self.act(t, acts.of(act))

    def _acknowledge(self, t: int, act: acts.Acknowledge) -> tuple[str, Alert | None]:
        alert, new = self.ledger.acknowledge(t, act)
        return f"acknowledged the alert {act.alert}" if new else "", alert

    def _assign(self, t: int, act: acts.Assign) -> tuple[str, Alert | None]:
        return f"assigned the alert {act.alert} to {act.to}", self.ledger.assign(t, act)

    def _close(self, t: int, act: acts.Close) -> tuple[str, Alert | None]:
        return f"closed the alert {act.alert}", self.ledger.close_by(t, act)

    def _identify(self, t: int, act: acts.Identify) -> tuple[str, Alert | None]:
        if act.track not in self._present:
            raise NotThereError(f"There is no track {act.track} now; GET /api/tracks lists those there are.")
        return self.standing.identify(t, act), None

    def _set_posture(self, t: int, act: acts.SetPosture) -> tuple[str, Alert | None]:
        text = self.standing.set_posture(t, act)
        self._rules_changed(t, f"the posture is {act.level}")
        return text, None

    def _set_rule(self, t: int, act: acts.SetRule) -> tuple[str, Alert | None]:
        text = self.standing.set_rule(act)
        self._rules_changed(t, f"{act.by} changed the rule")
        return text, None

    def _switch(self, t: int, act: acts.Switch) -> tuple[str, Alert | None]:
        text = self.standing.switch(act)
        self._rules_changed(t, f"{act.by} switched the rule off: {act.note}")
        return text, None

    def _rules_changed(self, t: int, why: str) -> None:
        """Warn by the new rules; alerts of rules that are off now are closed."""
        self._rule()
        on = {rule.name for rule in self._active}
        self.ledger.drop([pair for pair in self.ledger.cases if pair[1] not in on], t, why)


def _refuse_twins(zones: Sequence[ZoneConfig]) -> None:
    twins = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
    if twins:
        raise ConfigError(f"Two zones are called {twins[0]}; rename one.", key="zone")
