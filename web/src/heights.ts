/** What a height counts from, and how that is said. */

import type { TrackRecord } from "./frame";
import type { Datum } from "./look";

export const DATUM_NAMES: Record<Datum, string> = {
  site: "above site",
  msl: "MSL (EGM96)",
  wgs84: "WGS84",
};
/** What stands behind a figure where there is little room. */
export const DATUM_MARKS: Record<Datum, string> = { site: "", msl: " MSL", wgs84: " WGS84" };

/** Metres in the datum; NaN where the geoid is not known. `ground`: the site's height above the ellipsoid. */
export function heightIn(
  datum: Datum,
  { height, undulation }: Pick<TrackRecord, "height" | "undulation">,
  ground: number,
): number {
  if (datum === "msl") return height - undulation;
  return datum === "site" ? height - ground : height;
}
