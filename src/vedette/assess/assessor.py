"""From tracks to alerts: one per track and rule, raised early, kept calm, closed when it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from vedette.assess.approach import Array, Entries, Volumes, entries, predict
from vedette.assess.config import AlertConfig, AssetConfig, OwnConfig, PostureConfig, ZoneConfig
from vedette.assess.counsel import Counsel, Told
from vedette.assess.deeds import Deeds
from vedette.assess.evidence import evidence, settled
from vedette.assess.friends import Friends
from vedette.assess.ledger import Case, Ledger
from vedette.assess.misses import Misses
from vedette.assess.preview import Bench, Preview
from vedette.assess.reunion import Reunion, last_of
from vedette.assess.rule import Rule
from vedette.assess.standing import Standing
from vedette.assess.zone import Asset, Zone, ground_of, level, volumes
from vedette.clock import NS
from vedette.errors import ConfigError, FrameError
from vedette.geo import LocalFrame, Terrain
from vedette.types import Alert, AlertState, Posture, Status, Track, acts
from vedette.types.acts import Done
from vedette.types.operations import Entry, Last, Operations

GONE = "the track is gone, or has become one that never alarms"


class Assessor:
    """Steps through time with the tracks; keeps the alerts. Equal tracks and acts give equal alerts.

    zones, assets, config  as in the site file; so are postures and own
    frame                  the site's; tracks of another frame raise FrameError
    terrain                what AGL heights count from; None: smooth ground
    misses                 what a miss of each sensor would do to a track; None: nothing is said of it
    counters               raised, closed, acknowledged, assigned, ignored
    reunited               tracks found again in the last step: number before the restart, number now
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
        misses: Misses | None = None,
    ) -> None:
        _refuse_twins(zones)
        self.config, self.frame = config, frame
        self.assets = tuple(Asset.from_config(asset, frame) for asset in assets)
        self._q = np.array([config.turbulence, config.turbulence, config.turbulence_up])
        self._ground = ground_of(terrain, frame)
        self.standing = Standing(zones, config, frame, terrain, postures, own)
        self.friends = Friends(config)
        self.ledger = Ledger(config.reopen_s)
        self.deeds = Deeds(self.ledger, self.standing)
        self.counsel = Counsel(self.assets, self._q, config.horizon_s, misses)
        self.reunion = Reunion()
        self.reunited: tuple[tuple[int, int], ...] = ()
        self._last: dict[int, Track] = {}
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
        self._volumes = volumes(
            [rule.zone for rule in self._active], [rule.terms.within_s for rule in self._active]
        )
        self._least = min((rule.terms.existence for rule in self._active), default=1.0)
        self._clear = np.array([rule.terms.clear for rule in self._active])
        self._by_name = {rule.name: rule for rule in self.standing.rules}

    # ------------------------------------------------------------------- the step

    def marked(self, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """The tracks with whose they are, where somebody or the site file says so; `step` wants them so."""
        return self.standing.marked(tracks)

    def step(self, t: int, tracks: Sequence[Track]) -> tuple[Alert, ...]:
        """Assess every track there is at data time t (ns UTC). Returns `alerts`."""
        self._last = {track.id: track for track in tracks if track.status is not Status.DROPPED}
        self.deeds.present = frozenset(self._last)
        self.reunited = ()
        if self.reunion.lost:
            tracks = self._reunite(t, tracks)
        present = self.friends.others(t, tracks)
        self._forget({track.id for track in present} | set(self.reunion.lost), t)
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
        gone = []
        for pair, case in self.ledger.cases.items():
            if pair[0] in present:
                continue
            if case.open and not self._by_name[pair[1]].config.clears:
                self.ledger.end(case, t, False, GONE)
            else:
                gone.append(pair)
        self.ledger.drop(gone, t, GONE)

    def _start_afresh(self, watched: set[int]) -> None:
        """What was likely of a track that is not believed any more does not count when it is again."""
        for (number, _), case in self.ledger.cases.items():
            if number not in watched:
                case.likely = None

    # -------------------------------------------------------------------- how likely

    def _assess(self, t: int, tracks: list[Track], alarming: set[int]) -> None:
        x, P, found = self._entries(t, tracks, self._volumes)
        open_ = []
        for n, z in self._pairs(tracks, found.probability):
            track, rule = tracks[n], self._active[z]
            case = self._case(t, track, rule, alarming)
            if case is None:
                continue
            p, was_open = float(found.probability[n, z]), case.open
            self.ledger.decide(case, p, t, rule)
            if not was_open and not self.ledger.due(case, p, t, rule):
                continue
            odds = p, float(found.inside[n, z])
            grounds = evidence(track, rule.zone, x[n], t, odds, found.time[n, z], rule.terms.within_s)
            if was_open:
                alert = self.ledger.alerts[was_open]
                if case.open:
                    grounds = settled(grounds, alert.evidence, track, rule.name, t, case.told)
                self.ledger.alerts[was_open] = replace(alert, evidence=grounds)
            else:
                self.ledger.raise_(case, track, rule, t, grounds)
            if case.open:
                open_.append(Told(case, track, rule, z, x[n], P[n]))
        self.counsel.give(t, open_, self.ledger, self.friends, self._volumes, self._ground)

    def _case(self, t: int, track: Track, rule: Rule, alarming: set[int]) -> Case | None:
        """The pair's case, if there is or may be one: an open alert stays, whatever its rule's conditions."""
        pair = track.id, rule.name
        case = self.ledger.cases.get(pair)
        if case is not None and case.open:
            return case
        if rule.meant(t, track) and rule.believes(track, track.id in alarming):
            return self.ledger.cases.setdefault(pair, Case())
        if case is not None:
            case.likely = None
        return None

    def _entries(self, t: int, tracks: Sequence[Track], zones: Volumes) -> tuple[Array, Array, Entries]:
        """States in level coordinates at t, (N, 6), their covariances (N, 6, 6), and where they lead."""
        for track in tracks:
            if track.estimate.frame != self.frame.name:
                raise FrameError(
                    f"Track {track.id} is in {track.estimate.frame}, the zones in {self.frame.name}; "
                    "bring both into one frame with geo.LocalFrame first."
                )
        x = level(self.frame, np.array([track.estimate.x[:6] for track in tracks]).reshape(-1, 6))
        P = np.array([track.estimate.P[:6, :6] for track in tracks]).reshape(-1, 6, 6)
        age = np.array([max(t - track.estimate.t, 0) for track in tracks]) / NS
        if age.any():
            x, P = predict(x, P, age, self._q)
        return x, P, entries(x, P, zones, self._q, self.config.horizon_s, self._ground)

    def _pairs(self, tracks: list[Track], probability: Array) -> list[tuple[int, int]]:
        """Indices of the pairs that may change anything: likely ones, and those with a case."""
        likely = {(int(n), int(z)) for n, z in np.argwhere(probability >= self._clear)}
        place = {track.id: n for n, track in enumerate(tracks)}
        index = {rule.name: z for z, rule in enumerate(self._active)}
        known = {
            (place[track], index[zone])
            for track, zone in self.ledger.cases
            if track in place and zone in index
        }
        return sorted(likely | known)

    def preview(self, t: int, tracks: Sequence[Track], rule: Mapping[str, Any]) -> Preview:
        """What a `[[zone]]` would do with these tracks, as `step` takes them, at t (ns UTC); nothing changes.

        Raises ServiceError, in a sentence, for a rule that cannot be used.
        """
        trial = self.standing.trial(rule)
        present = [track for track in tracks if track.status is not Status.DROPPED]
        x, _, found = self._entries(t, present, volumes([trial.zone], [trial.terms.within_s]))
        heard = self.friends.heard(t, tracks)
        return Bench(t, trial, self.friends, self.ledger, heard).of(present, x, found)

    # ------------------------------------------------------------------ what people do

    def act(self, t: int, act: acts.Act) -> Done:
        """Do what somebody says at data time t (ns UTC).

        Raises, in a sentence, NotThereError for what is not there, ServiceError for what cannot be done.
        """
        return self.deeds.do(t, act, self._ruled)

    def perform(self, t: int, act: Mapping[str, Any]) -> Done:
        """Repeat a recorded act. Raises ServiceError for one that makes no sense now."""
        return self.act(t, acts.of(act))

    def _ruled(self, t: int, why: str) -> None:
        """Warn by the new rules; alerts of rules that are off now are closed."""
        self._rule()
        on = {rule.name for rule in self._active}
        self.ledger.drop([pair for pair in self.ledger.cases if pair[1] not in on], t, why)

    # ------------------------------------------------------------------ over a restart

    def operations(self, highest: int, also: Iterable[int] = ()) -> Operations:
        """What must outlive a restart; `highest` is the highest number that a track has had.

        also  tracks that somebody has decided on
        """
        open_ = tuple(a for a in self.ledger.alerts.values() if a.state is not AlertState.CLOSED)
        numbers = sorted({alert.track for alert in open_} | set(self.standing.words) | set(also))
        return self.standing.operations(
            alerts=open_, tracks=tuple(filter(None, map(self._last_of, numbers))), highest=highest
        )

    def _last_of(self, number: int) -> Last | None:
        track, lost = self._last.get(number), self.reunion.lost.get(number)
        if track is not None:
            return last_of(track)
        return None if lost is None else lost.last

    def restore(self, t: int, operations: Operations) -> None:
        """Take up at t (ns UTC) what stood before a restart, but rules that cannot be used any more."""
        self.standing.restore(operations)
        self._rule()
        on = {rule.name for rule in self._active}
        for track in operations.tracks:
            self.reunion.seek(track, t)
        for alert in operations.alerts:
            self.ledger.restore(alert, t)
        self.ledger.drop([pair for pair in self.ledger.cases if pair[1] not in on], t, "its rule is gone")

    def _reunite(self, t: int, tracks: Sequence[Track]) -> tuple[Track, ...]:
        """Carry over what was of old tracks that are here again, and give up what has waited too long."""
        for old, track in self.reunion.found(t, tracks):
            self.ledger.carry_over(old, track.id, t)
            self.standing.carry_over(old, track.id)
            self.reunited = (*self.reunited, (old, track.id))
        for old, lost in list(self.reunion.lost.items()):
            mine = [pair for pair in self.ledger.cases if pair[0] == old]
            waits = [self._by_name[zone].terms.expire_s for _, zone in mine] or [self.config.expire_s]
            if t - lost.since >= max(waits) * NS:
                self.reunion.forget(old)
                self.standing.words.pop(old, None)
            late = [pair for pair in mine if t - lost.since >= self._by_name[pair[1]].terms.expire_s * NS]
            self.ledger.drop(
                late,
                t,
                f"its track was not seen again within {round((t - lost.since) / NS)} s of the restart",
            )
        return self.standing.marked(tracks)


def _refuse_twins(zones: Sequence[ZoneConfig]) -> None:
    twins = [name for name, count in Counter(zone.name for zone in zones).items() if count > 1]
    if twins:
        raise ConfigError(f"Two zones are called {twins[0]}; rename one.", key="zone")
