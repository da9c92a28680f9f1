"""A scan's reports as plots: placed in the site's frame, less known errors, weighed as their sensor says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vedette import clock
from vedette.sensor import DIRECTIONS, Doppler, Radar2D, Sensor, TrackFeed
from vedette.tracker.bent import straight
from vedette.tracker.claims import claimed, with_radial_speed
from vedette.tracker.names import Names
from vedette.tracker.plots import Plots, together, without_guess
from vedette.tracker.pmb import Pmb
from vedette.tracker.registration import Registration, usable
from vedette.tracker.tracklets import Tracklets, last_used
from vedette.types import Array, Detection, Scan

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """The reports of one scan as plots; their places and velocities, (M, 3) or (M, 6), and the noise of
    these, (M, 3, 3) or (M, 6, 6), without what is not known of the sensor's bias; which of them tell of it
    (M,); and the reports as they came."""

    plots: Plots
    place: Array
    noise: Array
    told: NDArray[np.bool_]
    detections: list[Detection]

    @classmethod
    def of(cls, parts: list[Reports]) -> Reports:
        """One look's reports together, whatever each of them measured."""
        if len(parts) == 1:
            return parts[0]
        true = together([replace(part.plots, z=part.place, R=part.noise) for part in parts])
        return cls(
            together([part.plots for part in parts]),
            true.z,
            true.R,
            np.concatenate([part.told for part in parts]),
            [detection for part in parts for detection in part.detections],
        )


@dataclass(slots=True)
class Reading:
    """What one tracker makes of its scans' reports.

    pmb           its targets; what a track feed says of one, it may have said before
    registration  its sensors' constant errors, which are taken off
    tracklets     what track feeds said
    order         sensor's name → its number
    sigma_v       (3,) m/s, 1 σ of the velocity of a target that nobody knows
    """

    pmb: Pmb
    registration: Registration
    tracklets: Tracklets
    names: Names
    counters: Counter[str]
    order: Mapping[str, int]
    sigma_v: Array

    def read(self, scan: Scan, sensor: Sensor, *, looked: bool) -> Reports | None:
        """The scan's reports as arrays in the site's frame, its time the state's; None when there is nothing
        to learn from it: a look (`looked`) of a sector tells something without reports too."""
        groups: dict[int, list[tuple[list[Detection], Array, Array, NDArray[np.bool_]]]] = {}
        for kind in dict.fromkeys(d.kind for d in scan.detections if d.kind not in DIRECTIONS):
            some = [d for d in scan.detections if d.kind is kind]
            z = self.registration.corrected(sensor.name, kind, np.stack([d.z for d in some]))
            y, S = sensor.convert(kind, z, np.stack([d.R for d in some]))
            groups.setdefault(y.shape[1], []).append((some, y, S, usable(sensor, kind, some)))
        if not groups and looked and scan.sector is not None:
            groups[3] = [([], np.empty((0, 3)), np.empty((0, 3, 3)), np.empty(0, bool))]
        packed = [
            self._pack(
                scan.t1,
                [d for some, _, _, _ in parts for d in some],
                np.concatenate([y for _, y, _, _ in parts]),
                np.concatenate([S for _, _, S, _ in parts]),
                np.concatenate([told for _, _, _, told in parts]),
                sensor,
            )
            for _, parts in sorted(groups.items())
        ]
        if len(packed) == 1 and sensor.doppler is not None:
            packed = [self._with_speeds(packed[0], sensor, sensor.doppler)]
        return Reports.of(packed) if packed else None

    def _pack(
        self,
        now: int,
        some: list[Detection],
        y: Array,
        S: Array,
        told: NDArray[np.bool_],
        sensor: Sensor,
    ) -> Reports:
        if isinstance(sensor, TrackFeed):
            some, y, S = self._news(some, y, S, sensor)
            told = np.zeros(len(some), bool)  # errors that last tell nothing of another sensor's
        t = np.array([d.t for d in some], np.int64)
        position = y[:, :3]
        # The ratio is the same for whoever is the target, so dividing the clutter density by it gives the
        # same probabilities as weighing every pairing and every birth.
        snr_db = claimed("snr_db", some, self.counters)
        clutter = sensor.clutter_density(position) / sensor.amplitude_ratio(position, snr_db)
        if y.shape[1] == 6:
            clutter = clutter * self._velocity_density(y[:, 3:])
        # A plot was seen, so it could be seen: whatever the model says, it is not below one in a thousand.
        p_detect = np.maximum(sensor.detection_probability(position), 1e-3)
        plots = Plots(
            z=y, R=self.registration.considered(sensor.name, y, S, told),
            tau=(now - t) / clock.NS + self.registration.delay(sensor.name),
            clutter=np.maximum(clutter, 1e-30), p_detect=p_detect,
            t=t, code=self.names.hear_all(some), label=self.labels(some, sensor),
        )  # fmt: skip
        if isinstance(sensor, Radar2D):
            plots = without_guess(straight(plots, sensor), sensor.guess([d.kind for d in some], position))
        return Reports(plots, y, S, told, some)

    def labels(self, some: list[Detection], sensor: Sensor) -> Ints:
        """(M,) what Bernoullis started by these reports are called: other numbers for every sensor."""
        return np.array([d.seq for d in some], np.int64) * len(self.order) + self.order[sensor.name]

    def _with_speeds(self, reports: Reports, sensor: Sensor, doppler: Doppler) -> Reports:
        """With the radial speeds that reports of position claim; a whole velocity says more."""
        speed = claimed("radial_speed", reports.detections, self.counters)
        if reports.noise.shape[1] != 3 or np.isnan(speed).all():
            return reports
        plots = with_radial_speed(reports.plots, speed, doppler, reports.place - sensor.to_site[1])
        return replace(reports, plots=plots)

    def _news(
        self, some: list[Detection], y: Array, S: Array, sensor: TrackFeed
    ) -> tuple[list[Detection], Array, Array]:
        """What other systems' tracks say beyond what their targets have already used."""
        b, N = self.pmb.bernoullis, self.pmb.bernoullis.size
        mean, cov = self.pmb.combined()
        used = last_used(
            self.names.hear_all(some), y[:, :3], S[:, :3, :3],
            b.code[:N], b.seen[:N, self.order[sensor.name]], mean[:, :3], cov[:, :3, :3],
        )  # fmt: skip
        keep, z, R = self.tracklets.plots(sensor, some, y, S, used)
        return [some[k] for k in keep], z, R

    def _velocity_density(self, v: Array) -> Array:
        """Density of a false report's velocity (1 / (m/s)³): that of a target nobody knows."""
        norm = (2 * math.pi) ** 1.5 * float(np.prod(self.sigma_v))
        density: Array = np.exp(-0.5 * np.sum((v / self.sigma_v) ** 2, axis=1)) / norm
        return density
