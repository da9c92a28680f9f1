"""When a look brings far more plots than it should: what is believed then, and what is bounded.

Three things follow from a flood. Clutter is evidently denser than the sensor's model says, so its density is
taken from the plots themselves. Only so many plots may start a target, drawn by lot with odds in proportion
to their evidence. And a target in whose gate too many plots lie learns nothing from this look: a tentative
one is dropped, a shown one coasts. Nothing here is random: a plot's lot follows from its label and its time,
so that the same scans give the same bytes. A scan that brings what it should is not touched at all.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from vedette.sensor import Sensor
from vedette.tracker.flood import (
    FLOOD,
    Bools,
    Ints,
    converted,
    crowd,
    density,
    drawn,
    excess,
    lots,
    under_gates,
    within,
)
from vedette.tracker.history import Key, key_of
from vedette.tracker.plots import Plots
from vedette.tracker.pmb import Pmb
from vedette.types import Array, Detection, Kind, Scan, Sector

EACH = 10_000  # plots under one target's gate beyond which the look says nothing about it
POLAR = (Kind.RANGE_AZ_EL, Kind.RANGE_AZ, Kind.RANGE_AZ_HEIGHT)  # in which a radar's coverage is a box


@dataclass(slots=True)
class Cost:
    """What overload cost one scan; `plots` in it where about `expected` were to be, if there was any."""

    counts: Counter[str] = field(default_factory=Counter)
    plots: int = 0
    expected: float = 0.0

    def sentence(self) -> str:
        """What an operator is told."""
        n = self.counts
        if not n["overload_scans"]:
            return (
                f"{self.plots:,} plots in one look where about {math.ceil(self.expected):,} were to be "
                "expected; if that lasts, raise this sensor's `clutter` in the site file."
            )
        text = f"Overload: {self.plots:,} plots in one look"
        text += f" where about {math.ceil(self.expected):,} were to be expected." if self.expected else "."
        if n["births_refused"] or n["tentative_dropped"]:
            text += " New tracks start late."
        if n["tracks_held"]:
            text += f" Tracks in the thick of it coast: {n['tracks_held']:,}."
        return text


@dataclass(slots=True)
class Overload:
    """The bounds of one tracker, and what they have cost.

    forget     takes out the rows not to keep (N,)
    intensity  position (M, 3) → undetected targets per m³ there
    gate       on d²
    births, tentative, pairs  as births_at_once, tentative_at_once, pairs_at_once in TrackerConfig
    counters   overload_scans, and in them: births_refused (plots that might have started a target and were
               not drawn), tentative_dropped, tracks_held (shown targets not updated by a look);
               clutter_raised: looks in which the sensor's model of clutter was not believed
    told       sensor → (ns UTC, sentence) of the last scan that any of these counted

    A late scan makes others run again: each counts once, as it was run last.
    """

    pmb: Pmb
    forget: Callable[[Bools], None]
    intensity: Callable[[Array], Array]
    counters: Counter[str]
    gate: float
    births: int
    tentative: int
    pairs: int
    told: dict[str, tuple[int, str]] = field(default_factory=dict)
    _costs: dict[Key, Cost] = field(default_factory=dict)

    def hold(self, plots: Plots, cost: Cost) -> Ints:
        """Rows of the shown targets in whose gates too many plots lie; tentative ones are dropped."""
        b, N, M = self.pmb.bernoullis, self.pmb.bernoullis.size, len(plots.t)
        cost.plots += M
        if max(M * N / self.pairs, M / EACH) <= 1.0:
            return np.empty(0, np.int64)
        count = under_gates(b.x[:N], b.P[:N], plots.z, plots.R, plots.tau, self.gate)
        shown = b.id[:N] > 0
        fits = within(count, b.r[:N], shown, EACH, self.pairs)
        keep = fits | shown
        cost.counts["tentative_dropped"] += int((~keep).sum())
        cost.counts["tracks_held"] += int((shown & ~fits).sum())
        self.forget(keep)
        return np.flatnonzero(~fits[keep])

    def sober(
        self,
        plots: Plots,
        reports: Sequence[Detection],
        sensor: Sensor,
        sector: Sector | None,
        p_detect: Array,
        cost: Cost,
    ) -> Plots:
        """The plots, with clutter as dense as it evidently is, and no more of them free to start a target
        than can be followed up.

        reports M, as `plots` were made of them; p_detect (N,) of the targets: so many plots are theirs.
        """
        b = self.pmb.bernoullis
        if sector is None:
            fresh = (plots.code < 0) | ~np.isin(plots.code, b.code[: b.size])
            return self._draw(plots, fresh, 0.0, cost)
        known, expected = float(b.r[: b.size] @ p_detect), sensor.false_alarms(sector)
        unexplained = len(reports) - known
        if excess(unexplained, expected):
            cost.counts["clutter_raised"] += 1
            cost.counts["overload_scans"] = int(unexplained > FLOOD)
            cost.expected = known + expected
            times = self._times(plots, reports, sensor, unexplained, expected)
            plots = replace(plots, clutter=plots.clutter * times)
        return self._draw(plots, np.ones(len(reports), bool), known, cost)

    def _times(
        self,
        plots: Plots,
        reports: Sequence[Detection],
        sensor: Sensor,
        unexplained: float,
        expected: float,
    ) -> Array:
        """(M,) how many times denser than its model clutter is.

        Up to FLOOD unexplained plots the model is scaled as a whole, which hides no swarm of real targets;
        beyond, their density is counted place by place.
        """
        M, S = len(reports), plots.at_birth[:, :3, :3]
        if unexplained <= FLOOD:
            return np.full(M, unexplained / max(expected, 1e-3))
        rho = np.empty(M)
        for kind in dict.fromkeys(report.kind for report in reports):
            k = np.flatnonzero([report.kind is kind for report in reports])
            if kind in POLAR:
                some = [report for report in reports if report.kind is kind]
                z, R = np.stack([d.z for d in some]), np.stack([d.R for d in some])
                rho[k] = converted(density(z, R), R, S[k])
            else:
                rho[k] = density(plots.z[k, :3], S[k])
        model = sensor.clutter_density(plots.z[:, :3])
        return np.asarray(np.maximum(unexplained / M * rho / model, 1.0))

    def _draw(self, plots: Plots, fresh: Bools, known: float, cost: Cost) -> Plots:
        """Of the `fresh` (M,) plots, among which `known` are probably explained, not too many may start."""
        most = self.births + math.ceil(known)
        if int(fresh.sum()) <= most:
            return plots
        label = np.arange(len(plots.t)) if plots.label is None else plots.label
        odds = fresh * self.intensity(plots.z[:, :3]) * plots.p_detect / plots.clutter
        start = drawn(odds, lots(label, plots.t), most) | ~fresh
        cost.counts["births_refused"] += int((~start).sum())
        return replace(plots, p_detect=np.where(start, plots.p_detect, 0.0))

    def thin_out(self, cost: Cost) -> None:
        """Keep the likeliest of the tentative targets."""
        b = self.pmb.bernoullis
        keep = crowd(b.r[: b.size], b.id[: b.size] > 0, self.tentative)
        if keep is not None:
            cost.counts["tentative_dropped"] += int((~keep).sum())
            self.forget(keep)

    def note(self, scan: Scan, cost: Cost, oldest: int) -> None:
        """Count what a scan has cost, in place of what was counted of it before; forget scans before `oldest`
        (ns UTC), which are not run again."""
        limits = ("births_refused", "tentative_dropped", "tracks_held")
        if any(cost.counts[name] for name in limits):
            cost.counts["overload_scans"] = 1
        key, counts = key_of(scan), +cost.counts
        before = self._costs.pop(key, None)
        if before is not None:
            self.counters.subtract(before.counts)
        if counts:
            self.counters.update(counts)
            self._costs[key] = Cost(counts, cost.plots, cost.expected)
            self.told[scan.sensor] = (scan.t1, cost.sentence())
        if self._costs:
            self._costs = {key: cost for key, cost in self._costs.items() if key[0] >= oldest}
