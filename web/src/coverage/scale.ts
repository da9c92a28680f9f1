/** From codes to what is drawn: five bands of height, one for higher, and four ways of not being watched. */

import { height } from "../format";
import { HIDDEN, NO_DATA, UNSEEN, type Chart } from "./chart";

export const FUSED = "fused";
/** Upper ends of the bands in metres above the ground; the last band goes up to the map's ceiling. */
export const LIMITS = [60, 100, 300, 1000] as const;

export const Kind = { higher: 5, hidden: 6, outside: 7, unknown: 8, lost: 9 } as const;
export const KINDS = 10;

/** The sensors that a layer is made of: those that watch, or the one. */
export function members(chart: Chart, layer: string): string[] {
  if (layer !== FUSED) return chart.layers.has(layer) ? [layer] : [];
  return [...chart.layers.keys()].filter((name) => !chart.hearOnly.has(name));
}

/** The least code of each cell; nobody sees what no layer is given for. */
export function lowest(chart: Chart, names: Iterable<string>): Uint8Array {
  const found = new Uint8Array(chart.cells ** 2).fill(255);
  for (const name of names) {
    const layer = chart.layers.get(name);
    if (!layer) continue;
    for (let i = 0; i < found.length; i++) {
      const code = layer[i] ?? 255;
      if (code < (found[i] ?? 255)) found[i] = code;
    }
  }
  return found;
}

/** Which kind each code is. Only what is seen at or below `below` metres counts as watched, if it is given. */
export function kinds(chart: Chart, below: number | null): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => {
    if (code === NO_DATA) return Kind.unknown;
    if (code === HIDDEN) return Kind.hidden;
    const metres = chart.heights[code];
    if (code >= UNSEEN || metres === undefined) return Kind.outside;
    if (below !== null && metres > below) return Kind.higher;
    const band = LIMITS.findIndex((limit) => metres <= limit);
    return band < 0 ? LIMITS.length : band;
  });
}

/**
 * The kind of each cell of a layer while only the sensors of `working` report. What a silent member would watch, and
 * no other does, is lost.
 */
export function combine(
  chart: Chart,
  layer: string,
  working: ReadonlySet<string>,
  below: number | null,
): Uint8Array {
  const all = members(chart, layer);
  const now = all.filter((name) => working.has(name));
  const kindOf = kinds(chart, below);
  const cells = lowest(chart, now).map((code) => kindOf[code] ?? Kind.outside);
  if (now.length === all.length) return cells;
  const whole = lowest(chart, all);
  for (let i = 0; i < cells.length; i++) {
    if ((cells[i] ?? 0) >= Kind.higher && (kindOf[whole[i] ?? 255] ?? 0) < Kind.higher) cells[i] = Kind.lost;
  }
  return cells;
}

/** The least code of one cell while only the sensors of `working` report. */
export function lowestAt(chart: Chart, layer: string, working: ReadonlySet<string>, cell: number): number {
  const now = members(chart, layer).filter((name) => working.has(name));
  return now.reduce((least, name) => Math.min(least, chart.layers.get(name)?.[cell] ?? 255), 255);
}

/** The part of the map that each kind takes. */
export function shares(cells: Uint8Array): number[] {
  const found = new Array<number>(KINDS).fill(0);
  for (const kind of cells) found[kind] = (found[kind] ?? 0) + 1;
  return found.map((count) => count / Math.max(1, cells.length));
}

/** A band in words. */
export function bandName(kind: number, chart: Pick<Chart, "ceiling">): string {
  const limit = LIMITS[kind];
  return limit === undefined ? `higher, up to ${height(chart.ceiling)}` : `${height(limit)} or lower`;
}
