/** Where each track has been: older parts fainter, coasted parts dashed. */

import { FLAG_NAMES_ITSELF } from "../frame";
import type { TrailColour } from "../look";
import type { View } from "../map/view";
import type { Colour, Palette } from "../palette";
import type { Plotted } from "./picture";

export type TrailMode = "off" | "selected" | "all";
export const TRAIL_MODES: readonly TrailMode[] = ["off", "selected", "all"];
/** Seconds for which a place is kept. */
export const LONGEST_S = 600;
const STEP_S = 1;
/** Beyond this age every fifth place is kept. */
const FINE_S = 120;
const COARSE = 5;
const MOST_SEGMENTS = 40_000;
/** Ages as shares of a trail's length at which the ink gets fainter. */
const BANDS = [
  { until: 0.15, alpha: 0.75 },
  { until: 0.45, alpha: 0.45 },
  { until: 1, alpha: 0.25 },
];

/** World coordinates of one track over data time, oldest first, with its height in metres and its speed. */
export class Trail {
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly t: number[] = [];
  readonly height: number[] = [];
  readonly speed: number[] = [];
  readonly coasted: boolean[] = [];
  private thinned = 0;

  add(x: number, y: number, t: number, height: number, speed: number, coasted: boolean): void {
    const last = this.t.at(-1);
    if (last !== undefined && t - last < STEP_S) return;
    this.x.push(x);
    this.y.push(y);
    this.t.push(t);
    this.height.push(height);
    this.speed.push(speed);
    this.coasted.push(coasted);
    if (this.t.length - this.thinned > FINE_S + 60) this.thin(t);
  }

  get length(): number {
    return this.t.length;
  }

  /** Forget what is too old, and keep every COARSE-th of what is neither old nor new. */
  private thin(now: number): void {
    const fine = this.t.findIndex((then) => then > now - FINE_S);
    const kept = this.t.map(
      (then, i) =>
        then >= now - LONGEST_S && (i < this.thinned || i >= fine || (i - this.thinned) % COARSE === 0),
    );
    for (const column of [this.x, this.y, this.t, this.height, this.speed, this.coasted] as unknown[][]) {
      let n = 0;
      column.forEach((value, i) => kept[i] && (column[n++] = value));
      column.length = n;
    }
    this.thinned = kept.slice(0, fine).filter(Boolean).length;
  }
}

export interface TrailStyle {
  /** Seconds of data time. */
  seconds: number;
  colour: TrailColour;
  /** Height of the site's reference point above the ellipsoid. */
  ground: number;
}

const RAMP = ["ramp-1", "ramp-2", "ramp-3", "ramp-4", "ramp-5"] as const satisfies readonly Colour[];
/** Where the ramp's colours begin: metres above the site, metres per second. */
export const HEIGHT_STEPS = [100, 300, 1000, 3000] as const;
export const SPEED_STEPS = [10, 25, 60, 150] as const;

export function ramp(value: number, steps: readonly number[]): Colour {
  return RAMP[steps.filter((step) => value >= step).length] ?? "ramp-5";
}

/** A colour for a class or a sensor: the same name, the same colour. */
export function named(name: string): Colour {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521;
  return name === "" ? "tentative" : (RAMP[sum % RAMP.length] ?? "ramp-1");
}

/** The colour of a sensor by its place in the site file; of a track that several see, the label's. */
export function ofSensors(bits: number): Colour {
  if (bits === 0) return "tentative";
  if ((bits & (bits - 1)) !== 0) return "label";
  return RAMP[(31 - Math.clz32(bits)) % RAMP.length] ?? "ramp-1";
}

type Ink = Map<string, Path2D>;

/** Draw the trails of `tracks` as they stand at data time `t`. */
export function drawTrails(
  g: CanvasRenderingContext2D,
  view: View,
  palette: Palette,
  tracks: readonly Plotted[],
  t: number,
  style: TrailStyle,
): void {
  const segments = tracks.reduce((sum, track) => sum + track.trail.length, 0);
  const stride = Math.max(1, Math.ceil(segments / MOST_SEGMENTS));
  const ink: Ink = new Map();
  for (const track of tracks) trace(ink, view, track, t, stride, style);
  g.lineWidth = 1.5;
  for (const [key, path] of ink) {
    const [band, colour, dashed] = key.split("|");
    g.globalAlpha = BANDS[Number(band)]?.alpha ?? 0.3;
    g.strokeStyle = palette[colour as Colour];
    g.setLineDash(dashed === "1" ? [4, 4] : []);
    g.stroke(path);
  }
  g.globalAlpha = 1;
  g.setLineDash([]);
}

/** Add one track's line to the paths of its ink: one path per band, colour and dash, stroked once for all. */
function trace(ink: Ink, view: View, track: Plotted, t: number, stride: number, style: TrailStyle): void {
  const { x, y, t: times, coasted } = track.trail;
  const colour = inkOf(track, style);
  let [px, py, pen] = [view.px(track.x, track.y), view.py(track.x, track.y), ""];
  for (let i = times.length - 1; i >= 0; i -= stride) {
    const age = (t - (times[i] ?? t)) / style.seconds;
    if (age > 1) break;
    const [wx, wy] = [x[i] ?? 0, y[i] ?? 0];
    const [qx, qy] = [view.px(wx, wy), view.py(wx, wy)];
    if (i >= stride && Math.abs(qx - px) + Math.abs(qy - py) < 1.5) continue;
    if (view.contains(qx, qy, 50) || view.contains(px, py, 50)) {
      const key = `${BANDS.findIndex(({ until }) => age <= until)}|${colour(i)}|${coasted[i] ? 1 : 0}`;
      const path = inkFor(ink, key);
      if (key !== pen) path.moveTo(px, py); // else the line goes on, and its dashes with it
      path.lineTo(qx, qy);
      pen = key;
    } else pen = "";
    [px, py] = [qx, qy];
  }
}

/** What colour the i-th place of a trail has. */
function inkOf({ record, trail }: Plotted, { colour, ground }: TrailStyle): (i: number) => Colour {
  if (colour === "height") return (i) => ramp((trail.height[i] ?? 0) - ground, HEIGHT_STEPS);
  if (colour === "speed") return (i) => ramp(trail.speed[i] ?? 0, SPEED_STEPS);
  const whole =
    colour === "class"
      ? named(record.klass)
      : colour === "sensor"
        ? ofSensors(record.sensors)
        : record.flags & FLAG_NAMES_ITSELF
          ? "cooperative"
          : "unknown";
  return () => whole;
}

function inkFor(ink: Ink, key: string): Path2D {
  let path = ink.get(key);
  if (!path) ink.set(key, (path = new Path2D()));
  return path;
}
