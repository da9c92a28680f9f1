/** The measure tool's lines, and the box that is being drawn to select tracks. */

import { bearingText, type Units } from "../format";
import type { Place } from "../geodesy";
import type { View } from "../map/view";
import { measured, placeOf, type MeasureEnd } from "../measure";
import type { Palette } from "../palette";
import { FONT } from "./ground";
import type { G } from "./layers";

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Lines between ends; the last one may still be open, and then reaches to the pointer. */
export function drawRulers(
  g: G,
  view: View,
  palette: Palette,
  measures: readonly (readonly MeasureEnd[])[],
  cursor: Place | null,
  placed: (id: number) => Place | null,
  units: Units,
): void {
  g.strokeStyle = palette.measure;
  for (const given of measures) {
    const open = given.length === 1;
    const ends = open && cursor ? [...given, cursor] : given;
    const found = measured(ends, placed);
    const start = given[0] && placeOf(given[0], placed);
    if (start) dot(g, view, start);
    if (!found) continue;
    const [a, b] = [found.from, found.to].map((p) => view.project(p.latitude, p.longitude));
    if (!a || !b) continue;
    g.lineWidth = 1.6;
    g.setLineDash(open ? [5, 4] : []);
    g.beginPath();
    g.moveTo(a.x, a.y);
    g.lineTo(b.x, b.y);
    g.stroke();
    g.setLineDash([]);
    if (!open) dot(g, view, found.to);
    write(g, palette, bearingText(found.range, found.bearing, units), (a.x + b.x) / 2, (a.y + b.y) / 2);
  }
}

function dot(g: G, view: View, place: Place): void {
  const { x, y } = view.project(place.latitude, place.longitude);
  g.lineWidth = 1.6;
  g.beginPath();
  g.moveTo(x + 5, y);
  g.arc(x, y, 5, 0, 2 * Math.PI);
  g.stroke();
}

function write(g: G, palette: Palette, text: string, x: number, y: number): void {
  g.font = `600 12px ${FONT}`;
  g.textAlign = "center";
  g.textBaseline = "middle";
  const half = g.measureText(text).width / 2 + 6;
  g.fillStyle = palette.plate;
  g.fillRect(x - half, y - 10, 2 * half, 20);
  g.fillStyle = palette.measure;
  g.fillText(text, x, y + 0.5);
}

export function drawBox(g: G, palette: Palette, { x0, y0, x1, y1 }: Box): void {
  g.strokeStyle = palette.select;
  g.lineWidth = 1;
  g.setLineDash([4, 3]);
  g.strokeRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0));
  g.setLineDash([]);
}
