import { describe, expect, test } from "vitest";
import { exported } from "../src/export";
import { filters, NO_CLASS, NO_FILTER, sieve, type Filter } from "../src/filter";
import { FLAG_NAMES_ITSELF, type TrackRecord } from "../src/frame";
import { climbRate, distance, height, speed } from "../src/format";
import { heightIn } from "../src/heights";
import { View } from "../src/map/view";
import { AirPicture } from "../src/overlay/picture";
import { ofSensors, ramp } from "../src/overlay/trails";
import { symbolCode } from "../src/overlay/military";
import { list, type Column } from "../src/tracklist";

const SITE = { latitude: 33.8, longitude: 42.4, height: 200 };

function record(change: Partial<TrackRecord> = {}): TrackRecord {
  return {
    id: 1,
    status: 1,
    flags: 0,
    severity: 0,
    sources: 1,
    latitude: 33.8,
    longitude: 42.4,
    height: 500,
    speed: 50,
    course: 90,
    climb: 0,
    existence: 0.9,
    age: 1,
    sigmaMajor: 20,
    sigmaMinor: 10,
    sigmaBearing: 0,
    life: 60,
    label: "",
    sensors: 0b01,
    undulation: 5,
    klass: "",
    klassShare: 0,
    affiliation: 0,
    ...change,
  };
}

describe("a filter", () => {
  const hides = (filter: Partial<Filter>, change: Partial<TrackRecord>) =>
    sieve({ ...NO_FILTER, ...filter }, { site: SITE, sensors: ["radar", "camera"] })?.(record(change));

  test.each<[string, Partial<Filter>, Partial<TrackRecord>, Partial<TrackRecord>]>([
    ["floor", { floor: 100 }, { height: 299 }, { height: 301 }],
    ["ceiling", { ceiling: 1000 }, { height: 1201 }, { height: 1199 }],
    ["range", { range: 10_000 }, { latitude: 33.9 }, { latitude: 33.88 }],
    ["age", { age: 5 }, { age: 6 }, { age: 5 }],
    ["existence", { existence: 0.5 }, { existence: 0.49 }, { existence: 0.5 }],
    ["class", { classes: ["bird"] }, { klass: "quadcopter" }, { klass: "bird" }],
    ["no class", { classes: [NO_CLASS] }, { klass: "bird" }, { klass: "" }],
    ["sensor", { sensors: ["camera"] }, { sensors: 0b01 }, { sensors: 0b11 }],
    ["identity", { identity: "silent" }, { flags: FLAG_NAMES_ITSELF }, { flags: 0 }],
    ["affiliation", { affiliations: ["hostile", "unknown"] }, { affiliation: 1 }, { affiliation: 3 }],
  ])("by %s hides what it should and leaves the rest", (_, filter, out, left) => {
    expect(hides(filter, out)).toBe(true);
    expect(hides(filter, left)).toBe(false);
    expect(hides(filter, { ...out, severity: 1 }), "an open alert is never hidden").toBe(false);
  });

  test("that says nothing hides nothing, and neither does the table's own", () => {
    expect(sieve(NO_FILTER, { site: SITE, sensors: [] })).toBeNull();
    expect(filters({ ...NO_FILTER, inView: true })).toBe(false);
    expect(filters({ ...NO_FILTER, floor: 0 })).toBe(true);
  });
});

describe("the table", () => {
  const many = Array.from({ length: 10_000 }, (_, i) =>
    record({
      id: i + 1,
      speed: (i * 7919) % 10_007,
      label: i % 10 === 0 ? `CALL${i}` : "",
      severity: i === 5000 ? 3 : 0,
      latitude: 33.8 + ((i * 31) % 1000) / 2000,
    }),
  );

  test.each<[Column, (r: TrackRecord) => number]>([
    ["speed", (r) => r.speed],
    ["range", (r) => Math.abs(r.latitude - 33.8)],
  ])("of 10,000 tracks by %s begins as if all were sorted, alerts first", (column, value) => {
    for (const descending of [false, true]) {
      const { rows, total } = list(many, SITE, { column, descending }, "", 50);
      expect(total).toBe(10_000);
      expect(rows).toHaveLength(50);
      expect(rows[0]?.record.id).toBe(5001);
      const sign = descending ? -1 : 1;
      const whole = many
        .filter(({ severity }) => severity === 0)
        .sort((a, b) => sign * (value(a) - value(b)) || a.id - b.id)
        .slice(0, 49);
      expect(rows.slice(1).map((row) => row.record.id)).toEqual(whole.map(({ id }) => id));
    }
  });

  test("finds by callsign, number and side", () => {
    const order = { column: "name", descending: false } as const;
    expect(list(many, SITE, order, " call990 ", 50).rows.map((row) => row.record.id)).toContain(991);
    expect(list(many, SITE, order, "t10000", 50).total).toBe(1);
    expect(list([record({ affiliation: 3 })], SITE, order, "hostile", 50).total).toBe(1);
    const ids = list([record({ id: 10 }), record({ id: 9 })], SITE, order, "", 50).rows.map(
      (r) => r.record.id,
    );
    expect(ids).toEqual([9, 10]);
  });
});

