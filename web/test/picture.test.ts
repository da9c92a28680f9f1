import { describe, expect, test } from "vitest";
import type { Frame, TrackRecord } from "../src/frame";
import { rangeAndBearing } from "../src/geodesy";
import { latitudeOf, longitudeOf } from "../src/map/view";
import { labelLines, placeLabels, type LabelStyle, type Spot } from "../src/overlay/labels";
import { AirPicture } from "../src/overlay/picture";
import { LONGEST_S, Trail } from "../src/overlay/trails";

function record(change: Partial<TrackRecord> = {}): TrackRecord {
  return {
    id: 1,
    status: 1,
    flags: 0,
    severity: 0,
    sources: 1,
    latitude: 33.8,
    longitude: 42.4,
    height: 320,
    speed: 100,
    course: 60,
    climb: 0,
    existence: 0.9,
    age: 0,
    sigmaMajor: 50,
    sigmaMinor: 20,
    sigmaBearing: 0,
    life: 10,
    label: "",
    sensors: 1,
    undulation: 5,
    klass: "",
    klassShare: 0,
    affiliation: 0,
    ...change,
  };
}

const frame = (t: number, ...tracks: TrackRecord[]): Frame => ({ sequence: 0, t, tSent: t, tracks });
const STYLE: LabelStyle = { ground: 200, units: "metric", datum: "site", scale: 1 };
const first = (picture: AirPicture) => [...picture.tracks.values()][0]!;

/** Metres and degrees from the record's place to where it is drawn. */
function drawnFrom(picture: AirPicture, now: number) {
  const { x, y } = picture.at(first(picture), now);
  return rangeAndBearing(
    { latitude: 33.8, longitude: 42.4 },
    { latitude: latitudeOf(y), longitude: longitudeOf(x) },
  )!;
}

describe("between frames a track", () => {
  test("moves on by its speed and course", () => {
    const picture = new AirPicture();
    picture.apply(frame(1000, record()), 0);
    const { range, bearing } = drawnFrom(picture, 800);
    expect(range).toBeCloseTo(80, 0);
    expect(Math.abs(bearing - 60)).toBeLessThan(0.3);
  });

  test("stands still after a second without news", () => {
    const picture = new AirPicture();
    picture.apply(frame(1000, record()), 0);
    expect(drawnFrom(picture, 60_000).range).toBeCloseTo(drawnFrom(picture, 1000).range, 6);
  });

  test("moves at the replay's pace, and not at all in a pause", () => {
    const picture = new AirPicture();
    picture.pace = 10;
    picture.apply(frame(1000, record()), 0);
    expect(drawnFrom(picture, 500).range).toBeCloseTo(500, -1);
    picture.pace = 0;
    expect(drawnFrom(picture, 500).range).toBeLessThan(1e-3);
  });

  test("glides to a new report instead of jumping, and arrives within half a second", () => {
    const picture = new AirPicture();
    picture.apply(frame(1000, record({ speed: 0 })), 0);
    picture.apply(frame(1000.2, record({ speed: 0, latitude: 33.801 })), 200);
    expect(drawnFrom(picture, 200).range).toBeLessThan(1);
    expect(drawnFrom(picture, 900).range).toBeCloseTo(110.9, 0);
  });

  test("jumps at a seek, and its trail begins anew", () => {
    const picture = new AirPicture();
    for (let i = 0; i < 10; i++) picture.apply(frame(1000 + i, record({ speed: 0 })), i);
    expect(first(picture).trail.length).toBe(10);
    picture.apply(frame(500, record({ speed: 0, latitude: 33.801 })), 20);
    expect(drawnFrom(picture, 20).range).toBeCloseTo(110.9, 0);
    expect(first(picture).trail.length).toBe(1);
  });

  test("goes when a frame no longer has it", () => {
    const picture = new AirPicture();
    picture.apply(frame(1000, record(), record({ id: 2 })), 0);
    picture.apply(frame(1001, record({ id: 2 })), 100);
    expect([...picture.tracks.keys()]).toEqual([2]);
  });
});

