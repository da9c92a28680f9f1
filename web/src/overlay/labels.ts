/** What is written beside a track, and where there is room for it. */

import { FLAG_NAMES_ITSELF, FLAG_SIMULATED, Status, type TrackRecord } from "../frame";
import { climbRate, course, height, speed, type Units } from "../format";
import { DATUM_MARKS, heightIn } from "../heights";
import type { Datum } from "../look";
import type { Plotted } from "./picture";

/** 1: name; 2: name, height, speed; 3: all that fits. */
export type LabelLevel = 1 | 2 | 3;
export const LINE = 14;
const PAD = 3;
const CELL = 48;
/** Half the size of a symbol in pixels, by severity: the frames of alerts are larger. */
const REACH = [8, 14, 16, 21] as const;
const SELECTED_REACH = 26;

export interface Placed {
  track: Plotted;
  lines: string[];
  /** Upper left corner of the text block relative to the symbol. */
  dx: number;
  dy: number;
  width: number;
}

/** Tracks on the screen with their pixels, in no order. */
export interface Spot {
  track: Plotted;
  px: number;
  py: number;
}

export function nameOf(record: Pick<TrackRecord, "id" | "label">): string {
  return record.label || `T${record.id}`;
}

/** How labels are written; `ground` is the site's own height, `scale` the size of the letters. */
export interface LabelStyle {
  ground: number;
  units: Units;
  datum: Datum;
  scale: number;
}

export function labelLines(record: TrackRecord, level: LabelLevel, style: LabelStyle): string[] {
  const { ground, units, datum } = style;
  const name = nameOf(record);
  if (level === 1) return [name];
  const high = height(heightIn(datum, record, ground), units) + DATUM_MARKS[datum];
  const motion = `${high}  ${speed(record.speed, units)}`;
  if (level === 2) return [name, motion];
  const climb =
    Math.abs(record.climb) < 1
      ? "level"
      : `${record.climb > 0 ? "↑" : "↓"} ${climbRate(Math.abs(record.climb), units)}`;
  const marks = [
    record.label ? `T${record.id}` : "",
    record.flags & FLAG_SIMULATED ? "simulated" : "",
    record.status === Status.coasting ? `coasting ${record.age.toFixed(0)} s` : "",
  ];
  return [
    [name, ...marks].filter(Boolean).join("  "),
    motion,
    `${course(record.course)}  ${climb}`,
    [
      `${Math.round(record.existence * 100)} %`,
      `${record.sources} sensor${record.sources === 1 ? "" : "s"}`,
      record.klass,
    ]
      .filter(Boolean)
      .join("  "),
  ];
}

/** Who is written first: the selected, then the worst alert, then those that say nothing of themselves. */
export function importance(record: TrackRecord, selected: boolean): number {
  if (selected) return 100;
  const silent = record.flags & FLAG_NAMES_ITSELF ? 0 : 4;
  const believed = record.status === Status.tentative ? 0 : 2;
  return record.severity * 10 + silent + believed;
}

type Box = readonly [x0: number, y0: number, x1: number, y1: number];

/** Pixels already written on, kept in a grid of cells: each a row of numbers, four for a box. */
class Ground {
  private readonly cells = new Map<number, number[]>();

  free([x0, y0, x1, y1]: Box): boolean {
    const [right, bottom] = [Math.floor(x1 / CELL), Math.floor(y1 / CELL)];
    for (let i = Math.floor(x0 / CELL); i <= right; i++) {
      for (let j = Math.floor(y0 / CELL); j <= bottom; j++) {
        const cell = this.cells.get(i * 4096 + j);
        if (cell && hits(cell, x0, y0, x1, y1)) return false;
      }
    }
    return true;
  }

  take(box: Box): void {
    const [x0, y0, x1, y1] = box;
    for (let i = Math.floor(x0 / CELL); i <= Math.floor(x1 / CELL); i++) {
      for (let j = Math.floor(y0 / CELL); j <= Math.floor(y1 / CELL); j++) {
        const cell = this.cells.get(i * 4096 + j);
        if (cell) cell.push(...box);
        else this.cells.set(i * 4096 + j, [...box]);
      }
    }
  }
}

