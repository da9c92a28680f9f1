"""The figures as a table and a picture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean

from vedette.study.side_by_side import Figures

LABELS: Mapping[str, str] = {
    "vedette": "Vedette",
    "vedette-imm": "Vedette, three ways of moving",
    "vedette-gnn": "Vedette's plain baseline",
    "recipe": "filterpy + scipy recipe",
    "stonesoup-kdgnn": "Stone Soup KD-tree GNN",
    "stonesoup-kdgnn-tutorial": "Stone Soup KD-tree GNN, as in its tutorial",
    "stonesoup-gnn": "Stone Soup GNN",
    "stonesoup-kdehm2": "Stone Soup JPDA-EHM2, KD tree",
}
# Okabe and Ito's palette: apart also for eyes that see two colours
COLOURS: Mapping[str, str] = {
    "vedette": "#0072b2",
    "vedette-imm": "#56b4e9",
    "vedette-gnn": "#009e73",
    "recipe": "#e69f00",
    "stonesoup-kdgnn": "#d55e00",
    "stonesoup-gnn": "#999999",
    "stonesoup-kdehm2": "#cc79a7",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One tracker in one setting at one number of targets: means over `seeds` seeds.

    ratio  its time per scan over ours on the same seeds; 0 where we did not run
    """

    setting: str
    figures: Figures
    seeds: int
    ratio: float


def averaged(found: Sequence[tuple[str, Figures]]) -> list[Row]:
    groups: dict[tuple[str, int, str], list[Figures]] = {}
    for setting, one in found:
        groups.setdefault((setting, one.targets, one.name), []).append(one)
    rows = []
    for (setting, targets, _), some in groups.items():
        seeds = {one.seed for one in some}
        ours = [one.ms_per_scan for one in groups.get((setting, targets, "vedette"), []) if one.seed in seeds]
        ratio = fmean(one.ms_per_scan for one in some) / fmean(ours) if ours else 0.0
        rows.append(Row(setting, mean_of(some), len(some), ratio))
    return rows


def mean_of(some: Sequence[Figures]) -> Figures:
    """Means of all that is measured; the highest of the highest."""
    together = {}
    for field in fields(Figures):
        values = [getattr(one, field.name) for one in some]
        worst = field.name in ("ms_max", "peak_mib")
        together[field.name] = (
            max(values) if worst else fmean(values) if isinstance(values[0], float) else values[0]
        )
    return Figures(**together)


HEADER = (
    "| traffic | targets | tracker | seeds | ms/scan mean (median) | detections/s | × our time "
    "| mean GOSPA | settled | RMS GOSPA | peak MiB |\n|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|"
)


def table(rows: Sequence[Row]) -> str:
    """Markdown; the figures of the quickest and of the best picture are not marked: read all."""
    lines = [HEADER]
    for row in rows:
        f = row.figures
        lines.append(
            f"| {row.setting} | {f.targets:,} | {LABELS.get(f.name, f.name)} | {row.seeds} "
            f"| {short(f.ms_per_scan)} ({short(f.ms_median)}) | {f.detections_per_s:,.0f} "
            f"| {f'{row.ratio:,.0f}' if row.ratio >= 10 else f'{row.ratio:.1f}'} "
            f"| {f.gospa:,.1f} | {f.gospa_settled:,.1f} | {f.gospa_rms:,.1f} | {f.peak_mib:,.0f} |"
        )
    return "\n".join(lines)


def short(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write_docs(rows: Sequence[Row], folder: Path) -> None:
    """Put the table between the marks on the page, and draw the picture beside it."""
    page = folder / "tracker.md"
    text = page.read_text(encoding="utf-8")
    marks = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)
    page.write_text(marks.sub(lambda _: table(rows) + "\n\n", text), encoding="utf-8")
    picture(rows, folder / "tracker.svg")


def picture(rows: Sequence[Row], path: Path) -> None:
    """Time per scan over the number of targets, and how far off the picture is per target."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "vedette", "svg.fonttype": "none", "font.size": 9})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 4.9), layout="constrained")
    plain = [row for row in rows if row.setting == "plain"]
    for name, colour in COLOURS.items():
        mine = sorted((row.figures for row in plain if row.figures.name == name), key=lambda f: f.targets)
        if not mine:
            continue
        style = {"color": colour, "marker": "o", "markersize": 4, "label": LABELS[name]}
        left.loglog([f.targets for f in mine], [f.ms_per_scan for f in mine], **style)
        near = [f for f in mine if f.targets <= 1_000]
        right.semilogx([f.targets for f in near], [f.gospa / f.targets**0.5 for f in near], **style)
    left.set(xlabel="targets", ylabel="processor time per scan, ms", title="Time")
    right.set(
        xlabel="targets", ylabel="mean GOSPA / √targets, m", title="Error (lower is better)", ylim=(0, None)
    )
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    for axes in (left, right):
        axes.grid(alpha=0.25, linewidth=0.5)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})
