"""The `[tracker]` table of site.toml."""

from __future__ import annotations

import msgspec


class TrackerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sensible defaults: most sites need none of these keys.

    acceleration        cruise: white-noise acceleration density q, m²/s³
    manoeuvre           the same while manoeuvring; 40 follows a 3 g turn within a few scans
    hover               the same while hovering, where velocity decays within hover_relaxation_s
    cruise_s, manoeuvre_s, hover_s  mean time a target stays in each of the three
    births_per_hour     new targets expected per hour in the whole surveillance volume
    in_the_air          targets expected to be in the air when the tracker starts
    mean_life_s         mean time a target stays in the volume, s
    speed_sigma         horizontal speed prior per axis before any velocity is known, m/s
    climb_sigma         the same, vertical, m/s
    p_detect_max        no coverage model is believed beyond this: rain, clutter and odd shapes hide targets
    gate                gate on the squared Mahalanobis distance
    exact_plots         association problems with so many plots or fewer are solved exactly
    hypotheses          accuracy mode: joint hypotheses kept of each cluster in which believed targets compete
                        for plots; 0 turns it off, 50 is plenty
    births_at_once      plots of one scan beyond those of known targets that may start a target: overload
    tentative_at_once   targets not yet shown that are kept at a time; the likeliest are
    pairs_at_once       pairs of target and plot that one scan may be tried for
    show, confirm       existence above which a track is shown, and is confirmed
    drop                existence below which a confirmed track is doubted again
    confirm_hits        reports a confirmed track needs at least
    coast_s             a confirmed track without a report for longer is shown as coasting
    forget_s            a track without a report for longer is dropped
    registration        learn each sensor's constant error from targets that two sensors see, and take it off
    bias_range, bias_azimuth, bias_elevation, bias_time
                        how large such errors may be, 1 σ: m, degrees, degrees, s; 0: there is none
    bearing_height, bearing_height_sigma
                        what is believed of a target's height that no bearing tells, m above the site, 1 σ
    horizon_s           a scan up to so much older than the newest is put where it belongs; older are dropped
    """

    acceleration: float = 0.5
    manoeuvre: float = 40.0
    hover: float = 1.0
    hover_relaxation_s: float = 2.0
    cruise_s: float = 20.0
    manoeuvre_s: float = 5.0
    hover_s: float = 15.0
    births_per_hour: float = 120.0
    in_the_air: float = 5.0
    mean_life_s: float = 1200.0
    speed_sigma: float = 80.0
    climb_sigma: float = 8.0
    p_detect_max: float = 0.95
    gate: float = 20.0
    exact_plots: int = 12
    hypotheses: int = 0
    births_at_once: int = 2000
    tentative_at_once: int = 4000
    pairs_at_once: int = 1_000_000
    show: float = 0.3
    confirm: float = 0.95
    drop: float = 0.3
    confirm_hits: int = 3
    coast_s: float = 8.0
    forget_s: float = 60.0
    horizon_s: float = 5.0
    registration: bool = True
    bias_range: float = 50.0
    bias_azimuth: float = 1.0
    bias_elevation: float = 1.0
    bias_time: float = 0.5
    bearing_height: float = 300.0
    bearing_height_sigma: float = 300.0

    def problems(self) -> list[str]:
        """What is inconsistent, as (key: sentence) lines; empty when all is well."""
        found = [
            f"{key}: must be above zero, not {getattr(self, key):g}; remove the line to use the default"
            for key in (
                "acceleration",
                "manoeuvre",
                "hover",
                "hover_relaxation_s",
                "cruise_s",
                "manoeuvre_s",
                "hover_s",
                "births_per_hour",
                "mean_life_s",
                "speed_sigma",
                "climb_sigma",
                "gate",
                "coast_s",
                "forget_s",
                "bearing_height_sigma",
                "confirm_hits",
                "births_at_once",
                "tentative_at_once",
                "pairs_at_once",
            )
            if not getattr(self, key) > 0
        ]
        found += [
            f"{key}: must not be negative, but is {getattr(self, key):g}; remove the line to use the default"
            for key in (
                "in_the_air",
                "horizon_s",
                "bias_range",
                "bias_azimuth",
                "bias_elevation",
                "bias_time",
            )
            if not getattr(self, key) >= 0
        ]
        if not 0 < self.drop <= self.show <= self.confirm < 1:
            found.append(
                "confirm: existence thresholds must satisfy 0 < drop <= show <= confirm < 1, "
                f"but drop = {self.drop:g}, show = {self.show:g}, confirm = {self.confirm:g}"
            )
        if not 0 < self.p_detect_max < 1:
            found.append(
                f"p_detect_max: must lie between 0 and 1, not {self.p_detect_max:g}; 0.95 suits most radars"
            )
        if not 0 <= self.exact_plots <= 16:
            found.append(f"exact_plots: must be 0 to 16, not {self.exact_plots}; cost doubles with each plot")
        if not 0 <= self.hypotheses <= 1000:
            found.append(
                f"hypotheses: must be 0 to 1000, not {self.hypotheses}; 50 is plenty, 0 turns it off"
            )
        return found
