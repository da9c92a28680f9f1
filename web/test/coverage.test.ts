import { describe, expect, test } from "vitest";
import { decodeChart, HIDDEN, NO_DATA, OUTSIDE, type Chart } from "../src/coverage/chart";
import { inks, TILE } from "../src/coverage/ink";
import { cellAt, paint, rowTerms } from "../src/coverage/paint";
import { bandName, combine, FUSED, Kind, lowestAt, shares } from "../src/coverage/scale";
import { View } from "../src/map/view";
import { type Palette } from "../src/palette";

const HEIGHTS = [0, 60, 61, 100, 300, 1000, 1001, 3000];
/** Four cells; the low radar is better where both see. */
const LAYERS: Record<string, number[]> = {
  low: [1, 3, OUTSIDE, HIDDEN],
  high: [5, OUTSIDE, 4, NO_DATA],
  "ADS-B": [0, 0, 0, 0],
};
const chart: Chart = {
  terrain: true,
  ceiling: 3000,
  cells: 2,
  step: 100,
  hearOnly: new Set(["ADS-B"]),
  heights: HEIGHTS,
  layers: new Map(Object.entries(LAYERS).map(([name, codes]) => [name, Uint8Array.from(codes)])),
};
const all = new Set(["low", "high", "ADS-B"]);
const kinds = (layer: string, working: Set<string>, below: number | null = null) => [
  ...combine(chart, layer, working, below),
];

describe("combining", () => {
  test("takes the lowest of all that watch, and never counts what only hears", () => {
    expect(kinds(FUSED, all)).toEqual([0, 1, 2, Kind.unknown]);
    expect(kinds(FUSED, new Set(["ADS-B"]))).toEqual([Kind.lost, Kind.lost, Kind.lost, Kind.outside]);
    expect(kinds("ADS-B", all)).toEqual([0, 0, 0, 0]);
  });

  test("where nobody sees, what is not known outranks hidden, and hidden out of reach", () => {
    expect(kinds("low", all).slice(2)).toEqual([Kind.outside, Kind.hidden]);
    expect(lowestAt(chart, FUSED, all, 3)).toBe(NO_DATA);
    expect(lowestAt(chart, FUSED, new Set(["low"]), 3)).toBe(HIDDEN);
  });

  test("a silent sensor leaves at once: another's height, or lost", () => {
    expect(kinds(FUSED, new Set(["high"]))).toEqual([3, Kind.lost, 2, Kind.unknown]);
    expect(kinds("low", new Set(["high"]))).toEqual([Kind.lost, Kind.lost, Kind.outside, Kind.outside]);
  });

  test("at a height, what is seen only higher is not watched", () => {
    expect(kinds(FUSED, all, 60)).toEqual([0, Kind.higher, Kind.higher, Kind.unknown]);
    expect(kinds(FUSED, new Set(["high"]), 60)[0]).toBe(Kind.lost);
  });

  test("the parts add up", () => {
    const parts = shares(combine(chart, FUSED, all, null));
    expect(parts[Kind.unknown]).toBe(0.25);
    expect(parts.reduce((sum, part) => sum + part)).toBe(1);
  });
});

test("bands end where the legend says", () => {
  const one = (code: number) => ({ ...chart, layers: new Map([["one", Uint8Array.from([code])]]), cells: 1 });
  const band = (code: number) => combine(one(code), "one", new Set(["one"]), null)[0];
  expect(HEIGHTS.map((_, code) => band(code))).toEqual([0, 0, 1, 1, 2, 3, 4, 4]);
  expect(bandName(0, chart)).toBe("60 m or lower");
  expect(bandName(4, chart)).toBe("higher, up to 3\u2009000 m");
});

function packed(about: object, ...layers: number[][]): ArrayBuffer {
  const text = new TextEncoder().encode(JSON.stringify(about));
  const bytes = new Uint8Array(8 + text.length + layers.flat().length);
  bytes.set(new TextEncoder().encode("VDC1"));
  new DataView(bytes.buffer).setUint32(4, text.length, true);
  bytes.set(text, 8);
  bytes.set(layers.flat(), 8 + text.length);
  return bytes.buffer;
}

test("the packed map is read, and what is not whole is refused", () => {
  const about = {
    terrain: false,
    ceiling_m: 3000,
    sensors: ["a", "b"],
    hear_only: ["b"],
    cells: 1,
    step_m: 9,
  };
  const bytes = packed({ ...about, heights_m: [0, 5] }, [1], [HIDDEN]);
  const read = decodeChart(bytes);
  expect(read.layers.get("a")).toEqual(Uint8Array.of(1));
  expect(read.layers.get("b")).toEqual(Uint8Array.of(HIDDEN));
  expect(read.hearOnly).toEqual(new Set(["b"]));
  expect(() => decodeChart(bytes.slice(0, -1))).toThrow("cut off");
  expect(() => decodeChart(new ArrayBuffer(40))).toThrow("no coverage map");
});

test("a place falls into the tangent plane where pymap3d puts it", () => {
  // pymap3d.geodetic2enu(46.3, -29.5, 0, 46, -30, 0): east, north in m
  const { a, b, c } = rowTerms({ latitude: 46 }, 46.3);
  const dl = (0.5 * Math.PI) / 180;
  expect(a * Math.sin(dl)).toBeCloseTo(38521.304, 2);
  expect(b - c * Math.cos(dl)).toBeCloseTo(33467.03, 2);
});

test("cells are counted from the north-west, and off the map there is none", () => {
  const grid = { latitude: 46, longitude: -30, cells: 2, step: 1000 };
  const at = (dlat: number, dlon: number) => cellAt(grid, { latitude: 46 + dlat, longitude: -30 + dlon });
  expect([at(0.005, -0.005), at(0.005, 0.005), at(-0.005, -0.005), at(-0.005, 0.005)]).toEqual([0, 1, 2, 3]);
  expect(at(0.02, 0)).toBe(-1);
  expect(cellAt(grid, { latitude: -46, longitude: 150 })).toBe(-1);
});

describe("painting", () => {
  const palette = new Proxy({}, { get: () => "#336699" }) as Palette;
  const grid = {
    latitude: 0,
    longitude: 0,
    cells: 1,
    step: 2000,
    kinds: Uint8Array.of(0),
    beyond: Kind.unknown,
  };

  test("a watched place is plain, one that is not has a pattern that stays on the ground", () => {
    const { cx, cy, scale } = new View(0, 0, 12, 256, 256);
    const pixels = (shift: number) =>
      new Uint32Array(
        paint(grid, { cx: cx + shift / scale, cy, scale, width: 256, height: 256, ratio: 1 }, inks(palette))
          .buffer,
      );
    const still = pixels(0);
    const patch = (x0: number, y0: number) =>
      new Set(Array.from({ length: 64 }, (_, i) => still[(y0 + (i >> 3)) * 256 + x0 + (i & 7)]));
    expect(patch(124, 124).size).toBe(1);
    expect(patch(4, 4).size).toBeGreaterThan(1);
    const moved = pixels(3);
    expect(moved.slice(256, 256 + 100)).toEqual(still.slice(256 + 3, 256 + 103));
  });

  test("no two ways of not being watched have the same tile", () => {
    const tiles = inks(palette);
    const text = Array.from({ length: 10 }, (_, kind) =>
      tiles.subarray(kind * TILE * TILE, (kind + 1) * TILE * TILE).join(),
    );
    expect(new Set(text.slice(Kind.higher)).size).toBe(5);
  });
});
