/** Range and bearing between two ends, each a place or a track that moves. */

import { rangeAndBearing, type Place } from "./geodesy";

export type MeasureEnd = Place | { track: number };

export interface Measured {
  from: Place;
  to: Place;
  range: number;
  /** Degrees from true north, there and back. */
  bearing: number;
  back: number;
}

/** Where an end is now; null for a track that is gone. */
export function placeOf(end: MeasureEnd, placed: (id: number) => Place | null): Place | null {
  return "track" in end ? placed(end.track) : end;
}

/** null while an end is missing or gone, and for the few nearly antipodal pairs. */
export function measured(ends: readonly MeasureEnd[], placed: (id: number) => Place | null): Measured | null {
  const [from, to] = ends.map((end) => placeOf(end, placed));
  if (!from || !to) return null;
  const [there, back] = [rangeAndBearing(from, to), rangeAndBearing(to, from)];
  return there && back && { from, to, range: there.range, bearing: there.bearing, back: back.bearing };
}
