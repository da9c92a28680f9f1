import { describe, expect, test } from "vitest";
import {
  draftOf,
  EMPTY_DRAFT,
  klassOf,
  missing,
  outline,
  place,
  places,
  ruleOf,
  written,
  type Draft,
} from "../src/desk/draft";
import { rangeAndBearing } from "../src/geodesy";
import type { Zone } from "../src/messages";
import { terms } from "../src/panels/rules";

const draft = (change: Partial<Draft>): Draft => ({ ...EMPTY_DRAFT, name: "Pump", ...change });
const TRIANGLE = "33.1, 42.1\n33.2, 42.1\n33.2, 42.2";

describe("a rule that is written", () => {
  test("says what is missing, in a sentence", () => {
    expect(missing(draft({ name: " " }))).toContain("name");
    expect(missing(draft({}))).toContain("a centre");
    expect(missing(draft({ points: "33.1, 42.1" }))).toContain("radius");
    expect(missing(draft({ points: "33.1, 42.1", size: "500" }))).toBe("");
    expect(missing(draft({ shape: "polygon", points: "33.1, 42.1\n33.2, 42.1" }))).toContain("three corners");
    expect(missing(draft({ shape: "polygon", points: TRIANGLE }))).toBe("");
    expect(missing(draft({ shape: "corridor", points: TRIANGLE }))).toContain("width");
    expect(missing(draft({ points: "33.1 N", size: "5" }))).toContain('"33.1 N" is no place');
    expect(missing(draft({ points: "33.1, 42.1", size: "5", floor: "low" }))).toContain("no number");
    expect(missing(draft({ points: "33.1, 42.1", size: "5", klass: "drone" }))).toContain("classes");
  });

  test("becomes a [[zone]]; what is left empty is left out", () => {
    expect(ruleOf(draft({ points: "33.1, 42.1", size: "500" }))).toEqual({
      name: "Pump",
      severity: "warning",
      latitude: 33.1,
      longitude: 42.1,
      radius: 500,
    });
    const whole = draft({
      shape: "corridor",
      points: "33.1, 42.1\n33.2, 42.1",
      size: "800",
      severity: "critical",
      floor: "0",
      ceiling: "120",
      datum: "agl",
      klass: "drone 0.6, bird 0.9",
      speedFrom: "5",
      speedTo: "60",
      hours: "22:00-05:00",
      timeZone: "+03:00",
      probability: "0.4",
      within: "300",
      confirm: "1",
      remind: "30",
      clears: false,
    });
    expect(ruleOf(whole)).toEqual({
      name: "Pump",
      severity: "critical",
      corridor: [
        [33.1, 42.1],
        [33.2, 42.1],
      ],
      width: 800,
      floor: 0,
      ceiling: 120,
      datum: "agl",
      klass: { drone: 0.6, bird: 0.9 },
      speed_from: 5,
      speed_to: 60,
      hours: "22:00-05:00",
      time_zone: "+03:00",
      probability: 0.4,
      within_s: 300,
      confirm_s: 1,
      remind_s: 30,
      clears: false,
    });
  });

  test("is the same rule when it is opened again", () => {
    const zone: Zone = {
      name: "Pump",
      severity: "critical",
      floor: 0,
      ceiling: 120,
      polygon: [],
      corridor: [
        [33.1, 42.1],
        [33.2, 42.1],
      ],
      width: 800,
      datum: "msl",
      klass: { drone: 0.6 },
      speed_from: 5,
      speed_to: null,
      hours: null,
      time_zone: "UTC",
      probability: 0.4,
      clears: true,
      source: "operator",
    };
    const {
      polygon: _polygon,
      source: _source,
      speed_to: _to,
      hours: _h,
      time_zone: _z,
      clears: _c,
      ...kept
    } = zone;
    expect(ruleOf(draftOf(zone))).toEqual(kept);
  });

  test("a text that is no class is refused, an empty one is none", () => {
    expect(klassOf("")).toEqual({});
    expect(klassOf("drone .5")).toEqual({ drone: 0.5 });
    expect(klassOf("drone=0.5")).toBeNull();
  });
});

describe("places", () => {
  test("come back from their writing to a tenth of a metre", () => {
    const at = [{ latitude: -33.1234567, longitude: 179.9999999 }];
    const [again] = places(written(at));
    expect(rangeAndBearing(at[0]!, again!)?.range).toBeLessThan(0.1);
  });

  test.each(["", "a, b", "91, 0", "0, 181", "1", "1, 2, 3"])("'%s' is none", (line) =>
    expect(place(line)).toBeNull(),
  );

  test("a circle is drawn where it is: every point as far from its centre as the radius says", () => {
    const centre = { latitude: 60, longitude: 25 };
    const ring = outline({ shape: "circle", points: written([centre]), size: "2500" }, null);
    expect(ring).toHaveLength(73);
    for (const point of ring) expect(rangeAndBearing(centre, point)?.range).toBeCloseTo(2500, 3);
  });

  test("a line is drawn on to the pointer", () => {
    const next = { latitude: 5, longitude: 5 };
    expect(outline({ shape: "polygon", points: TRIANGLE, size: "" }, next).at(-1)).toBe(next);
    expect(outline({ shape: "circle", points: "", size: "" }, next)).toEqual([]);
  });
});

test("a rule is told in a few words", () => {
  const zone: Zone = {
    name: "Inner",
    severity: "critical",
    floor: -500,
    ceiling: 3000,
    polygon: [],
    center: [1, 2],
    radius: 3000,
    source: "site",
    speed_from: 5,
    hours: "22:00-05:00",
  };
  expect(terms(zone)).toEqual([
    "circle of 3.0 km",
    "−500 to 3\u2009000 m above the site",
    "from 5 m/s",
    "22:00-05:00 UTC",
    "of the site file",
  ]);
});
