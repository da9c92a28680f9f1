/** How one person has set up the page: what a link carries and a browser may remember. */

import { NO_FILTER, type Filter } from "./filter";
import type { Units } from "./format";
import type { LabelLevel } from "./overlay/labels";
import type { TrailMode } from "./overlay/trails";
import type { Theme } from "./palette";

/** What a trail's colour tells. */
export const TRAIL_COLOURS = ["kind", "height", "speed", "class", "sensor"] as const;
export type TrailColour = (typeof TRAIL_COLOURS)[number];
export const TRAIL_LENGTHS = [60, 120, 300, 600] as const;
/** What heights count from: the site's reference point, mean sea level (EGM96), the ellipsoid (WGS84). */
export const DATUMS = ["site", "msl", "wgs84"] as const;
export type Datum = (typeof DATUMS)[number];
export const COORDINATES = ["degrees", "mgrs"] as const;
export type Coordinates = (typeof COORDINATES)[number];
export const SYMBOL_SETS = ["simple", "military"] as const;
export type SymbolSet = (typeof SYMBOL_SETS)[number];
export const SCALES = [0.8, 1, 1.25, 1.5, 2] as const;
/** Whose envelopes are drawn: those of the opened advice and of what is under way, all, or none. */
export const ENVELOPES = ["opened", "all", "off"] as const;
export type Envelopes = (typeof ENVELOPES)[number];
/** The panels that lie over the map; one at a time. */
export const SHEETS = ["tracks", "filter", "measure", "settings"] as const;
export type Sheet = (typeof SHEETS)[number];

export interface Look {
  labels: LabelLevel;
  /** Size of labels and symbols, times the usual. */
  labelScale: number;
  trails: TrailMode;
  trailSeconds: number;
  trailColour: TrailColour;
  /** Trails of tracks that are gone stay. */
  persistence: boolean;
  theme: Theme;
  /** The basemap is dimmed. */
  dim: boolean;
  units: Units;
  datum: Datum;
  coordinates: Coordinates;
  utc: boolean;
  symbols: SymbolSet;
  /** Radii of the range rings in metres; null: those of the site file. */
  rings: readonly number[] | null;
  /** The sensor whose reports are shown as they come; "": none. */
  plots: string;
  /** Directions that no track explains are shown. */
  bearings: boolean;
  /** Where tracks have been since the page was opened. */
  heat: boolean;
  filter: Filter;
  sheet: Sheet | "";
  /** Whose envelopes and no-fire areas are on the map. */
  envelopes: Envelopes;
  /** A wall screen: nothing to press. */
  kiosk: boolean;
  /** Size of the panels, times the usual. */
  scale: number;
}

export const LOOK: Look = {
  labels: 2,
  labelScale: 1,
  trails: "selected",
  trailSeconds: 300,
  trailColour: "kind",
  persistence: false,
  theme: "dark",
  dim: false,
  units: "metric",
  datum: "site",
  coordinates: "degrees",
  utc: true,
  symbols: "simple",
  rings: null,
  plots: "",
  bearings: true,
  heat: false,
  filter: NO_FILTER,
  sheet: "",
  envelopes: "opened",
  kiosk: false,
  scale: 1,
};
