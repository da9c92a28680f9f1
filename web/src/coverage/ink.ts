/** What each kind of cell is painted with: a tile of 8 × 8 pixels. Bands are plain; what is not watched is a pattern. */

import type { Palette } from "../palette";
import { Kind, KINDS } from "./scale";

export const TILE = 8;
const AREA = TILE * TILE;
type Rgb = readonly [number, number, number];

/** Of "#rrggbb". */
export function rgb(colour: string): Rgb {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** How strong the ink is at a pixel of the tile, 0 to 1. */
type Pattern = (x: number, y: number) => number;

const line = (distance: number) => (distance === 0 ? 1 : distance === 1 || distance === TILE - 1 ? 0.3 : 0);
const rising: Pattern = (x, y) => line((x + y) % TILE);
const falling: Pattern = (x, y) => line((x - y + TILE) % TILE);
const dots: Pattern = (x, y) => (x % TILE < 2 && y % TILE < 2 ? 1 : 0);
const crossed: Pattern = (x, y) => Math.max(rising(x, y), falling(x, y));
const levels: Pattern = (_, y) => (y % 4 === 0 ? 1 : 0);

interface Ink {
  colour: Rgb;
  /** Opacity between and on the lines. */
  veil: number;
  full: number;
  pattern: Pattern;
}

function inkOf(palette: Palette, kind: number): Ink {
  const plain: Pattern = () => 1;
  if (kind === Kind.higher)
    return { colour: rgb(palette["cover-5"]), veil: 0.12, full: 0.8, pattern: levels };
  if (kind === Kind.hidden)
    return { colour: rgb(palette["cover-none"]), veil: 0.1, full: 0.75, pattern: rising };
  if (kind === Kind.outside)
    return { colour: rgb(palette["cover-none"]), veil: 0.03, full: 0.6, pattern: dots };
  if (kind === Kind.unknown)
    return { colour: rgb(palette["cover-none"]), veil: 0.06, full: 0.34, pattern: crossed };
  if (kind === Kind.lost)
    return { colour: rgb(palette["cover-lost"]), veil: 0.12, full: 0.8, pattern: falling };
  const bands = ["cover-1", "cover-2", "cover-3", "cover-4", "cover-5"] as const;
  return { colour: rgb(palette[bands[kind] ?? "cover-5"]), veil: 0, full: 0.66, pattern: plain };
}

/** Tiles of all kinds one after the other, as little-endian RGBA. */
export function inks(palette: Palette): Uint32Array {
  const tiles = new Uint32Array(KINDS * AREA);
  for (let kind = 0; kind < KINDS; kind++) {
    const { colour, veil, full, pattern } = inkOf(palette, kind);
    for (let i = 0; i < AREA; i++) {
      const strength = pattern(i % TILE, Math.floor(i / TILE));
      const alpha = Math.round(255 * (veil + (full - veil) * strength));
      tiles[kind * AREA + i] = ((alpha << 24) | (colour[2] << 16) | (colour[1] << 8) | colour[0]) >>> 0;
    }
  }
  return tiles;
}
