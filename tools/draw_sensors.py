"""Draw the figures of docs/sensor from the sensor models themselves.

    python tools/draw_sensors.py

Needs matplotlib. Run it after a change to a model; the pictures are committed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from vedette.config import Table, parse_toml
from vedette.geo import LocalFrame, horizon_distance
from vedette.sensor import Camera, Observer, Radar2D, RfBearing, SensorConfig, Simulated, build
from vedette.sensor.fluctuation import FLUCTUATIONS, Swerling1, swerling1
from vedette.sensor.link import decibel, snr
from vedette.sensor.optics import resolved, slew_to_cue
from vedette.sensor.radio import bearing_sigma
from vedette.sensor.sound import sound_delay

FOLDER = Path(__file__).parents[1] / "docs" / "sensor"
SITE = LocalFrame("enu:figure", math.radians(33.8), math.radians(42.4), 190.0)
RANGE = np.linspace(50.0, 12_000.0, 400)
UP = 0.05  # rad, elevation of what is looked at
RADAR = {
    "reference_range": 15_000, "reference_rcs": -10, "reference_pd": 0.9, "range_max": 40_000,
    "range_resolution": 30, "azimuth_beamwidth": 2, "elevation_beamwidth": 4, "elevation_min": 0,
    "elevation_max": 40, "period": 1,
}  # fmt: skip


class Holder(Table):
    """One sensor's table."""

    sensor: SensorConfig


def sensor(kind: str, **keys: object) -> Simulated:
    """A sensor 10 m above the site's reference point."""
    lines = [f'kind = "{kind}"', 'name = "figure"', "height = 10"]
    lines += [f"{key} = {str(value).lower()}" for key, value in keys.items()]
    return build(parse_toml("[sensor]\n" + "\n".join(lines), Holder).sensor, SITE)


def local(r: np.ndarray) -> np.ndarray:
    return np.column_stack([0 * r, r * math.cos(UP), r * math.sin(UP)])


def seen(made: Simulated, r: np.ndarray) -> np.ndarray:
    return made.detection_probability(local(r) + np.array([0.0, 0.0, 10.0]))


def km(axes: Axes, title: str, ylabel: str = "probability per look") -> None:
    axes.set(xlabel="range, km", ylabel=ylabel, title=title)


def radar(left: Axes, right: Axes) -> None:
    r = np.linspace(500.0, 40_000.0, 400)
    for rcs in (-20, -10, 0):
        left.plot(r / 1e3, seen(sensor("radar3d", **RADAR, expected_rcs=rcs), r), label=f"{rcs} dBsm")
    left.plot(15, 0.9, "k.", label="calibration point")
    km(left, "Detection, Swerling 1")
    for rcs in (-20, -10, 0):
        s = snr(r, decibel(rcs), Swerling1(1e-6).snr_for(0.9), 15e3, decibel(-10))
        keep = swerling1(s, 1e-6) > 0.1
        right.plot(r[keep] / 1e3, (r * math.radians(2) / (1.6 * np.sqrt(2 * s)))[keep], label=f"{rcs} dBsm")
    km(right, "Error across, σ of azimuth × range", "m")


def radar_fluctuation(left: Axes, right: Axes) -> None:
    r = np.linspace(500.0, 40_000.0, 400)
    for case in (0, 1, 3):
        made = sensor("radar3d", **RADAR, fluctuation=case)
        left.plot(r / 1e3, seen(made, r), label=f"Swerling {case}")
        db = np.linspace(5.0, 30.0, 300)
        right.plot(db, FLUCTUATIONS[case](1e-6).detection(10 ** (db / 10)), label=f"Swerling {case}")
    left.plot(15, 0.9, "k.", label="calibration point")
    km(left, "The same calibration point")
    right.set(xlabel="S, dB", ylabel="probability per look", title="The same signal, $P_\\mathrm{fa}$ 1e-6")


def radar_ground(left: Axes, right: Axes) -> None:
    """From a 10 m mast, λ 0.23 m: what is simulated and what is foretold at 12 km; horizon and first lobe."""
    fan = {key: value for key, value in RADAR.items() if key != "elevation_beamwidth"}
    fan |= {"elevation_min": -5, "range_max": 200_000, "height_prior": 500, "height_sigma": 500}
    made, free = (sensor("radar2d", **fan, **keys) for keys in ({"frequency": 1.3e9}, {}))
    assert isinstance(made, Radar2D)
    h = np.linspace(1.0, 400.0, 1200)
    place = np.column_stack([0 * h, np.full(len(h), 12e3), h])
    place[:, 2] -= SITE.height_above(place) - h
    local = made.station.local(place)
    S = made.echo.snr(made.station, local, np.linalg.norm(local, axis=1), made.echo.rcs_expected)
    left.plot(made.echo.law.detection(S), h, linewidth=0.8, label="simulated")
    left.plot(made.detection_probability(place), h, label="foretold, evened out")
    left.plot(free.detection_probability(place), h, "k:", label="without frequency")
    left.set(xlabel="probability per look", ylabel="height, m", title="Lobes at 12 km, 1.3 GHz, 10 m mast")
    low = np.geomspace(5.0, 1000.0, 300)
    right.loglog(horizon_distance(10, low) / 1e3, low, label="horizon of a 10 m mast")
    for target in (60, 100, 300, 1000):
        reach = float(horizon_distance(10, target)) / 1e3
        right.plot(reach, target, "k.")
        right.annotate(f"{reach:.1f} km", (reach, target), (-44, 0), textcoords="offset points", fontsize=8)
    d = np.geomspace(3e3, 40e3, 100)
    right.plot(d / 1e3, made.echo.wavelength * d / 40.0, label="first lobe, flat ground")
    right.set(xlabel="range, km", ylabel="height, m", title="How low", xlim=(3, 200))