test("a trail keeps a point a second, thins what is older and forgets what is too old", () => {
  const trail = new Trail();
  for (let t = 0; t < 2000; t += 0.2) trail.add(t, 0, t, 300 + t, 50, false);
  const oldest = trail.t[0] ?? 0;
  expect(trail.length).toBeLessThan(330);
  expect(oldest).toBeLessThanOrEqual(2000 - LONGEST_S + 5);
  expect(oldest).toBeGreaterThan(2000 - LONGEST_S - 70);
  const gaps = trail.t.slice(1).map((t, i) => t - (trail.t[i] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(6.5);
  expect(Math.max(...gaps.slice(-110))).toBeLessThan(1.5);
  expect(trail.height.every((height, i) => height === 300 + (trail.t[i] ?? 0))).toBe(true);
  for (const column of [trail.x, trail.height, trail.speed, trail.coasted])
    expect(column.length).toBe(trail.length);
});

test("a track that is gone is remembered with its trail, until a seek", () => {
  const picture = new AirPicture();
  picture.apply(frame(1000, record()), 0);
  picture.apply(frame(1001), 200);
  expect(picture.gone.map(({ record }) => record.id)).toEqual([1]);
  picture.apply(frame(1001 + LONGEST_S, record({ id: 2 })), 400);
  expect(picture.gone).toEqual([]);
});

test("a filter hides at once, and again with every frame", () => {
  const picture = new AirPicture();
  picture.apply(frame(1000, record(), record({ id: 2, existence: 0.1 })), 0);
  picture.filter(({ existence }) => existence < 0.5);
  expect(picture.hiding).toBe(1);
  picture.apply(frame(1001, record(), record({ id: 2, existence: 0.8 })), 200);
  expect(picture.hiding).toBe(0);
});

describe("labels", () => {
  const measure = (text: string) => text.length * 7;
  const spotOf = (px: number, py: number, change: Partial<TrackRecord>): Spot => {
    const picture = new AirPicture();
    picture.apply(frame(0, record(change)), 0);
    return { track: first(picture), px, py };
  };
  const boxes = (spots: Spot[], level: 1 | 2 | 3) =>
    placeLabels(spots, level, null, STYLE, measure).map((label) => {
      const spot = spots.find(({ track }) => track === label.track)!;
      const [x, y] = [spot.px + label.dx, spot.py + label.dy];
      return {
        id: label.track.record.id,
        x0: x,
        y0: y,
        x1: x + label.width,
        y1: y + label.lines.length * 14,
      };
    });

  test("say more at each level", () => {
    const lengths = [1, 2, 3].map(
      (level) => labelLines(record(), level as 1 | 2 | 3, STYLE).join(" ").length,
    );
    expect(labelLines(record({ label: "THY473" }), 1, STYLE)).toEqual(["THY473"]);
    expect(labelLines(record(), 2, STYLE)).toEqual(["T1", "120 m  100 m/s"]);
    const aviation = { ...STYLE, units: "aviation", datum: "msl" } as const;
    expect(labelLines(record(), 2, aviation)).toEqual(["T1", "1\u2009030 ft MSL  194 kt"]);
    expect(lengths[0]!).toBeLessThan(lengths[1]!);
    expect(lengths[1]!).toBeLessThan(lengths[2]!);
  });

  test("never lie on one another in a crowd", () => {
    const spots = Array.from({ length: 400 }, (_, i) =>
      spotOf((i * 7919) % 900, (i * 104729) % 700, { id: i + 1, course: (i * 37) % 360 }),
    );
    const placed = boxes(spots, 2);
    expect(placed.length).toBeGreaterThan(40);
    const touching = placed.flatMap((a, i) =>
      placed.slice(i + 1).filter((b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1),
    );
    expect(touching).toEqual([]);
  });

  test("are measured whole only where the name alone finds room", () => {
    const measured: string[] = [];
    const crowd = Array.from({ length: 300 }, (_, i) => spotOf(100 + (i % 20) * 9, 100 + i, { id: i + 1 }));
    const placed = placeLabels(crowd, 2, null, STYLE, (text) => (measured.push(text), measure(text)));
    expect(placed.length).toBeGreaterThan(10);
    expect(measured.filter((text) => !text.startsWith("T")).length).toBe(placed.length);
  });

  test("of alerts are written whatever stands in the way", () => {
    const crowd = Array.from({ length: 60 }, (_, i) => spotOf(300 + (i % 8) * 6, 300 + i, { id: i + 10 }));
    const alert = spotOf(320, 330, { id: 1, severity: 3 });
    expect(boxes([...crowd, alert], 2).some(({ id }) => id === 1)).toBe(true);
  });

  test("keep their place from frame to frame", () => {
    const spot = spotOf(100, 100, { course: 90 });
    const [before] = boxes([spot], 2);
    spot.track.record = { ...spot.track.record, course: 270 };
    expect(boxes([spot], 2)[0]).toEqual(before);
  });
});
