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
import {
  elsewhere,
  reasons,
  summary,
  terms as onTerms,
  triable,
  UNNAMED,
  type Preview,
} from "../src/desk/preview";
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

describe("what a rule would do", () => {
  const told: Preview = {
    t_s: 0,
    rule: "Pump",
    on: true,
    probability: 0.5,
    within_s: 600,
    existence: 0.9,
    confirm_s: 2,
    tracks: 41,
    called: 2,
    elsewhere: 30,
    judged: [],
  };

  test("is asked once enough of it is written, with or without a name", () => {
    expect(triable(null)).toBeNull();
    expect(triable(draft({ points: "33.1, 42.1" }))).toBeNull();
    expect(triable(draft({ points: "33.1, 42.1", size: "500", name: " " }))).toMatchObject({ name: UNNAMED });
    expect(triable(draft({ points: "33.1, 42.1", size: "500" }))).toMatchObject({
      name: "Pump",
      radius: 500,
    });
  });

  test("is said in sentences", () => {
    expect(summary(told)).toBe("Now it would call 2 of 41 tracks.");
    expect(summary({ ...told, called: 0 })).toBe("Now it would call none of 41 tracks.");
    expect(summary({ ...told, tracks: 1, called: 1 })).toBe("Now it would call the one track there is.");
    expect(summary({ ...told, tracks: 1, called: 0 })).toBe("Now it would not call the one track there is.");
    expect(summary({ ...told, tracks: 0, called: 0 })).toBe("There is no track now that it could call.");
    expect(elsewhere({ ...told, elsewhere: 0 })).toBe("");
    expect(elsewhere({ ...told, elsewhere: 1 })).toBe("1 does not come near in that time. ");
    expect(onTerms(told)).toBe(
      "It calls what exists with 90 % or more and has been 50 % likely to enter within 600 s for 2 s.",
    );
    expect(onTerms({ ...told, confirm_s: 0 })).toContain("within 600 s.");
    const one = { track: 7, calls: false, probability: 0.2, time_to_go_s: 9, sentence: "", alert: "" };
    expect(reasons({ ...one, why: ["it is tentative", "it is a friend"] })).toBe(
      "it is tentative; it is a friend",
    );
  });
});