def adsb(left: Axes, right: Axes) -> None:
    h = np.linspace(10.0, 12_000.0, 400)
    for mast in (2, 10, 100):
        left.plot(horizon_distance(mast, h) / 1e3, h / 1e3, label=f"antenna {mast} m up")
    left.set(xlabel="range, km", ylabel="lowest height heard, km", title="Horizon, 4/3 Earth")
    low = np.linspace(10.0, 400.0, 200)
    for mast in (2, 10, 100):
        right.plot(horizon_distance(mast, low) / 1e3, low, label=f"antenna {mast} m up")
    right.set(xlabel="range, km", ylabel="lowest height heard, m", title="The same, low down")


def rf_bearing(left: Axes, right: Axes) -> None:
    for power in (14, 20, 26, 33):
        made = sensor(
            "rf_bearing", range_max=20_000, bearing_floor=2, emits=1, expected_power=power,
            expected_power_spread=0,
        )  # fmt: skip
        left.plot(RANGE / 1e3, seen(made, RANGE), label=f"{power} dBm")
    km(left, "A drone that transmits is heard")
    made = sensor("rf_bearing", range_max=20_000, bearing_floor=2)
    assert isinstance(made, RfBearing)
    db = np.linspace(10, 40, 200)
    for floor in (1, 2, 4):
        sigma = bearing_sigma(10 ** (db / 10), made.wavelength, 0.06, math.radians(floor))
        right.plot(db, np.degrees(sigma), label=f"floor {floor}°")
    right.set(xlabel="signal-to-noise ratio, dB", ylabel="σ of the bearing, degrees", title="Bearing error")


def acoustic(left: Axes, right: Axes) -> None:
    for level in (80, 112, 120):
        made = sensor(
            "acoustic", angle_floor=2, range_max=12_000, expected_sound=level, expected_sound_spread=0
        )
        left.plot(RANGE / 1e3, seen(made, RANGE), label=f"{level} dB at 1 m")
    km(left, "Detection")
    x = np.linspace(-6000.0, 6000.0, 13)
    p, v = np.column_stack([x, 0 * x + 4800, 0 * x]), np.tile([51.4, 0.0, 0.0], (13, 1))
    tau, _ = sound_delay(p, v, 340.0)
    q = p - tau[:, None] * v
    for a, b in zip(p / 1e3, q / 1e3, strict=True):
        right.plot([0, b[0]], [0, b[1]], color="C1", linewidth=0.4)
        right.annotate("", b[:2], a[:2], arrowprops={"arrowstyle": "->", "color": "C1", "linewidth": 1.0})
    right.plot(p[:, 0] / 1e3, p[:, 1] / 1e3, "C0o", markersize=4, label="where the drone is")
    right.plot([], [], color="C1", label="where its sound comes from")
    right.plot(0, 0, "ks", label="array")
    right.set(
        xlabel="km", ylabel="km", title="51.4 m/s at 4.8 km: 14.3 s late, 734 m, 8.7°", ylim=(-0.3, 7.5)
    )


def camera(left: Axes, right: Axes) -> None:
    made = sensor("camera", range_max=12_000, fov=2)
    assert isinstance(made, Camera)
    n = made.cycles(local(RANGE), 1.5)
    for name, n50 in (("detected", 1.0), ("recognised", 4.0), ("identified", 6.4)):
        left.plot(RANGE / 1e3, resolved(n, n50), label=name)
    km(left, "1.5 m target, 2° field, 10 km visibility")
    field = np.linspace(0.3, 10, 800)
    for sigma in (0.2, 0.5, 1.0, 2.0):
        t = [slew_to_cue(60, 0.5, 60, sigma, f, 0.5) for f in field]
        right.semilogy(field, t, label=f"cue σ {sigma:g}°")
    right.set(xlabel="field of view, degrees", ylabel="s", title="From a cue 60° away to the picture")


def remote_id(left: Axes, right: Axes) -> None:
    for power in (0, 5, 10, 20):
        left.plot(RANGE / 1e3, seen(sensor("remote_id", power=power), RANGE), label=f"{power} dBm")
    km(left, "A message arrives", "probability per message")
    for sensitivity in (-85, -95, -105):
        right.plot(
            RANGE / 1e3, seen(sensor("remote_id", sensitivity=sensitivity), RANGE), label=f"{sensitivity} dBm"
        )
    km(right, "By sensitivity, 10 dBm sent", "probability per message")


def observer(left: Axes, right: Axes) -> None:
    for axes, size in ((left, 1.5), (right, 0.3)):
        for name, keys in (
            ("day, 10 km visibility", {}),
            ("day, 3 km visibility", {"visibility": 3000}),
            ("night", {"night": True}),
        ):
            made = sensor("observer", **keys)
            assert isinstance(made, Observer)
            axes.plot(RANGE / 1e3, made.sees(local(RANGE), size), label=name)
        km(axes, f"{size} m target")
        axes.set(xlim=(0, 5))


def draw(name: str, fill: Callable[[Axes, Axes], None]) -> None:
    figure, both = plt.subplots(1, 2, figsize=(8.4, 3.2), layout="constrained")
    fill(*both)
    for axes in both:
        axes.grid(alpha=0.25, linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    mpl.rcParams.update({"svg.hashsalt": "vedette", "svg.fonttype": "none", "font.size": 9})
    mpl.rcParams["path.simplify_threshold"] = 0.5
    for kind in (
        radar,
        radar_fluctuation,
        radar_ground,
        adsb,
        rf_bearing,
        acoustic,
        camera,
        remote_id,
        observer,
    ):
        draw(kind.__name__, kind)
