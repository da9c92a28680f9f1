/** Which tracks are shown. A track with an open alert is always shown, whatever the filter says. */

import { FLAG_NAMES_ITSELF, type TrackRecord } from "./frame";
import { rangeAndBearing, type Place } from "./geodesy";

export const AFFILIATIONS = ["unknown", "friend", "neutral", "hostile"] as const;
export type Affiliation = (typeof AFFILIATIONS)[number];
/** Stands for a track that nothing is known of. */
export const NO_CLASS = "not known";

export interface Filter {
  /** Metres above the site's reference point; null: any. */
  floor: number | null;
  ceiling: number | null;
  /** Metres from the site, at most. */
  range: number | null;
  /** Seconds since the last report, at most. */
  age: number | null;
  /** Probability that it is real, at least. */
  existence: number | null;
  /** Only these; empty: all. */
  classes: readonly string[];
  sensors: readonly string[];
  affiliations: readonly Affiliation[];
  /** "silent": says nothing of itself; "named": names itself. */
  identity: "" | "silent" | "named";
  /** The table lists only what is on the screen. */
  inView: boolean;
}

export const NO_FILTER: Filter = {
  floor: null,
  ceiling: null,
  range: null,
  age: null,
  existence: null,
  classes: [],
  sensors: [],
  affiliations: [],
  identity: "",
  inView: false,
};

export interface Where {
  site: (Place & { height: number }) | null;
  /** Names of the site's sensors, in the order of a record's bits. */
  sensors: readonly string[];
}

/** Whether the filter can hide anything from the map. */
export function filters(filter: Filter): boolean {
  return (Object.keys(NO_FILTER) as (keyof Filter)[]).some((key) => {
    const value = filter[key];
    return key !== "inView" && (Array.isArray(value) ? value.length > 0 : value !== NO_FILTER[key]);
  });
}

/** A test of whether the filter hides a track; null when it hides none. */
export function sieve(filter: Filter, { site, sensors }: Where): ((record: TrackRecord) => boolean) | null {
  if (!filters(filter)) return null;
  const { floor, ceiling, range, age, existence, classes, affiliations, identity } = filter;
  let bits = 0;
  for (const name of filter.sensors) if (sensors.includes(name)) bits |= 1 << sensors.indexOf(name);
  const ground = site?.height ?? 0;
  return (record) => {
    if (record.severity > 0) return false;
    const height = record.height - ground;
    if ((floor !== null && height < floor) || (ceiling !== null && height > ceiling)) return true;
    if (age !== null && record.age > age) return true;
    if (existence !== null && record.existence < existence) return true;
    if (filter.sensors.length > 0 && (record.sensors & bits) === 0) return true;
    if (classes.length > 0 && !classes.includes(record.klass || NO_CLASS)) return true;
    if (affiliations.length > 0 && !affiliations.includes(affiliationOf(record))) return true;
    const named = (record.flags & FLAG_NAMES_ITSELF) !== 0;
    if (identity !== "" && named !== (identity === "named")) return true;
    return range !== null && site !== null && (rangeAndBearing(site, record)?.range ?? Infinity) > range;
  };
}

export function affiliationOf(record: Pick<TrackRecord, "affiliation">): Affiliation {
  return AFFILIATIONS[record.affiliation] ?? "unknown";
}

/** As a link carries it: floor.300~range.20000~class.bird+quadcopter~in.view; empty when nothing is filtered. */
export function writeFilter(filter: Filter): string {
  const parts: string[] = [];
  for (const key of NUMBERS) if (filter[key] !== null) parts.push(`${key}.${filter[key]}`);
  for (const key of LISTS)
    if (filter[key].length > 0) parts.push(`${key}.${filter[key].map(escape).join("+")}`);
  if (filter.identity) parts.push(`identity.${filter.identity}`);
  if (filter.inView) parts.push("inView.1");
  return parts.join("~");
}

const NUMBERS = ["floor", "ceiling", "range", "age", "existence"] as const;
const LISTS = ["classes", "sensors", "affiliations"] as const;
const MOST_NAMES = 64;

function escape(name: string): string {
  return encodeURIComponent(name).replaceAll("~", "%7E").replaceAll("+", "%2B");
}

/** The inverse of `writeFilter`; parts that make no sense are left out. */
export function readFilter(text: string): Filter {
  const filter: { -readonly [key in keyof Filter]: Filter[key] } = { ...NO_FILTER };
  for (const part of text.split("~")) {
    const [key = "", ...rest] = part.split(".");
    const value = rest.join(".");
    const number = NUMBERS.find((name) => name === key);
    const list = LISTS.find((name) => name === key);
    if (number && value !== "" && Number.isFinite(Number(value))) filter[number] = Number(value);
    else if (list === "affiliations")
      filter.affiliations = AFFILIATIONS.filter((one) => value.split("+").includes(one));
    else if (list) filter[list] = value.split("+").slice(0, MOST_NAMES).flatMap(unescape);
    else if (key === "identity" && (value === "silent" || value === "named")) filter.identity = value;
    else if (key === "inView") filter.inView = value === "1";
  }
  return filter;
}

function unescape(name: string): string[] {
  try {
    return name ? [decodeURIComponent(name)] : [];
  } catch {
    return [];
  }
}
