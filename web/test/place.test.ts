import { describe, expect, test } from "vitest";
import { rangeAndBearing } from "../src/geodesy";
import { measured, type MeasureEnd } from "../src/measure";
import { placeIn } from "../src/panels/measure";
import { fromMgrs, mgrsText, placeText } from "../src/place";

// Figures of GeographicLib 2.1 (C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87, 2013), not of our formulas.
const GEODESICS: [number, number, number, number, number, number, number][] = [
  [33.7856, 42.4412, 34.2, 42.9, 62528.045704, 42.554005802, 222.810518336],
  [-37.95, 144.4, -37.6, 143.9, 58732.427293, 311.255356271, 131.561640036],
  [51.0, -0.001, 51.0, 0.001, 140.395355, 89.999222854, 270.000777146],
  [70.5, 179.8, 70.6, -179.7, 21680.198746, 58.793059594, 239.264526323],
  [33.7856, 42.4412, 33.7857, 42.4413, 14.450148, 39.86161732, 219.861672929],
];

describe("range and bearing", () => {
  test.each(GEODESICS)(
    "from %f %f to %f %f are GeographicLib's",
    (lat1, lon1, lat2, lon2, range, there, back) => {
      const [a, b] = [
        { latitude: lat1, longitude: lon1 },
        { latitude: lat2, longitude: lon2 },
      ];
      const found = measured([a, b], () => null)!;
      expect(Math.abs(found.range - range)).toBeLessThan(1e-4);
      expect(Math.abs(found.bearing - there)).toBeLessThan(1e-6);
      expect(Math.abs(found.back - back)).toBeLessThan(1e-6);
    },
  );

  test("follow a track that moves, and end when it is gone", () => {
    const site = { latitude: 33.8, longitude: 42.4 };
    const ends: MeasureEnd[] = [site, { track: 7 }];
    const at = (latitude: number) => (id: number) => (id === 7 ? { latitude, longitude: 42.4 } : null);
    const near = measured(ends, at(33.9))!;
    const far = measured(ends, at(34.0))!;
    expect(far.range).toBeGreaterThan(near.range + 11_000);
    expect(near.bearing).toBe(0);
    expect(measured(ends, () => null)).toBeNull();
    expect(measured([site], at(34))).toBeNull();
  });
});

describe("MGRS", () => {
  // Eastings and northings of EPSG:326zz and 327zz by PROJ 9; a reference names the square's south-west corner.
  test.each([
    [33.7856, 42.4412, "38S", "63078 41327"],
    [-33.86, 151.21, "56H", "34416 51925"],
    [60.39, 5.32, "32V", "97230 00510"], // the zone that is wider, off Norway
    [78.22, 15.65, "33X", "14813 83004"], // and those of Svalbard
    [0.0001, -78.45, "17N", "83845 00011"],
    [38.8895, -77.0353, "18S", "23478 06483"],
  ])("of %f %f has PROJ's easting and northing", (latitude, longitude, zone, digits) => {
    const text = mgrsText({ latitude, longitude });
    expect(text.slice(0, 3)).toBe(zone);
    expect(text.slice(-11)).toBe(digits);
  });

  test("has the squares that are published", () => {
    expect(mgrsText({ latitude: 38.8895, longitude: -77.0353 })).toBe("18S UJ 23478 06483"); // Washington Monument
    // The example of GeographicLib's GeoConvert: 38SMB4488 is about 33.33424 N 44.40363 E.
    expect(mgrsText({ latitude: 33.33424, longitude: 44.40363 })).toMatch(/^38S MB 44[45]\d\d 88[45]\d\d$/);
    const baghdad = fromMgrs("38SMB4488")!;
    expect(baghdad.latitude).toBeCloseTo(33.33424, 4);
    expect(baghdad.longitude).toBeCloseTo(44.40363, 4);
  });

  test("comes back to within its metre", () => {
    for (const [latitude, longitude] of [
      [33.7856, 42.4412],
      [-33.86, 151.21],
      [60.39, 5.32],
    ] as const) {
      const back = fromMgrs(mgrsText({ latitude, longitude }))!;
      expect(rangeAndBearing({ latitude, longitude }, back)!.range).toBeLessThan(1);
    }
  });

  test.each(["", "38S", "38SMB448", "99SMB4488", "38IMB4488", "33.8, 42.4", "'; DROP TABLE"])(
    "refuses %s",
    (text) => expect(fromMgrs(text)).toBeNull(),
  );

  test("ends where UTM does: beyond, degrees are written", () => {
    expect(placeText({ latitude: 85, longitude: 10 }, "mgrs")).toBe("85.0000° N 10.0000° E");
    expect(placeText({ latitude: 33.7856, longitude: 42.4412 }, "mgrs")).toContain("38S");
    expect(placeText({ latitude: 33.7856, longitude: 42.4412 }, "degrees")).toBe("33.7856° N 42.4412° E");
  });
});

test("a place is taken as degrees or as a reference", () => {
  expect(placeIn("33.79, 42.44")).toEqual({ latitude: 33.79, longitude: 42.44 });
  expect(placeIn(" -33.5 151 ")).toEqual({ latitude: -33.5, longitude: 151 });
  expect(placeIn("38s mb 44500 88500")!.latitude).toBeCloseTo(33.33424, 3);
  for (const bad of ["", "north", "95 10", "33.79"]) expect(placeIn(bad)).toBeNull();
});
