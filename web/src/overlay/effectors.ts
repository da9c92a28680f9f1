/** Effectors on the map: where they stand, how far they act, over what they never do, and where they would meet. */

import type { EffectorPlace } from "../advised";
import type { Aim } from "../desk/advice";
import { duration, height, type Units } from "../format";
import { destination, type Place } from "../geodesy";
import type { Envelopes } from "../look";
import type { View } from "../map/view";
import type { Palette } from "../palette";
import { FONT } from "./ground";
import type { G } from "./layers";

/** Degrees between two corners of an arc. */
const STEP_DEG = 3;
const CROSS_PX = 13;
/** Effectors stand some hundred metres apart: named only where 1 km is at least this wide. */
const NAMES_PX_PER_KM = 55;

interface Envelope {
  place: EffectorPlace;
  /** Outlines: the outer arc, closed over the inner one or over the middle. */
  outlines: Place[][];
  /** Where its heights are written. */
  label: Place;
}

/** Bearings from `from` to `to`, clockwise; the whole round without a sector. */
export function bearingsOf(sector: readonly [number, number] | null): number[] {
  const [from, to] = sector ?? [0, 360];
  const width = sector ? (((to - from) % 360) + 360) % 360 || 360 : 360;
  const steps = Math.max(1, Math.ceil(width / STEP_DEG));
  return Array.from({ length: steps + 1 }, (_, i) => from + (width * i) / steps);
}

/** The envelopes' outlines, worked out once: Vincenty's formula is too slow for every redraw. */
export class Effectors {
  private readonly envelopes: Envelope[];

  constructor(
    private readonly places: readonly EffectorPlace[],
    private readonly units: Units,
    private readonly scale = 1,
  ) {
    this.envelopes = places.map((place) => envelopeOf(place));
  }

  /** `named`: the effectors of the opened advice and of what is under way. */
  draw(g: G, view: View, palette: Palette, which: Envelopes, named: ReadonlySet<string>): void {
    const shown = this.envelopes.filter(
      ({ place }) => which === "all" || (which === "opened" && named.has(place.name)),
    );
    for (const { place } of shown) for (const polygon of place.no_fire) drawNoFire(g, view, palette, polygon);
    for (const envelope of shown) this.outline(g, view, palette, envelope);
    for (const place of this.places) this.stand(g, view, palette, place);
    for (const envelope of shown) this.name(g, view, palette, envelope);
  }

  private outline(g: G, view: View, palette: Palette, { outlines }: Envelope): void {
    g.beginPath();
    for (const corners of outlines) {
      corners.forEach((corner, i) => {
        const { x, y } = view.project(corner.latitude, corner.longitude);
        if (i === 0) g.moveTo(x, y);
        else g.lineTo(x, y);
      });
      g.closePath();
    }
    g.fillStyle = g.strokeStyle = palette.effector;
    g.globalAlpha = 0.04;
    g.fill("evenodd");
    g.globalAlpha = 0.9;
    g.lineWidth = 1.3;
    g.setLineDash([12, 4, 2, 4]);
    g.stroke();
    g.setLineDash([]);
    g.globalAlpha = 1;
  }

  /** How low and how high it acts, at the edge of its envelope. */
  private name(g: G, view: View, palette: Palette, { place, label }: Envelope): void {
    const { x, y } = view.project(label.latitude, label.longitude);
    if (!view.contains(x, y, 40) || view.pixelsPerMetre() * 1000 < NAMES_PX_PER_KM) return;
    const { height_min_m: low, height_max_m: high } = place;
    const span = `${height(low, this.units)} to ${height(high, this.units)} up`;
    write(g, palette, `${place.name}: ${span}`, x, y, palette.effector, this.scale);
  }

  /** A pentagon, on its base: neither an asset's square nor a sensor's triangle. */
  private stand(g: G, view: View, palette: Palette, place: EffectorPlace): void {
    const { x, y } = view.project(place.latitude, place.longitude);
    if (!view.contains(x, y, 40)) return;
    const shape = new Path2D(
      `M${x} ${y - 7} L${x + 6.5} ${y - 2} L${x + 4} ${y + 6} H${x - 4} L${x - 6.5} ${y - 2} Z`,
    );
    g.fillStyle = palette.plate;
    g.strokeStyle = palette.effector;
    g.lineWidth = 1.6;
    g.fill(shape);
    g.stroke(shape);
    if (view.pixelsPerMetre() * 1000 < NAMES_PX_PER_KM) return;
    write(g, palette, place.name, x, y + 6 + 11 * this.scale, palette.effector, this.scale);
  }
}

