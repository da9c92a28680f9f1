/** A rule while it is being written: every field as typed, so that nothing is lost between two keys. */

import { destination, rangeAndBearing, type Place } from "../geodesy";
import type { SeverityName, Zone } from "../messages";
import type { Rule } from "./act";

export const SHAPES = ["circle", "polygon", "corridor"] as const;
export type ShapeName = (typeof SHAPES)[number];

/** What floor and ceiling count from. */
export const DATUMS = {
  site: "above the site",
  agl: "above the ground (AGL)",
  msl: "above the sea (MSL, EGM96)",
} as const;
export type Datum = keyof typeof DATUMS;

export interface Draft {
  name: string;
  severity: SeverityName;
  shape: ShapeName;
  /** One "latitude, longitude" a line: the centre of a circle, corners, or the line of a corridor. */
  points: string;
  /** Metres: the radius of a circle, the width of a corridor. */
  size: string;
  floor: string;
  ceiling: string;
  datum: Datum;
  /** "drone 0.6, bird 0.9". */
  klass: string;
  speedFrom: string;
  speedTo: string;
  hours: string;
  timeZone: string;
  probability: string;
  within: string;
  confirm: string;
  remind: string;
  clears: boolean;
  note: string;
  /** Whether clicks on the map set points. */
  drawing: boolean;
  /** An operator's rule that this one replaces, which keeps its name. */
  replaces: boolean;
}

export const EMPTY_DRAFT: Draft = {
  name: "",
  severity: "warning",
  shape: "circle",
  points: "",
  size: "",
  floor: "",
  ceiling: "",
  datum: "site",
  klass: "",
  speedFrom: "",
  speedTo: "",
  hours: "",
  timeZone: "",
  probability: "",
  within: "",
  confirm: "",
  remind: "",
  clears: true,
  note: "",
  drawing: false,
  replaces: false,
};

const DIGITS = 6; // of a degree: 0.1 m

export function written(places: readonly Place[]): string {
  return places
    .map(({ latitude, longitude }) => `${latitude.toFixed(DIGITS)}, ${longitude.toFixed(DIGITS)}`)
    .join("\n");
}

/** The places that are written so far; a line that is none is left out. */
export function places(points: string): Place[] {
  return points.split("\n").flatMap((line) => place(line) ?? []);
}

export function place(line: string): Place | null {
  const [, a = "", b = ""] = /^\s*([+-]?\d+(?:\.\d+)?)\s*[,;\s]\s*([+-]?\d+(?:\.\d+)?)\s*$/.exec(line) ?? [];
  const [latitude, longitude] = [Number(a), Number(b)];
  if (!a || !b || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return { latitude, longitude };
}

const LEAST: Record<ShapeName, number> = { circle: 1, polygon: 3, corridor: 2 };

/** What the page itself can say is missing, in a sentence; the server says the rest. "" when it can be sent. */
export function missing(draft: Draft): string {
  if (!draft.name.trim()) return "Give the rule a name.";
  const bad = draft.points.split("\n").find((line) => line.trim() && !place(line));
  if (bad) return `"${bad.trim()}" is no place; write latitude, longitude in degrees.`;
  const count = places(draft.points).length;
  if (count < LEAST[draft.shape]) {
    const what = { circle: "a centre", polygon: "at least three corners", corridor: "at least two points" };
    return `Draw it on the map, or write it down: a ${draft.shape} needs ${what[draft.shape]}.`;
  }
  if (draft.shape !== "polygon" && !(Number(draft.size) > 0)) {
    return `Give the ${draft.shape === "circle" ? "radius" : "width"} in metres.`;
  }
  if (klassOf(draft.klass) === null) return 'Write classes as "drone 0.6", with commas between them.';
  const odd = NUMBERS.find(([key]) => draft[key].trim() && !Number.isFinite(Number(draft[key])));
  return odd ? `"${draft[odd[0]]}" is no number.` : "";
}

/** "drone 0.6, bird 0.9" → classes and their least probability; null when it is not understood. */
export function klassOf(text: string): Record<string, number> | null {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean);
  const pairs = parts.map((part) => /^(\S+)\s+(\d*\.?\d+)$/.exec(part));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", Number(pair?.[2])]));
}

type NumberKey =
  "floor" | "ceiling" | "speedFrom" | "speedTo" | "probability" | "within" | "confirm" | "remind";

const NUMBERS = [
  ["floor", "floor"],
  ["ceiling", "ceiling"],
  ["speedFrom", "speed_from"],
  ["speedTo", "speed_to"],
  ["probability", "probability"],
  ["within", "within_s"],
  ["confirm", "confirm_s"],
  ["remind", "remind_s"],
] as const satisfies readonly (readonly [NumberKey, keyof Zone])[];

/** The rule as a `[[zone]]`; what is left empty is left out, and is as the site's `[alert]` has it. */
export function ruleOf(draft: Draft): Rule {
  const rule: Rule = { name: draft.name.trim(), severity: draft.severity };
  const at = places(draft.points);
  const [first] = at;
  if (draft.shape === "circle" && first) Object.assign(rule, first, { radius: Number(draft.size) });
  else rule[draft.shape] = at.map(({ latitude, longitude }) => [latitude, longitude]);
  if (draft.shape === "corridor") rule["width"] = Number(draft.size);
  for (const [key, name] of NUMBERS) if (draft[key].trim()) rule[name] = Number(draft[key]);
  if (draft.datum !== "site") rule["datum"] = draft.datum;
  const klass = klassOf(draft.klass);
  if (klass && Object.keys(klass).length > 0) rule["klass"] = klass;
  if (draft.hours.trim()) {
    rule["hours"] = draft.hours.trim();
    if (draft.timeZone.trim()) rule["time_zone"] = draft.timeZone.trim();
  }
  if (!draft.clears) rule["clears"] = false;
  return rule;
}

const pair = ([latitude, longitude]: [number, number]): Place => ({ latitude, longitude });
const text = (value: unknown): string =>
  typeof value === "number" || typeof value === "string" ? String(value) : "";

/** An operator's rule, opened again for a change. */
export function draftOf(zone: Zone): Draft {
  const shape: ShapeName = zone.center ? "circle" : zone.corridor ? "corridor" : "polygon";
  const at = zone.center ? [zone.center] : (zone.corridor ?? zone.polygon);
  return {
    ...EMPTY_DRAFT,
    name: zone.name,
    severity: zone.severity,
    shape,
    points: written(at.map(pair)),
    size: text(shape === "circle" ? zone.radius : shape === "corridor" ? zone.width : ""),
    datum: zone.datum ?? "site",
    klass: Object.entries(zone.klass ?? {})
      .map(([name, least]) => `${name} ${least}`)
      .join(", "),
    hours: text(zone.hours),
    timeZone: zone.hours ? text(zone.time_zone) : "",
    clears: zone.clears !== false,
    replaces: true,
    ...Object.fromEntries(NUMBERS.map(([key, name]) => [key, text(zone[name])])),
  };
}

/** The outline of what is drawn so far, for the map: closed for a circle, a polygon and a corridor. */
export function outline(draft: Pick<Draft, "shape" | "points" | "size">, next: Place | null): Place[] {
  const at = places(draft.points);
  const size = Number(draft.size);
  const [first] = at;
  if (draft.shape === "circle") {
    if (!first) return [];
    const radius = size > 0 ? size : next ? (rangeAndBearing(first, next)?.range ?? 0) : 0;
    if (!(radius > 0)) return [];
    return Array.from({ length: 73 }, (_, i) => destination(first, i * 5, radius));
  }
  return next ? [...at, next] : at;
}
