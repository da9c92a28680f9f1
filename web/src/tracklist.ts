/** The table of tracks: searched, sorted, and no longer than can be read. */

import { affiliationOf } from "./filter";
import type { TrackRecord } from "./frame";
import { rangeAndBearing, type Place } from "./geodesy";
import { nameOf } from "./overlay/labels";

export const COLUMNS = ["name", "class", "height", "speed", "range", "bearing", "existence", "age"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  column: Column;
  descending: boolean;
}

export interface Row {
  record: TrackRecord;
  range: number;
  bearing: number;
}

export interface Listed {
  rows: Row[];
  /** How many there are, with those that are not among the rows. */
  total: number;
}

/**
 * The first `limit` of `records` in order. Those with an alert stand first, whatever the order.
 *
 * One pass with a sorted shortlist: at 10,000 tracks most are compared once, and nothing is sorted whole.
 */
export function list(
  records: Iterable<TrackRecord>,
  site: Place | null,
  order: Order,
  search: string,
  limit: number,
): Listed {
  const words = search.trim().toLowerCase();
  const rows: Row[] = [];
  const before = comparing(order);
  let total = 0;
  for (const record of records) {
    if (words && !textOf(record).includes(words)) continue;
    total += 1;
    const polar = site ? rangeAndBearing(site, record) : null;
    const row = { record, range: polar?.range ?? NaN, bearing: polar?.bearing ?? NaN };
    const last = rows[rows.length - 1];
    if (rows.length === limit && last && before(row, last) >= 0) continue;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(row, rows[middle] as Row) < 0) high = middle;
      else low = middle + 1;
    }
    rows.splice(low, 0, row);
    if (rows.length > limit) rows.pop();
  }
  return { rows, total };
}

/** What a search looks through. */
function textOf(record: TrackRecord): string {
  return `t${record.id} ${record.label} ${record.klass} ${affiliationOf(record)}`.toLowerCase();
}

const KEYS: Record<Exclude<Column, "name" | "class">, (row: Row) => number> = {
  height: ({ record }) => record.height,
  speed: ({ record }) => record.speed,
  range: ({ range }) => range,
  bearing: ({ bearing }) => bearing,
  existence: ({ record }) => record.existence,
  age: ({ record }) => record.age,
};

function comparing({ column, descending }: Order): (a: Row, b: Row) => number {
  const sign = descending ? -1 : 1;
  const by: (a: Row, b: Row) => number =
    column === "name"
      ? (a, b) => compare(nameOf(a.record), nameOf(b.record))
      : column === "class"
        ? (a, b) => compare(a.record.klass, b.record.klass)
        : (a, b) => KEYS[column](a) - KEYS[column](b);
  return (a, b) => b.record.severity - a.record.severity || sign * by(a, b) || a.record.id - b.record.id;
}

/** T9 before T10, and without the cost of a locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [/^T(\d+)$/.exec(a), /^T(\d+)$/.exec(b)];
  if (x && y) return Number(x[1]) - Number(y[1]);
  return a < b ? -1 : 1;
}
