/** Places as text: degrees, or the Military Grid Reference System. */

import { forward, toPoint } from "mgrs";
import { latitude, longitude } from "./format";
import type { Place } from "./geodesy";
import type { Coordinates } from "./look";

/** MGRS ends where UTM does; beyond lies UPS, which `mgrs` does not have. */
const SOUTH = -80;
const NORTH = 84;
const ACCURACY = 5; // 1 m

/** 33.7856° N 42.4412° E, or 38S LC 55103 39457. */
export function placeText(place: Place, coordinates: Coordinates): string {
  const inGrid = place.latitude >= SOUTH && place.latitude < NORTH;
  if (coordinates === "mgrs" && inGrid) return mgrsText(place);
  return `${latitude(place.latitude)} ${longitude(place.longitude)}`;
}

/** Grid zone, square, easting and northing to 1 m, apart as they are read out. */
export function mgrsText({ latitude: lat, longitude: lon }: Place): string {
  const text = forward([lon, lat], ACCURACY);
  const parts = /^(\d+[A-Z])([A-Z]{2})(\d{5})(\d{5})$/.exec(text);
  return parts ? parts.slice(1).join(" ") : text;
}

/** The middle of the square that an MGRS reference names; null for text that is none. */
export function fromMgrs(text: string): Place | null {
  const squeezed = text.replace(/\s/g, "").toUpperCase();
  const parts = /^\d{1,2}[C-HJ-NP-X][A-HJ-NP-Z][A-HJ-NP-V](\d*)$/.exec(squeezed);
  if (!parts || (parts[1] ?? "").length % 2 !== 0 || (parts[1] ?? "").length > 10) return null;
  try {
    const [lon, lat] = toPoint(squeezed);
    return { latitude: lat, longitude: lon };
  } catch {
    return null;
  }
}
