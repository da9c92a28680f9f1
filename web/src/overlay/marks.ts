/** What is drawn about a symbol: where the track will be, how well its place is known, that it is chosen. */

import { affiliationOf } from "../filter";
import { FLAG_NAMES_ITSELF, Status, type TrackRecord } from "../frame";
import type { View } from "../map/view";
import { severityColour, type Palette } from "../palette";
import type { Spot } from "./labels";
import type { G } from "./layers";

/** A velocity line reaches where the track will be after this many seconds. */
const VECTOR_S = 60;
const ELLIPSE_SIGMAS = 2;
const RAD = Math.PI / 180;
export const RING_PX = 24;

/** One colour for a track's symbol, line and ellipse: of its alert, else its side, else what it says of itself. */
export function inkOf(
  palette: Palette,
  record: Pick<TrackRecord, "severity" | "status" | "flags" | "affiliation">,
): string {
  if (record.status === Status.dropped) return palette.lost;
  if (record.severity > 0) return severityColour(palette, record.severity);
  const side = affiliationOf(record);
  if (side !== "unknown") return palette[side];
  if (record.status === Status.tentative) return palette.tentative;
  return record.flags & FLAG_NAMES_ITSELF ? palette.cooperative : palette.unknown;
}

export function drawEllipses(
  g: G,
  view: View,
  palette: Palette,
  spots: readonly Spot[],
  selected: number | null,
): void {
  g.lineWidth = 1;
  for (const { track, px, py } of spots) {
    const { record } = track;
    const chosen = record.id === selected;
    const perMetre = view.pixelsPerMetre(record.latitude) * ELLIPSE_SIGMAS;
    const [major, minor] = [record.sigmaMajor * perMetre, record.sigmaMinor * perMetre];
    if (!(major > (chosen ? 3 : 11)) || major > 4000) continue;
    g.beginPath();
    const turn = (record.sigmaBearing - 90 - view.bearing) * RAD;
    g.ellipse(px, py, major, Math.max(minor, 0.5), turn, 0, 2 * Math.PI);
    g.strokeStyle = chosen ? palette.select : inkOf(palette, record);
    g.globalAlpha = chosen ? 0.9 : 0.45;
    g.stroke();
  }
  g.globalAlpha = 1;
}

/** One stroke for each: a path that holds a thousand lines takes a processor three times as long to draw. */
export function drawVectors(g: G, view: View, palette: Palette, spots: readonly Spot[]): void {
  g.lineWidth = 1.3;
  g.globalAlpha = 0.8;
  let ink = "";
  for (const { track, px, py } of spots) {
    const { status } = track.record;
    if (status === Status.tentative || status === Status.dropped) continue;
    const next = inkOf(palette, track.record);
    if (next !== ink) g.strokeStyle = g.fillStyle = ink = next;
    const [right, down] = view.turned(track.vx * VECTOR_S, track.vy * VECTOR_S);
    g.beginPath();
    g.moveTo(px, py);
    g.lineTo(px + right, py + down);
    g.stroke();
    g.fillRect(px + right - 1.4, py + down - 1.4, 2.8, 2.8); // marked, so that it is not taken for a trail
  }
  g.globalAlpha = 1;
}

/** Four arcs about the selected track. */
export function drawRing(g: G, x: number, y: number, colour: string, radius: number): void {
  g.strokeStyle = colour;
  g.lineWidth = 1.6;
  g.beginPath();
  for (let quarter = 0; quarter < 4; quarter++) {
    const from = (quarter + 0.16) * (Math.PI / 2);
    g.moveTo(x + radius * Math.cos(from), y + radius * Math.sin(from));
    g.arc(x, y, radius, from, from + 0.68 * (Math.PI / 2));
  }
  g.stroke();
}

/** A thin whole circle about each other track that was chosen. */
export function drawMarked(g: G, spots: readonly Spot[], colour: string, radius: number): void {
  g.strokeStyle = colour;
  g.lineWidth = 1.2;
  g.beginPath();
  for (const { px, py } of spots) {
    g.moveTo(px + radius, py);
    g.arc(px, py, radius, 0, 2 * Math.PI);
  }
  g.stroke();
}
