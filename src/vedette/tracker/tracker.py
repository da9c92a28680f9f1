"""The multi-sensor tracker: scans in, track snapshots out; the same object live, in replay and in exercises.

predict to the scan → convert the reports to the site's frame → look (associate, update, give birth) → prune
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray

from vedette import clock
from vedette.kernel.imm import combine
from vedette.kernel.motion import damped_velocity, white_acceleration
from vedette.sensor import Sensor
from vedette.tracker.claims import claimed, with_radial_speed
from vedette.tracker.config import TrackerConfig
from vedette.tracker.history import History, key_of
from vedette.tracker.names import Names
from vedette.tracker.pmb import Motion, Plots, Pmb, PmbConfig, PmbState
from vedette.tracker.shown import Shown
from vedette.tracker.undetected import Anywhere
from vedette.types import Array, Detection, Estimate, Scan, Sector, Status, Track

Ints = NDArray[np.int64]

WIDE = 300.0  # m, total position uncertainty above which coverage is averaged over the density


class Tracker:
    """Tracks of one site.

    sensors  name → Sensor, for every sensor that may send a scan
    frame    name of the site's local frame, e.g. "enu:base"; states are [e, n, u, v_e, v_n, v_u], SI

    `step` takes scans in any order within `horizon_s`: the result is that of the right order. `snapshot`
    shows what is believed at the time of the newest scan. Nothing inside is random and nothing reads a clock:
    the same scans give the same bytes.
    """

    def __init__(
        self, sensors: Mapping[str, Sensor], frame: str, config: TrackerConfig | None = None
    ) -> None:
        self.sensors = dict(sensors)
        self.frame = frame
        self.config = config or TrackerConfig()
        self.t = 0
        self.names = Names()
        self.counters: Counter[str] = Counter()
        self._order = {name: k for k, name in enumerate(self.sensors)}
        self._pmb = Pmb(
            n=6, undetected=self._undetected(), config=self._pmb_config(), motion=self._motion(),
            sensors=len(self._order),
        )  # fmt: skip
        horizon = clock.from_seconds(self.config.horizon_s)
        self.history = History(horizon, self._save)
        self.shown = Shown()

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

    def _run(self, scan: Scan) -> None:
        """The loop of the textbook."""
        self.history.append(scan)
        sensor = self.sensors[scan.sensor]
        self._predict(scan.t1)
        for plots in self._plots(scan, sensor):
            self._look(plots, sensor, scan.sector if sensor.looks else None)
        self._prune()
        self._promote()
        b = self._pmb.bernoullis
        self.names.forget(self.t, b.code[: b.size].tolist())

    def _run_late(self, scan: Scan) -> None:
        """Back to the state before the scan, and forward again through it and all that followed."""
        late = scan.t1 < self.t - self.history.horizon
        found = None if late else self.history.rewind(scan)
        if found is None:
            self.counters["late_scan"] += 1
            return
        self._count(scan)
        self.counters["out_of_sequence"] += 1
        (self.t, state), again = found
        self._pmb.restore(state)
        self.shown.rewind(self.t)
        for each in again:
            self._run(each)

    def _save(self) -> tuple[int, PmbState]:
        return self.t, self._pmb.save()

    def _predict(self, t: int) -> None:
        """Everything to time t."""
        dt = clock.seconds(t - self.t) if self.t else 0.0
        self.t = t
        if dt > 0.0:
            self._pmb.predict(dt, math.exp(-dt / self.config.mean_life_s))

    def _plots(self, scan: Scan, sensor: Sensor) -> list[Plots]:
        """The scan's reports as arrays in the site's frame; one Plots per measurement size, in order."""
        groups: dict[int, list[tuple[list[Detection], Array, Array]]] = {}
        for kind in dict.fromkeys(d.kind for d in scan.detections):
            some = [d for d in scan.detections if d.kind is kind]
            y, S = sensor.convert(kind, np.stack([d.z for d in some]), np.stack([d.R for d in some]))
            groups.setdefault(y.shape[1], []).append((some, y, S))
        if not groups and sensor.looks and scan.sector is not None:
            return [self._pack([], np.empty((0, 3)), np.empty((0, 3, 3)), sensor)]
        return [
            self._pack(
                [d for some, _, _ in parts for d in some],
                np.concatenate([y for _, y, _ in parts]),
                np.concatenate([S for _, _, S in parts]),
                sensor,
            )
            for _, parts in sorted(groups.items())
        ]

    def _pack(self, some: list[Detection], y: Array, S: Array, sensor: Sensor) -> Plots:
        t = np.array([d.t for d in some], np.int64)
        position = y[:, :3]
        # The ratio is the same for whoever is the target, so dividing the clutter density by it gives the
        # same probabilities as weighing every pairing and every birth.
        snr_db = claimed("snr_db", some, self.counters)
        clutter = sensor.clutter_density(position) / sensor.amplitude_ratio(position, snr_db)
        if y.shape[1] == 6:
            clutter = clutter * self._velocity_density(y[:, 3:])
        elif sensor.doppler is not None:
            speed = claimed("radial_speed", some, self.counters)
            if not np.isnan(speed).all():
                y, S = with_radial_speed(y, S, speed, sensor.doppler, sensor.position)
                clutter = clutter / sensor.doppler.span
        # A plot was seen, so it could be seen: whatever the model says, it is not below one in a thousand.
        p_detect = np.maximum(sensor.detection_probability(position), 1e-3)
        return Plots(
            z=y, R=S, tau=(self.t - t) / clock.NS, clutter=np.maximum(clutter, 1e-30), p_detect=p_detect,
            t=t, code=np.array([self.names.hear(d) for d in some], np.int64),
            label=np.array([d.seq for d in some], np.int64) * len(self._order) + self._order[sensor.name],
        )  # fmt: skip

    def _velocity_density(self, v: Array) -> Array:
        """Density of a false report's velocity (1 / (m/s)³): that of a target nobody knows."""
        sigma = np.array(self._sigma_v())
        norm = (2 * math.pi) ** 1.5 * float(np.prod(sigma))
        density: Array = np.exp(-0.5 * np.sum((v / sigma) ** 2, axis=1)) / norm
        return density

    def _look(self, plots: Plots, sensor: Sensor, sector: Sector | None) -> None:
        """A miss counts only within the sector looked at; without one it does not count at all."""
        N = len(self._pmb.bernoullis)
        p_detect = np.ones(N) if sector is None else self._p_detect(sensor, sector)
        number = self._order[sensor.name]
        resolution = None if sector is None else sensor.resolution(self._pmb.combined()[0][:, :3])
        self._pmb.look(
            plots, p_detect, looking=sector is not None, rate=sensor.report_rate, sensor=number,
            resolution=resolution,
        )  # fmt: skip

    def _p_detect(self, sensor: Sensor, sector: Sector) -> Array:
        """p̄ (N,): P_D averaged over where each target may be and how it may move.

        Where the place is known well and motion makes no difference, P_D at the mean. Else the mean over the
        2·6 sigma points of the state (unscented transform, κ = 0): coverage ends somewhere inside a wide
        density, and a Doppler notch hides a target only while it surely flies across the beam.
        """
        mean, cov = self._pmb.combined()
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
        self._pmb.forget(keep)

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
        )

    # --------------------------------------------------------------- set-up

    def _sigma_v(self) -> tuple[float, float, float]:
        return self.config.speed_sigma, self.config.speed_sigma, self.config.climb_sigma

    def _pmb_config(self) -> PmbConfig:
        return PmbConfig(gamma=self.config.gate, exact_plots=self.config.exact_plots, unexplained=0.01)

    def _motion(self) -> Motion:
        """Cruise, manoeuvre, hover."""
        c = self.config
        return Motion(
            models=(
                partial(white_acceleration, c.acceleration),
                partial(white_acceleration, c.manoeuvre),
                partial(damped_velocity, c.hover, c.hover_relaxation_s),
            ),
            sojourn=(c.cruise_s, c.manoeuvre_s, c.hover_s),
            at_birth=(0.8, 0.15, 0.05),
        )

    def _undetected(self) -> Anywhere:
        volume = max((sensor.volume() for sensor in self.sensors.values()), default=1e12)
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
        for sensor in self.sensors.values():
            per_second = sensor.look_rate if sensor.looks else sensor.report_rate
            rate += per_second * sensor.detection_probability(position)
        return rate
