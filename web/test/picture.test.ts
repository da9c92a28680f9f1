import { describe, expect, test } from "vitest";
import type { Frame, TrackRecord } from "../src/frame";
import { rangeAndBearing } from "../src/geodesy";
import { latitudeOf, longitudeOf } from "../src/map/view";
import { labelLines, placeLabels, type Spot } from "../src/overlay/labels";
import { AirPicture } from "../src/overlay/picture";
import { Trail, TRAIL_S } from "../src/overlay/trails";

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
    ...change,
  };
}

const frame = (t: number, ...tracks: TrackRecord[]): Frame => ({ sequence: 0, t, tSent: t, tracks });
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

test("a trail keeps a point a second and forgets what is older than its length", () => {
  const trail = new Trail();
  for (let t = 0; t < 1000; t += 0.2) trail.add(t, 0, t, false);
  const oldest = trail.t[0] ?? 0;
  expect(trail.length).toBeLessThan(TRAIL_S + 40);
  expect(oldest).toBeLessThanOrEqual(1000 - TRAIL_S);
});

describe("labels", () => {
  const measure = (text: string) => text.length * 7;
  const spotOf = (px: number, py: number, change: Partial<TrackRecord>): Spot => {
    const picture = new AirPicture();
    picture.apply(frame(0, record(change)), 0);
    return { track: first(picture), px, py };
  };
  const boxes = (spots: Spot[], level: 1 | 2 | 3) =>
    placeLabels(spots, level, null, 200, measure).map((label) => {
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
    const lengths = [1, 2, 3].map((level) => labelLines(record(), level as 1 | 2 | 3, 200).join(" ").length);
    expect(labelLines(record({ label: "THY473" }), 1, 200)).toEqual(["THY473"]);
    expect(labelLines(record(), 2, 200)).toEqual(["T1", "120 m  100 m/s"]);
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