/** Whether a box touches one of a cell's. */
function hits(cell: readonly number[], x0: number, y0: number, x1: number, y1: number): boolean {
  for (let n = 0; n < cell.length; n += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = [cell[n], cell[n + 1], cell[n + 2], cell[n + 3]];
    if (x0 < c && a < x1 && y0 < d && b < y1) return true;
  }
  return false;
}

function reach(record: TrackRecord, selected: number | null): number {
  return record.id === selected ? SELECTED_REACH : (REACH[record.severity] ?? REACH[0]);
}

const RIGHT_FIRST = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const LEFT_FIRST = [3, 4, 5, 0, 1, 2, 6, 7] as const;

/** A label prefers the side its track does not fly to, so that it does not hide what lies ahead. */
function preference(record: TrackRecord): readonly number[] {
  return Math.sin((record.course * Math.PI) / 180) > 0.5 ? LEFT_FIRST : RIGHT_FIRST;
}

/** Places a label may take around a symbol of half size `r`. */
function slots(width: number, height: number, r: number): [number, number][] {
  const side = r + 4;
  const corner = r * 0.6 + 2;
  return [
    [side, -height / 2],
    [side, -height - corner + 4],
    [side, corner - 4],
    [-side - width, -height / 2],
    [-side - width, -height - corner + 4],
    [-side - width, corner - 4],
    [-width / 2, -height - side],
    [-width / 2, side],
  ];
}

/**
 * Choose which labels fit. A label that does not fit whole is tried with its name alone; a track with an alert
 * and the selected track are always written. Each label keeps its slot from the last time if it can.
 */
export function placeLabels(
  spots: readonly Spot[],
  level: LabelLevel,
  selected: number | null,
  style: LabelStyle,
  measure: (text: string) => number,
): Placed[] {
  const ground = new Ground();
  const ranked = spots
    .map((spot) => ({ ...spot, rank: importance(spot.track.record, spot.track.record.id === selected) }))
    .sort((a, b) => b.rank - a.rank || a.track.record.id - b.track.record.id);
  for (const { track, px, py } of ranked) {
    const r = reach(track.record, selected) * style.scale - 1;
    ground.take([px - r, py - r, px + r, py + r]);
  }
  const placed: Placed[] = [];
  for (const spot of ranked) {
    const { record } = spot.track;
    const r = reach(record, selected) * style.scale;
    const must = record.severity > 0 || record.id === selected;
    if (record.status === Status.tentative && level < 3 && !must) continue;
    const wanted: LabelLevel = record.id === selected && level < 2 ? 2 : level;
    // Where its name alone finds no room nothing does: in a crowd most are spared the writing and measuring.
    if (!must && !find(ground, spot, [nameOf(record)], measure, r, style.scale)) continue;
    const label =
      fit(ground, spot, labelLines(record, wanted, style), measure, r, style.scale, false) ??
      fit(ground, spot, labelLines(record, must ? wanted : 1, style), measure, r, style.scale, must);
    if (label) placed.push(label);
  }
  return placed;
}

/** Put a label where it finds room; with `force` somewhere all the same. */
function fit(
  ground: Ground,
  spot: Spot,
  lines: string[],
  measure: (text: string) => number,
  r: number,
  scale: number,
  force: boolean,
): Placed | null {
  const found = find(ground, spot, lines, measure, r, scale, force);
  if (!found) return null;
  const { slot, box, ...placed } = found;
  ground.take(box);
  spot.track.slot = slot;
  return { track: spot.track, lines, ...placed };
}

/** The first slot with room for these lines; the last one, whatever lies there, where `force` wants it. */
function find(
  ground: Ground,
  { track, px, py }: Spot,
  lines: readonly string[],
  measure: (text: string) => number,
  r: number,
  scale: number,
  force = false,
): { slot: number; box: Box; dx: number; dy: number; width: number } | null {
  const width = Math.max(...lines.map(measure));
  const tall = lines.length * LINE * scale;
  const choices = slots(width, tall, r);
  const order = [track.slot, ...preference(track.record)].filter((slot) => slot >= 0);
  for (const [attempt, slot] of order.entries()) {
    const [dx, dy] = choices[slot] ?? [0, 0];
    const box: Box = [px + dx - PAD, py + dy - 1, px + dx + width + PAD, py + dy + tall + 1];
    if (ground.free(box) || (force && attempt === order.length - 1)) return { slot, box, dx, dy, width };
  }
  return null;
}