describe("units", () => {
  test("are those of the international definitions", () => {
    expect(distance(1852 * 12.3, "aviation")).toBe("12.3 NM");
    expect(distance(100, "aviation")).toBe("328 ft");
    expect(distance(1609.344 * 5, "imperial")).toBe("5.0 mi");
    expect(height(304.8, "imperial")).toBe("1\u2009000 ft");
    expect(height(-3, "metric")).toBe("−3 m");
    expect(speed(51.444, "aviation")).toBe("100 kt");
    expect(speed(44.704, "imperial")).toBe("100 mph");
    expect(climbRate(5.08, "aviation")).toBe("1\u2009000 ft/min");
    expect(climbRate(3, "metric")).toBe("3 m/s");
  });

  test("never mix heights that count from different things", () => {
    const high = record({ height: 500, undulation: 5 });
    expect([heightIn("wgs84", high, 200), heightIn("site", high, 200), heightIn("msl", high, 200)]).toEqual([
      500, 300, 495,
    ]);
    expect(height(heightIn("msl", record({ undulation: NaN }), 200))).toBe("–");
  });
});

describe("a turned map", () => {
  const view = new View(33.8, 42.4, 10, 1000, 700, 90);

  test("has the bearing it is turned to at its top", () => {
    const east = view.project(33.8, 42.5);
    expect(east.x).toBeCloseTo(500, 6);
    expect(east.y).toBeLessThan(340);
    const north = view.project(33.9, 42.4);
    expect(north.x).toBeLessThan(490);
    expect(north.y).toBeCloseTo(350, 6);
  });

  test("comes back from pixels", () => {
    const turned = new View(33.8, 42.4, 10, 1000, 700, -37);
    const { x, y } = turned.project(33.95, 42.1);
    const back = turned.unproject(x, y);
    expect(back.latitude).toBeCloseTo(33.95, 9);
    expect(back.longitude).toBeCloseTo(42.1, 9);
  });
});

describe("files", () => {
  const picture = new AirPicture();
  for (let t = 0; t < 5; t++) {
    const hostile = record({ label: '=A"<&', klass: "bird", affiliation: 3, longitude: 42.4 + t / 1000 });
    picture.apply({ sequence: t, t: 1_700_000_000 + t, tSent: 0, tracks: [hostile] }, 200 * t);
  }
  const tracks = [...picture.tracks.values()];

  test("in GeoJSON hold longitude before latitude and the height above the ellipsoid", () => {
    const { features } = JSON.parse(exported("geojson", tracks, picture.t)) as GeoJSON.FeatureCollection;
    const geometry = features[0]?.geometry as GeoJSON.LineString;
    expect(geometry.type).toBe("LineString");
    expect(geometry.coordinates).toHaveLength(5);
    expect(geometry.coordinates[4]).toEqual([42.404, 33.8, 500]);
    expect(features[0]?.properties).toMatchObject({ class: "bird", affiliation: "hostile" });
    expect(features[0]?.properties?.["times"][0]).toBe("2023-11-14T22:13:20.000Z");
  });

  test("in KML and GPX are well formed whatever a feed calls itself, and hold heights above the sea", () => {
    const kml = exported("kml", tracks, picture.t);
    expect(kml).toContain("<name>=A&quot;&lt;&amp;</name>");
    expect(kml).toContain("<gx:coord>42.404 33.8 495</gx:coord>");
    expect(kml.match(/<when>/g)).toHaveLength(5);
    const gpx = exported("gpx", tracks, picture.t);
    expect(gpx).toContain(
      '<trkpt lat="33.8" lon="42.404"><ele>495</ele><time>2023-11-14T22:13:24.000Z</time>',
    );
    for (const text of [kml, gpx]) expect(text).not.toContain('A"<&');
  });

  test("in CSV hold a line a place, and no name becomes a formula", () => {
    const lines = exported("csv", tracks, picture.t).trimEnd().split("\r\n");
    expect(lines).toHaveLength(6);
    expect(lines[1]).toBe(`2023-11-14T22:13:20.000Z,1,"'=A""<&",bird,hostile,33.8,42.4,500,495,50,0`);
  });
});

test("colours of trails", () => {
  expect([99, 100, 5000].map((metres) => ramp(metres, [100, 300, 1000, 3000]))).toEqual([
    "ramp-1",
    "ramp-2",
    "ramp-5",
  ]);
  expect([0, 0b1, 0b1000, 0b101].map(ofSensors)).toEqual(["tentative", "ramp-1", "ramp-4", "label"]);
});

test("symbol codes are those of MIL-STD-2525D: 20 digits, identity fourth, the air", () => {
  expect(symbolCode(record({ affiliation: 3, klass: "quadcopter" }))).toBe("10060100001103000000");
  expect(symbolCode(record({ affiliation: 1, flags: FLAG_NAMES_ITSELF }))).toBe("10030100001200000000");
  expect(symbolCode(record({ status: 2 }))).toBe("10010110000000000000");
});
