/** Where each track has been: the last minutes, older parts fainter, coasted parts dashed. */

import type { View } from "../map/view";
import type { Palette } from "../palette";
import { FLAG_NAMES_ITSELF } from "../frame";
import type { Plotted } from "./picture";

export type TrailMode = "off" | "selected" | "all";
export const TRAIL_MODES: readonly TrailMode[] = ["off", "selected", "all"];
export const TRAIL_S = 300;
const STEP_S = 1;
const MOST_SEGMENTS = 40_000;
/** Ages as shares of TRAIL_S at which the ink gets fainter. */
const BANDS = [
  { until: 0.15, alpha: 0.6 },
  { until: 0.45, alpha: 0.38 },
  { until: 1, alpha: 0.2 },
];

/** World coordinates of one track over data time, oldest first. */
export class Trail {
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly t: number[] = [];
  readonly coasted: boolean[] = [];

  add(x: number, y: number, t: number, coasted: boolean): void {
    const last = this.t.at(-1);
    if (last !== undefined && t - last < STEP_S) return;
    this.x.push(x);
    this.y.push(y);
    this.t.push(t);
    this.coasted.push(coasted);
    const old = this.t.findIndex((then) => then >= t - TRAIL_S);
    if (old > 30) for (const column of [this.x, this.y, this.t, this.coasted]) column.splice(0, old);
  }

  get length(): number {
    return this.t.length;
  }
}

type Ink = Map<string, Path2D>;

/** Draw the trails of `tracks` as they stand at data time `t`. */
export function drawTrails(
  g: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  tracks: readonly Plotted[],
  t: number,
): void {
  const segments = tracks.reduce((sum, track) => sum + track.trail.length, 0);
  const stride = Math.max(1, Math.ceil(segments / MOST_SEGMENTS));
  const ink: Ink = new Map();
  for (const track of tracks) trace(ink, view, track, t, stride);
  g.lineWidth = 1.5;
  for (const [key, path] of ink) {
    const [band, colour, dashed] = key.split("|");
    g.globalAlpha = BANDS[Number(band)]?.alpha ?? 0.3;
    g.strokeStyle = palette[colour === "c" ? "cooperative" : "unknown"];
    g.setLineDash(dashed === "1" ? [4, 4] : []);
    g.stroke(path);
  }
  g.globalAlpha = 1;
  g.setLineDash([]);
}

/** Add one track's line to the paths of its ink: one path per band, colour and dash, stroked once for all. */
function trace(ink: Ink, view: View, track: Plotted, t: number, stride: number): void {
  const { x, y, t: times, coasted } = track.trail;
  const colour = track.record.flags & FLAG_NAMES_ITSELF ? "c" : "u";
  let [px, py, pen] = [view.px(track.x), view.py(track.y), ""];
  for (let i = times.length - 1; i >= 0; i -= stride) {
    const age = (t - (times[i] ?? t)) / TRAIL_S;
    if (age > 1) break;
    const [qx, qy] = [view.px(x[i] ?? 0), view.py(y[i] ?? 0)];
    if (i >= stride && Math.abs(qx - px) + Math.abs(qy - py) < 1.5) continue;
    if (view.contains(qx, qy, 50) || view.contains(px, py, 50)) {
      const key = `${BANDS.findIndex(({ until }) => age <= until)}|${colour}|${coasted[i] ? 1 : 0}`;
      const path = inkFor(ink, key);
      if (key !== pen) path.moveTo(px, py); // else the line goes on, and its dashes with it
      path.lineTo(qx, qy);
      pen = key;
    } else pen = "";
    [px, py] = [qx, qy];
  }
}

function inkFor(ink: Ink, key: string): Path2D {
  let path = ink.get(key);
  if (!path) ink.set(key, (path = new Path2D()));
  return path;
}
