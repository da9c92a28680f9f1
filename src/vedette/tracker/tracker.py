"""The multi-sensor tracker: scans in, track snapshots out; the same object live, in replay and in exercises.

predict to the scan → convert the reports to the site's frame → look (associate, update, give birth) → prune
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from vedette import clock
from vedette.kernel.imm import combine
from vedette.kernel.resolution import Pairs, pairs
from vedette.sensor import DIRECTIONS, DirectionSensor, Sensor
from vedette.tracker.bent import straightened
from vedette.tracker.config import TrackerConfig
from vedette.tracker.directions import Directions
from vedette.tracker.directions import State as AngleTracksState
from vedette.tracker.duplicates import Duplicates
from vedette.tracker.history import History, key_of
from vedette.tracker.names import Names
from vedette.tracker.overload import Cost, Overload
from vedette.tracker.pmb import Motion, Pmb, PmbConfig, PmbState
from vedette.tracker.registration import Registration, RegistrationState
from vedette.tracker.reports import Reading, Reports
from vedette.tracker.shown import Shown
from vedette.tracker.tracklets import HeardTracks, Tracklets
from vedette.tracker.undetected import Anywhere
from vedette.tracker.ways import motion_of
from vedette.types import Array, Bearing, Bias, Estimate, Scan, Sector, Status, Track

Ints = NDArray[np.int64]

State = tuple[int, PmbState, RegistrationState, HeardTracks, AngleTracksState, Duplicates]

UNSEEN = 0.01  # P_D up to which a target is taken to be out of this look's sight
WIDE = 300.0  # m, total position uncertainty above which coverage is averaged over the density


class Tracker:
    """Tracks of one site.

    sensors  name → Sensor, for every sensor that may send a scan
    frame    name of the site's local frame, e.g. "enu:base"; states are [e, n, u, v_e, v_n, v_u], SI
    motion   how targets move, where that is not what `config` says (tracker.ways)

    `step` takes scans in any order within `horizon_s`: the result is that of the right order. `snapshot`
    shows what is believed at the time of the newest scan. Nothing inside is random and nothing reads a clock:
    the same scans give the same bytes.
    """

    def __init__(
        self,
        sensors: Mapping[str, Sensor],
        frame: str,
        config: TrackerConfig | None = None,
        motion: Motion | None = None,
    ) -> None:
        self.sensors = dict(sensors)
        self.frame = frame
        self.config = config or TrackerConfig()
        self.t = 0
        self.names = Names()
        self.counters: Counter[str] = Counter()
        self.tracklets = Tracklets(self.counters)
        self._order = {name: k for k, name in enumerate(self.sensors)}
        # Asked once: an instance check against a protocol takes longer than a look does.
        self._pointing = {n: s for n, s in self.sensors.items() if isinstance(s, DirectionSensor)}
        self._placing = {n: s for n, s in self.sensors.items() if n not in self._pointing}
        undetected = self._undetected()
        self._pmb = Pmb(
            n=6, undetected=undetected, config=self._pmb_config(), motion=motion or motion_of(self.config),
            sensors=len(self._order),
        )  # fmt: skip
        self._registration = Registration(
            self.sensors, self.config, np.square(self._sigma_v()), self._pmb.motion.steps(1.0)[:, 4].copy(),
            self.counters,
        )  # fmt: skip
        self._reading = Reading(
            self._pmb, self._registration, self.tracklets, self.names, self.counters, self._order,
            np.array(self._sigma_v()),
        )  # fmt: skip
        self.directions = Directions(
            self._pmb, undetected, self._pointing, self._order, self.config, self.counters,
        )  # fmt: skip
        self.duplicates = Duplicates()
        self._round = np.array([self._ago(sensor) for sensor in self.sensors.values()], np.int64)
        horizon = clock.from_seconds(self.config.horizon_s)
        self.history = History(horizon, self._save)
        self.shown = Shown()
        c = self.config
        self.overload = Overload(
            self._pmb,
            self._forget,
            undetected.intensity,
            self.counters,
            c.gate,
            c.births_at_once,
            c.tentative_at_once,
            c.pairs_at_once,
        )

    # ------------------------------------------------------------------ in

    def step(self, scan: Scan) -> None:
        """One look of one sensor, or one batch of reports; a late one is put where it belongs."""
        if scan.sensor not in self.sensors:
            self.counters["unknown_sensor"] += 1
        elif self.history.is_next(key_of(scan)):
            self._count(scan)
            self._run(scan)
        elif self.history.knows(key_of(scan)):
            self.counters["repeated_scan"] += 1
        else:
            self._run_late(scan)

    def _count(self, scan: Scan) -> None:
        self.counters["scans"] += 1
        self.counters["detections"] += len(scan.detections)
        if directions := sum(d.kind in DIRECTIONS for d in scan.detections):
            self.counters["directions"] += directions

    def _run(self, scan: Scan) -> None:
        """The loop of the textbook."""
        self.history.append(scan)
        sensor = self.sensors[scan.sensor]
        self._predict(scan.t1)
        looked, cost = sensor.looks and sensor.name in self._placing, Cost()
        reports = self._reading.read(scan, sensor, looked=looked)
        if reports is not None:
            used = self._look(reports, sensor, scan.sector if looked else None, cost)
            self._register(reports, used, sensor)
        if pointing := self._pointing.get(scan.sensor):
            self._look_along(scan, pointing, None if looked or reports is not None else scan.sector)
        self.overload.thin_out(cost)
        self._prune()
        self._promote()
        self.overload.note(scan, cost, self.t - self.history.horizon)
        b = self._pmb.bernoullis
        self.names.forget(self.t, b.code[: b.size].tolist() + self.directions.codes())

    def _run_late(self, scan: Scan) -> None:
        """Back to the state before the scan, and forward again through it and all that followed."""
        late = scan.t1 < self.t - self.history.horizon
        found = None if late else self.history.rewind(scan)
        if found is None:
            self.counters["late_scan"] += 1
            return
        self._count(scan)
        self.counters["out_of_sequence"] += 1
        (self.t, state, registration, heard, directions, duplicates), again = found
        self._pmb.restore(state)
        self._registration.restore(registration)
        self.tracklets.restore(heard)
        self.directions.restore(directions)
        self.duplicates.restore(duplicates)
        self.shown.rewind(self.t)
        for each in again:
            self._run(each)

    def _save(self) -> State:
        return (
            self.t, self._pmb.save(), self._registration.save(), self.tracklets.save(),
            self.directions.save(), self.duplicates.save(),
        )  # fmt: skip

    def _predict(self, t: int) -> None:
        """Everything to time t."""
        dt = clock.seconds(t - self.t) if self.t else 0.0
        self.t = t
        if dt > 0.0:
            self._pmb.predict(dt, math.exp(-dt / self.config.mean_life_s))

    def _look(self, reports: Reports, sensor: Sensor, sector: Sector | None, cost: Cost) -> Ints:
        """A miss counts only within the sector looked at; without one it does not count at all. Returns the
        plot (N,) that each target used, −1 for none."""
        plots = reports.plots
        held = self.overload.hold(plots, cost)
        p_detect, near = np.ones(len(self._pmb.bernoullis)), None
        if sector is not None:
            mean, cov = self._pmb.combined()
            p_detect = self._p_detect(mean, cov, sensor, sector)
            p_detect[held] = 0.0
            near = self._near(mean, cov, sensor, p_detect)
        plots = self.overload.sober(plots, reports.detections, sensor, sector, p_detect, cost)
        number = self._order[sensor.name]
        if sector is not None:
            self.duplicates.meet(near, self._pmb.bernoullis, self.t, self.t - self._round)
        with straightened(self._pmb, sensor, p_detect > UNSEEN), self._pmb.unaware(held):
            used = self._pmb.look(
                plots, p_detect, looking=sector is not None, rate=sensor.report_rate, sensor=number, near=near
            )
        if sector is not None:
            self.duplicates.look(near, self._pmb.told, used)
        if near is not None:
            self.counters["duplicates"] += self.duplicates.settle(self._pmb.bernoullis, mean, cov)
        return used

    def _look_along(self, scan: Scan, sensor: DirectionSensor, sector: Sector | None) -> None:
        """One look of a sensor of directions, as `_look`. Of another kind than its own it takes none."""
        some = [d for d in scan.detections if d.kind is sensor.reports]
        p_detect = np.ones(len(self._pmb.bernoullis))
        if sector is not None:
            p_detect = self._p_detect(*self._pmb.combined(), sensor, sector)
        codes, labels = self.names.hear_all(some), self._reading.labels(some, sensor)
        self.directions.look(self.t, some, codes, labels, sensor, sector, p_detect)

    def _near(self, mean: Array, cov: Array, sensor: Sensor, p_detect: Array) -> Pairs | None:
        """The pairs that the sensor may report as one, None without any; whom it cannot see now it cannot
        confuse."""
        cell = sensor.resolution(mean[:, :3])
        if cell is None:
            return None
        b = self._pmb.bernoullis
        found: Pairs = pairs(np.where(p_detect > UNSEEN, b.r[: b.size], 0.0), mean, cov, cell)
        return found if len(found[0]) else None

    def _register(self, reports: Reports, used: Ints, sensor: Sensor) -> None:
        """Learn the sensors' biases from the plots that tracks used."""
        plots, b = reports.plots, self._pmb.bernoullis
        self._registration.learn(
            sensor.name, b, used, reports.place, reports.noise, plots.tau, plots.t, reports.told, self.t
        )

    def _p_detect(self, mean: Array, cov: Array, sensor: Sensor, sector: Sector) -> Array:
        """p̄ (N,): P_D averaged over where each target may be and how it may move.

        Where the place is known well and motion makes no difference, P_D at the mean. Else the mean over the
        2·6 sigma points of the state (unscented transform, κ = 0): coverage ends somewhere inside a wide
        density, and a Doppler notch hides a target only while it surely flies across the beam.
        """
        still: Array = sensor.detection_probability(mean[:, :3], sector=sector)
        p: Array = sensor.detection_probability(mean[:, :3], mean[:, 3:], sector)
        wide = np.trace(cov[:, :3, :3], axis1=1, axis2=2) > WIDE**2
        unsure = np.flatnonzero(wide | (p != still))
        if len(unsure):
            try:
                spread = math.sqrt(6.0) * np.linalg.cholesky(cov[unsure])
            except np.linalg.LinAlgError:  # numbers at the end of their tether; the mean must do
                self.counters["covariance_not_positive"] += 1
                spread = np.zeros_like(cov[unsure])
            points = mean[unsure, None] + np.concatenate([spread, -spread], axis=2).transpose(0, 2, 1)
            flat = points.reshape(-1, 6)
            around = sensor.detection_probability(flat[:, :3], flat[:, 3:], sector)
            p[unsure] = around.reshape(-1, 12).mean(axis=1)
        return np.minimum(p, self.config.p_detect_max)

    # ----------------------------------------------------------- life cycle

    def _prune(self) -> None:
        """Forget what is not worth keeping; a track that was shown is said goodbye to once."""
        b = self._pmb.bernoullis
        keep = self._pmb.worth_keeping(self.t - clock.from_seconds(self.config.forget_s))
        if keep is not None:
            going = np.flatnonzero(~keep & (b.id[: b.size] > 0))
            for track in self._tracks(going, dropped=True):
                self.shown.drop(track)
        self._forget(keep)

    def _forget(self, keep: NDArray[np.bool_] | None) -> None:
        """Take out the rows not to keep (N,), of everything that goes by rows."""
        self._pmb.forget(keep)
        self._registration.forget(keep)
        self.duplicates.forget(keep)

    def _promote(self) -> None:
        """Shown above `show` with two reports, confirmed above `confirm`, doubted again below `drop`."""
        b, N, config = self._pmb.bernoullis, self._pmb.bernoullis.size, self.config
        r, hits, confirmed = b.r[:N], b.hits[:N], b.confirmed[:N]
        for row in np.flatnonzero((b.id[:N] == 0) & (r >= config.show) & (hits >= 2)):
            b.id[row] = self.shown.number(int(b.born[row]), int(b.label[row]))
        for row in np.flatnonzero((confirmed < 1) & (r >= config.confirm) & (hits >= config.confirm_hits)):
            confirmed[row] = 1
            self.shown.confirm(int(b.id[row]))
        confirmed[(confirmed == 1) & (r < config.drop)] = -1
        self.counters["tracks_started"] = self.shown.numbers
        self.counters["tracks_confirmed"] = self.shown.confirmations

    # ----------------------------------------------------------------- out

    def snapshot(self) -> tuple[Track, ...]:
        """Every shown track at time `t`, by id; a dropped one appears once, as it was when dropped."""
        b = self._pmb.bernoullis
        tracks = self._tracks(np.flatnonzero(b.id[: b.size] > 0))
        gone = self.shown.goodbyes(self.t, tracks)
        self.shown.forget(self.t - self.history.horizon - clock.NS)
        return tuple(sorted([*gone, *tracks], key=lambda track: track.id))

    def bearings(self) -> tuple[Bearing, ...]:
        """Directions in which something is, at time `t`, that no track explains: by sensor, in row order."""
        return self.directions.bearings(self.t)

    def registration(self) -> dict[str, Bias]:
        """The constant error of every sensor that may have one, by name, as known at time `t`."""
        return self._registration.biases()

    def _tracks(self, rows: NDArray[np.int64], *, dropped: bool = False) -> list[Track]:
        b = self._pmb.bernoullis
        x, P = combine(b.mu[rows], b.x[rows], b.P[rows])
        return [
            self._track(int(row), x[k], P[k], Status.DROPPED if dropped else self._status(int(row)))
            for k, row in enumerate(rows)
        ]

    def _status(self, row: int) -> Status:
        b = self._pmb.bernoullis
        if b.confirmed[row] < 1:
            return Status.TENTATIVE
        coasting = self.t - int(b.updated[row]) > clock.from_seconds(self.config.coast_s)
        return Status.COASTING if coasting else Status.CONFIRMED

    def _track(self, row: int, x: Array, P: Array, status: Status) -> Track:
        b = self._pmb.bernoullis
        seen = b.seen[row]
        return Track(
            id=int(b.id[row]),
            status=status,
            estimate=Estimate(t=self.t, x=x, P=P, frame=self.frame),
            existence=float(b.r[row]),
            identity=self.names.of(int(b.code[row])),
            klass={},
            contributors={name: int(seen[k]) for name, k in self._order.items() if seen[k] > 0},
            t_born=int(b.born[row]),
            t_updated=int(b.updated[row]),
            hits=int(b.hits[row]),
            modes=tuple(b.mu[row].tolist()),
        )

    # --------------------------------------------------------------- set-up

    def _ago(self, sensor: Sensor) -> int:
        """ns since when the last look of a sensor that shows places began, anywhere; 0 without looks."""
        looks = sensor.name in self._placing and sensor.looks
        return clock.from_seconds(1.5 / sensor.look_rate) if looks else 0

    def _sigma_v(self) -> tuple[float, float, float]:
        return self.config.speed_sigma, self.config.speed_sigma, self.config.climb_sigma

    def _pmb_config(self) -> PmbConfig:
        c = self.config
        return PmbConfig(gamma=c.gate, exact_plots=c.exact_plots, unexplained=0.01, hypotheses=c.hypotheses)

    def _undetected(self) -> Anywhere:
        placing = self._placing or self.sensors
        volume = max((sensor.volume() for sensor in placing.values()), default=1e12)
        return Anywhere(
            rate=self.config.births_per_hour / 3600.0 / volume,
            start=self.config.in_the_air / volume,
            death=1.0 / self.config.mean_life_s,
            sigma_v=self._sigma_v(),
            search=self._search,
        )

    def _search(self, position: Array) -> Array:
        """ρ (M,), 1/s: how often a target at each position would be reported by somebody."""
        rate = np.zeros(len(position))
        for sensor in self._placing.values():
            per_second = sensor.look_rate if sensor.looks else sensor.report_rate
            rate += per_second * sensor.detection_probability(position)
        return rate
