/** Every sensor's coverage as the server packs it: one byte per cell, in the site's own east-north frame. */

export interface Chart {
  terrain: boolean;
  ceiling: number;
  cells: number;
  /** Metres from one cell to the next. */
  step: number;
  hearOnly: ReadonlySet<string>;
  /** What a code below UNSEEN stands for: the least height above the ground from which a cell is seen. */
  heights: readonly number[];
  /** Row by row from the north-west; the code of each cell. */
  layers: ReadonlyMap<string, Uint8Array>;
}

/** Codes from here on are reasons for not being seen, the better known the higher; the least of several counts. */
export const NO_DATA = 253;
export const HIDDEN = 254;
export const OUTSIDE = 255;
export const UNSEEN = NO_DATA;

interface About {
  terrain: boolean;
  ceiling_m: number;
  sensors: string[];
  hear_only: string[];
  cells: number;
  step_m: number;
  heights_m: number[];
}

/** Decode once. Throws an Error in a sentence when the bytes are something else. */
export function decodeChart(bytes: ArrayBuffer): Chart {
  const view = new DataView(bytes);
  if (bytes.byteLength < 8 || view.getUint32(0) !== 0x56444331) throw new Error("This is no coverage map.");
  const length = view.getUint32(4, true);
  if (8 + length > bytes.byteLength) throw new Error("The coverage map is cut off.");
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length))) as About;
  const size = about.cells ** 2;
  if (bytes.byteLength !== 8 + length + size * about.sensors.length)
    throw new Error("The coverage map is cut off.");
  return {
    terrain: about.terrain,
    ceiling: about.ceiling_m,
    cells: about.cells,
    step: about.step_m,
    hearOnly: new Set(about.hear_only),
    heights: about.heights_m,
    layers: new Map(
      about.sensors.map((name, i) => [name, new Uint8Array(bytes, 8 + length + i * size, size)]),
    ),
  };
}

/** The browser keeps it under its tag: a second visit costs an empty answer. */
export async function loadChart(): Promise<Chart> {
  const response = await fetch("api/coverage/layers");
  if (!response.ok) throw new Error(`The coverage map could not be loaded (HTTP ${response.status}).`);
  return decodeChart(await response.arrayBuffer());
}
