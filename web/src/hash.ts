/** The part of the page's state that a link can carry. What makes no sense in a link changes nothing. */

import { LIMITS } from "./coverage/scale";
import { NO_FILTER, readFilter, writeFilter } from "./filter";
import { UNITS } from "./format";
import {
  COORDINATES,
  DATUMS,
  ENVELOPES,
  LOOK,
  SCALES,
  SHEETS,
  SYMBOL_SETS,
  TRAIL_COLOURS,
  TRAIL_LENGTHS,
  type Look,
} from "./look";
import type { Camera } from "./map/view";
import type { LabelLevel } from "./overlay/labels";
import { TRAIL_MODES } from "./overlay/trails";
import { THEMES } from "./palette";
import type { State } from "./store";

export type Linked = Partial<Look & Pick<State, "selected" | "marked" | "cover" | "below">> & {
  camera?: Camera;
  /** Unix seconds at which a replay is to stand. */
  moment?: number;
};

const MOST_RINGS = 12;
const LEVELS: readonly LabelLevel[] = [1, 2, 3];
/** What is one of a few: its name in the link, its name here, and what it may be. */
const CHOICES = [
  ["labels", "labels", LEVELS],
  ["size", "labelScale", SCALES],
  ["trails", "trails", TRAIL_MODES],
  ["trailtime", "trailSeconds", TRAIL_LENGTHS],
  ["trailcolour", "trailColour", TRAIL_COLOURS],
  ["theme", "theme", THEMES],
  ["units", "units", UNITS],
  ["heights", "datum", DATUMS],
  ["places", "coordinates", COORDINATES],
  ["symbols", "symbols", SYMBOL_SETS],
  ["open", "sheet", SHEETS],
  ["scale", "scale", SCALES],
  ["envelopes", "envelopes", ENVELOPES],
] as const;
/** What is on or off: its name in the link, its name here, and the word for what is not usual. */
const SWITCHES = [
  ["persist", "persistence", "1"],
  ["dim", "dim", "1"],
  ["clock", "utc", "local"],
  ["bearings", "bearings", "off"],
  ["heat", "heat", "1"],
  ["kiosk", "kiosk", "1"],
] as const;

export function readHash(hash: string): Linked {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const linked: Record<string, unknown> = {};
  const camera = readCamera(given.get("map") ?? "");
  if (camera) linked["camera"] = camera;
  for (const [name, key, values] of CHOICES) {
    const value = (values as readonly (string | number)[]).find((one) => String(one) === given.get(name));
    if (value !== undefined) linked[key] = value;
  }
  for (const [name, key, word] of SWITCHES) if (given.get(name) === word) linked[key] = !LOOK[key];
  const track = given.get("track");
  if (track && /^\d{1,10}(,\d{1,10}){0,63}$/.test(track)) {
    const [first, ...others] = track.split(",").map(Number);
    linked["selected"] = first;
    if (others.length > 0) linked["marked"] = new Set(others);
  }
  for (const name of ["cover", "plots"]) {
    const sensor = given.get(name);
    if (sensor && sensor.length <= 64) linked[name] = sensor;
  }
  const below = LIMITS.find((limit) => String(limit) === given.get("below"));
  if (below) linked["below"] = below;
  const rings = readRings(given.get("rings"));
  if (rings) linked["rings"] = rings;
  const filter = readFilter(given.get("filter") ?? "");
  if (writeFilter(filter) !== "") linked["filter"] = filter;
  const moment = Number(given.get("t") ?? NaN);
  if (moment > 0) linked["moment"] = moment;
  return linked as Linked;
}

function readCamera(text: string): Camera | null {
  const [latitude = NaN, longitude = NaN, zoom = NaN, bearing = 0] = text.split(",").map(Number);
  if (!(Math.abs(latitude) <= 85 && Math.abs(longitude) <= 180 && zoom >= 0 && zoom <= 22)) return null;
  const turned = Math.abs(bearing) <= 360 && bearing !== 0;
  return { latitude, longitude, zoom, ...(turned ? { bearing } : {}) };
}

/** Radii in metres; "off" is none. */
function readRings(text: string | null): number[] | null {
  if (text === "off") return [];
  const rings = (text ?? "").split(",").map(Number);
  const sound = rings.every((radius) => radius > 0 && radius <= 1e6) && rings.length <= MOST_RINGS;
  return sound ? rings : null;
}

export function writeHash(state: State, camera: Camera, moment: number | null = null): string {
  const { latitude, longitude, zoom, bearing = 0 } = camera;
  const turn = Math.abs(bearing) >= 0.05 ? `,${bearing.toFixed(1)}` : "";
  const parts = [`map=${latitude.toFixed(4)},${longitude.toFixed(4)},${zoom.toFixed(2)}${turn}`];
  const always = ["labels", "trails"];
  for (const [name, key] of CHOICES) {
    if (always.includes(name) || state[key] !== LOOK[key]) parts.push(`${name}=${state[key]}`);
  }
  for (const [name, key, word] of SWITCHES) if (state[key] !== LOOK[key]) parts.push(`${name}=${word}`);
  const chosen = state.selected === null ? [] : [state.selected, ...state.marked];
  if (chosen.length > 0) parts.push(`track=${chosen.slice(0, 64).join(",")}`);
  if (state.cover) parts.push(`cover=${encodeURIComponent(state.cover)}`);
  if (state.plots) parts.push(`plots=${encodeURIComponent(state.plots)}`);
  if (state.below !== null) parts.push(`below=${state.below}`);
  if (state.rings) parts.push(`rings=${state.rings.length > 0 ? state.rings.join(",") : "off"}`);
  if (state.filter !== NO_FILTER) {
    const filter = writeFilter(state.filter);
    if (filter) parts.push(`filter=${encodeURIComponent(filter)}`);
  }
  if (moment !== null) parts.push(`t=${moment.toFixed(1)}`);
  return `#${parts.join("&")}`;
}
