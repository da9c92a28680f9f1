"""Pictures of a scored exercise: the only module that draws with matplotlib, which is an extra."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vedette.errors import ConfigError
from vedette.kernel.gospa import gospa
from vedette.metric import normalised
from vedette.metric.consistency import bounds

if TYPE_CHECKING:
    from vedette.study.score import Scored


def ready() -> None:
    """Say in a sentence what is missing, before anything is read. Raises ConfigError."""
    try:
        import matplotlib
    except ImportError:
        raise ConfigError(
            "Drawing needs the package matplotlib; install it with `pip install 'vedette[plots]'`, "
            "or leave --plots out."
        ) from None
    matplotlib.use("Agg")


def draw(scored: Scored, report: dict[str, Any], folder: Path) -> Iterator[Path]:
    """Write every picture into `folder`, which is made; yields each path. Raises ConfigError if it cannot."""
    from matplotlib import pyplot

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, paint in PICTURES.items():
            figure, axes = pyplot.subplots(figsize=(8, 6), dpi=120)
            paint(axes, scored, report)
            figure.tight_layout()
            figure.savefig(folder / f"{name}.png", metadata={"Software": None})
            pyplot.close(figure)
            yield folder / f"{name}.png"
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written ({error.strerror}); name another folder.") from None


def ways(axes: Any, scored: Scored, report: dict[str, Any]) -> None:
    """From above: true ways grey, tracks coloured, alerts as crosses where their track was."""
    truth, tracks = scored.truth, scored.tracks
    for n in range(len(truth.ids)):
        x = truth.x[truth.who == n] / 1000.0
        axes.plot(x[:, 0], x[:, 1], color="0.6", lw=3, alpha=0.6, zorder=1)
    for n in range(len(tracks.ids)):
        x = tracks.x[tracks.who == n] / 1000.0
        axes.plot(x[:, 0], x[:, 1], lw=0.8, zorder=2)
    places = np.array([alert.position[:2] for alert in scored.raised]).reshape(-1, 2) / 1000.0
    axes.scatter(places[:, 0], places[:, 1], marker="x", color="crimson", zorder=3, label="alert raised")
    axes.set(xlabel="east, km", ylabel="north, km", title="True ways (grey) and tracks", aspect="equal")
    axes.legend(loc="best")


def errors(axes: Any, scored: Scored, report: dict[str, Any]) -> None:
    """GOSPA of every moment."""
    truth, tracks = scored.truth, scored.tracks
    a, b = truth.start, tracks.start
    each = [
        gospa(truth.x[a[k] : a[k + 1], :3], tracks.x[b[k] : b[k + 1], :3], c=scored.cutoff, p=2.0, rho=0.5)
        for k in range(len(truth.t))
    ]
    for part in ("localisation", "missed", "false"):
        axes.plot(truth.seconds, np.sqrt([getattr(one, part) for one in each]), lw=1, label=part)
    axes.set(
        xlabel="s",
        ylabel="m",
        title=f"GOSPA and its parts, c = {scored.cutoff:.0f} m; RMS {report['rms_gospa']:.0f} m",
    )
    axes.legend(loc="best")


def consistency(axes: Any, scored: Scored, report: dict[str, Any]) -> None:
    """NEES of the tracks that follow somebody, mean per moment, with its 95 % bounds."""
    truth, tracks = scored.truth, scored.tracks
    _, i, j = scored.who.rows(truth, tracks)
    value = normalised(tracks.x[j] - truth.x[i], tracks.P[j])
    step, which, N = np.unique(tracks.step[j], return_inverse=True, return_counts=True)
    low, high = bounds(N, 6)
    axes.fill_between(truth.seconds[step], low, high, color="0.85", label="95 % of a consistent tracker")
    axes.plot(
        truth.seconds[step], np.bincount(which, value) / N, lw=0.8, label="mean NEES, 6 degrees of freedom"
    )
    axes.set(xlabel="s", yscale="log", title=f"Consistency: {report['nees_in_bounds']:.0%} of moments inside")
    axes.legend(loc="best")


def warned(axes: Any, scored: Scored, report: dict[str, Any]) -> None:
    """Warning time of everybody who arrives; none is a bar of no length."""
    people = {
        actor.id: report["warning_time_s"][actor.id] or 0.0 for actor in scored.actors if actor.arrivals
    }
    axes.barh(list(people), [seconds / 60.0 for seconds in people.values()], color="steelblue")
    axes.axvline(3.0, color="0.3", lw=1, ls="--")
    axes.set(xlabel="minutes from the alert to arrival", title="Warning time")
    axes.invert_yaxis()


PICTURES = {"ways": ways, "gospa": errors, "nees": consistency, "warning": warned}