function envelopeOf(place: EffectorPlace): Envelope {
  const bearings = bearingsOf(place.sector);
  const arc = (radius: number) => bearings.map((bearing) => destination(place, bearing, radius));
  const outer = arc(place.range_max_m);
  const inner = place.range_min_m > 0 ? arc(place.range_min_m) : [];
  const label = outer[Math.floor(outer.length / 2)] ?? place;
  if (!place.sector) return { place, outlines: inner.length > 0 ? [outer, inner] : [outer], label };
  return { place, outlines: [[...outer, ...(inner.length > 0 ? inner.reverse() : [place])]], label };
}

/** An edge of crosses: no zone and no pattern of the coverage map looks like it. */
function drawNoFire(
  g: G,
  view: View,
  palette: Palette,
  polygon: readonly (readonly [number, number])[],
): void {
  const corners = polygon.map(([latitude, longitude]) => view.project(latitude, longitude));
  const [first] = corners;
  if (!first) return;
  g.strokeStyle = g.fillStyle = palette["no-fire"];
  g.lineWidth = 1.5;
  g.beginPath();
  for (const { x, y } of corners) g.lineTo(x, y);
  g.closePath();
  g.globalAlpha = 0.1;
  g.fill();
  g.globalAlpha = 1;
  g.beginPath();
  corners.forEach((from, i) => crosses(g, from, corners[(i + 1) % corners.length] ?? first));
  g.stroke();
  if (view.pixelsPerMetre() * 1000 < NAMES_PX_PER_KM / 2) return;
  const top = corners.reduce((best, one) => (one.y < best.y ? one : best), first);
  write(g, palette, "no fire", top.x, top.y - 12, palette["no-fire"], 1);
}

interface Pixel {
  x: number;
  y: number;
}

function crosses(g: G, from: Pixel, to: Pixel): void {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const count = Math.min(400, Math.max(1, Math.round(length / CROSS_PX)));
  for (let i = 0; i < count; i++) {
    const [x, y] = [from.x + ((to.x - from.x) * i) / count, from.y + ((to.y - from.y) * i) / count];
    g.moveTo(x - 3, y - 3);
    g.lineTo(x + 3, y + 3);
    g.moveTo(x + 3, y - 3);
    g.lineTo(x - 3, y + 3);
  }
}

/** From the effector to where it is expected to meet: dashed while only advised, whole once a person has accepted. */
export function drawAims(
  g: G,
  view: View,
  palette: Palette,
  aims: readonly Aim[],
  places: readonly EffectorPlace[],
  t: number,
): void {
  for (const aim of aims) {
    const from = places.find(({ name }) => name === aim.effector);
    const to = view.project(aim.latitude, aim.longitude);
    g.strokeStyle = palette.aim;
    g.lineWidth = aim.accepted ? 2 : 1.5;
    g.setLineDash(aim.accepted ? [] : [6, 5]);
    if (from) {
      const { x, y } = view.project(from.latitude, from.longitude);
      g.beginPath();
      g.moveTo(x, y);
      g.lineTo(to.x, to.y);
      g.stroke();
    }
    g.setLineDash([]);
    g.stroke(new Path2D(meeting(to.x, to.y)));
    if (view.pixelsPerMetre() * 1000 < NAMES_PX_PER_KM / 2) continue;
    const left = aim.meets_s - t;
    const when = left > 0 ? `in ${duration(left)}` : "met";
    write(g, palette, `${aim.effector} × T${aim.track} ${when}`, to.x, to.y - 20, palette.aim, 1);
  }
}

/** A ring with four ticks that reach outwards. */
function meeting(x: number, y: number): string {
  const r = 7;
  const ticks = [
    [0, -1],
    [0, 1],
    [-1, 0],
    [1, 0],
  ] as const;
  const ring = `M${x + r} ${y} A${r} ${r} 0 1 1 ${x - r} ${y} A${r} ${r} 0 1 1 ${x + r} ${y}`;
  return (
    ring +
    ticks.map(([dx, dy]) => `M${x + dx * r} ${y + dy * r} L${x + dx * (r + 5)} ${y + dy * (r + 5)}`).join("")
  );
}

function write(
  g: G,
  palette: Palette,
  text: string,
  x: number,
  y: number,
  colour: string,
  scale: number,
): void {
  g.font = `600 ${11 * scale}px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const half = g.measureText(text).width / 2 + 4;
  g.fillStyle = palette.plate;
  g.fillRect(x - half, y - 8 * scale, 2 * half, 16 * scale);
  g.fillStyle = colour;
  g.fillText(text, x, y + 0.5);
}
