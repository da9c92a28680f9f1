/** Paint a coverage map into the pixels of a view. Pure arithmetic: it runs in a worker, and in tests. */

import { latitudeOf } from "../map/view";
import { TILE } from "./ink";

const A = 6_378_137;
const E2 = (1 / 298.257223563) * (2 - 1 / 298.257223563);
const RAD = Math.PI / 180;

/** Cells about a site, row by row from the north. `beyond` is the kind of everything outside them. */
export interface Grid {
  latitude: number;
  longitude: number;
  cells: number;
  step: number;
  kinds: Uint8Array;
  beyond: number;
}

/** As of View: world coordinates of the centre, pixels per world; sizes in CSS pixels. */
export interface Window {
  cx: number;
  cy: number;
  scale: number;
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  ratio: number;
}

/**
 * East and north of points on the ellipsoid in the tangent plane at a site (Torge, Geodesy): east = a(φ) sin Δλ,
 * north = b(φ) − c(φ) cos Δλ. Both factors are of a row, both trigonometric terms of a column.
 */
export function rowTerms(site: { latitude: number }, latitude: number): { a: number; b: number; c: number } {
  const [phi0, phi] = [site.latitude * RAD, latitude * RAD];
  const normal = (p: number) => A / Math.sqrt(1 - E2 * Math.sin(p) ** 2);
  const [n0, n] = [normal(phi0), normal(phi)];
  const z = (1 - E2) * (n * Math.sin(phi) - n0 * Math.sin(phi0));
  return {
    a: n * Math.cos(phi),
    b: z * Math.cos(phi0) + n0 * Math.cos(phi0) * Math.sin(phi0),
    c: n * Math.cos(phi) * Math.sin(phi0),
  };
}

/** The cell that a place lies in, or -1. */
export function cellAt(
  grid: Pick<Grid, "latitude" | "longitude" | "cells" | "step">,
  place: { latitude: number; longitude: number },
): number {
  const { a, b, c } = rowTerms(grid, place.latitude);
  const dl = (place.longitude - grid.longitude) * RAD;
  return cellOf(grid, a * Math.sin(dl), b - c * Math.cos(dl), Math.cos(dl));
}

function cellOf(grid: Pick<Grid, "cells" | "step">, east: number, north: number, facing: number): number {
  const column = Math.floor(east / grid.step + grid.cells / 2);
  const row = Math.floor(grid.cells / 2 - north / grid.step);
  const inside = column >= 0 && row >= 0 && column < grid.cells && row < grid.cells && facing > 0;
  return inside ? row * grid.cells + column : -1;
}

/** RGBA of the whole window. The patterns stand on the ground, so that they move with the map and do not swim. */
export function paint(grid: Grid, window: Window, tiles: Uint32Array): Uint8ClampedArray<ArrayBuffer> {
  const { ratio, scale } = window;
  const [width, height] = [Math.round(window.width * ratio), Math.round(window.height * ratio)];
  const pixels = new Uint32Array(width * height);
  const [west, north] = [window.cx * scale - window.width / 2, window.cy * scale - window.height / 2];
  const sines = new Float64Array(width);
  const cosines = new Float64Array(width);
  const across = new Uint8Array(width);
  for (let x = 0; x < width; x++) {
    const world = west + (x + 0.5) / ratio;
    const dl = 2 * Math.PI * (world / scale - 0.5) - grid.longitude * RAD;
    sines[x] = Math.sin(dl);
    cosines[x] = Math.cos(dl);
    across[x] = Math.floor(Math.round(west) + x / ratio) & (TILE - 1);
  }
  for (let y = 0; y < height; y++) {
    const { a, b, c } = rowTerms(grid, latitudeOf((north + (y + 0.5) / ratio) / scale));
    const down = (Math.floor(Math.round(north) + y / ratio) & (TILE - 1)) * TILE;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const cosine = cosines[x] ?? 0;
      const cell = cellOf(grid, a * (sines[x] ?? 0), b - c * cosine, cosine);
      const kind = cell < 0 ? grid.beyond : (grid.kinds[cell] ?? grid.beyond);
      pixels[at] = tiles[kind * TILE * TILE + down + (across[x] ?? 0)] ?? 0;
    }
  }
  return new Uint8ClampedArray(pixels.buffer);
}
