import { describe, expect, test } from "vitest";
import { NO_FILTER, readFilter, writeFilter } from "../src/filter";
import { readHash, writeHash } from "../src/hash";
import { keyFor, KEYS } from "../src/keys";
import { EMPTY, type State } from "../src/store";

const CAMERA = { latitude: 33.7856, longitude: -42.4412, zoom: 9.25 };
const CHANGED: Partial<State> = {
  labels: 3,
  labelScale: 1.5,
  trails: "all",
  trailSeconds: 600,
  trailColour: "height",
  persistence: true,
  theme: "day",
  dim: true,
  units: "aviation",
  datum: "msl",
  coordinates: "mgrs",
  utc: false,
  symbols: "military",
  rings: [1852, 9260],
  plots: "Hill radar",
  bearings: false,
  heat: true,
  sheet: "tracks",
  kiosk: true,
  scale: 1.25,
  envelopes: "all",
  selected: 17,
  marked: new Set([3, 4294967295]),
  cover: "Radar & co = fused",
  below: 300,
  filter: {
    ...NO_FILTER,
    floor: 100,
    ceiling: 3000,
    range: 20_000,
    age: 5,
    existence: 0.5,
    classes: ["one-way~attack+", "bird.x"],
    sensors: ["Ünï & co"],
    affiliations: ["hostile"],
    identity: "silent",
    inView: true,
  },
};

describe("a link", () => {
  test("carries everything that can be set up, there and back", () => {
    const hash = writeHash({ ...EMPTY, ...CHANGED }, { ...CAMERA, bearing: -42.5 }, 1_700_000_000.25);
    expect(readHash(hash)).toEqual({
      ...CHANGED,
      camera: { ...CAMERA, bearing: -42.5 },
      moment: 1_700_000_000.3,
    });
  });

  test("is short when nothing was changed", () => {
    expect(writeHash(EMPTY, CAMERA)).toBe("#map=33.7856,-42.4412,9.25&labels=2&trails=selected");
  });

  test("can show no rings at all", () => {
    expect(readHash(writeHash({ ...EMPTY, rings: [] }, CAMERA)).rings).toEqual([]);
  });

  test.each([
    "",
    "#",
    "#map=1,2",
    "#map=a,b,c",
    "#map=95,0,3&labels=9",
    "#track=-1&trails=none&theme=pink",
    "#track=1,2,x",
    "#cover=&below=61",
    "#units=furlongs&heights=moon&scale=99&rings=-1,x&open=door&t=never",
    "#filter=floor.x~what.3~classes.%25E0%25A4%25A~identity.alien~affiliations.foe",
    "#%",
  ])("that makes no sense (%s) changes nothing", (hash) => expect(readHash(hash)).toEqual({}));
});

test("an empty filter is an empty word", () => {
  expect(writeFilter(NO_FILTER)).toBe("");
  expect(readFilter("")).toEqual(NO_FILTER);
});

describe("keys", () => {
  const press = (key: string, code = "", shiftKey = false) => keyFor({ key, code, shiftKey });

  test("each mean one thing", () => {
    const all = KEYS.flatMap(({ keys }) => keys);
    expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([]);
  });

  test("are all of the checklist", () => {
    for (const key of "wasdqeltpfm? 123456789bnuicgo") expect(press(key), key).toBeDefined();
    for (const key of ["Escape", "ArrowLeft", "ArrowRight"]) expect(press(key), key).toBeDefined();
  });

  test("save a view with Shift, whatever the keyboard writes there", () => {
    expect(press("!", "Digit1", true)?.what).toBe("Save this view");
    expect(press("1", "Digit1")?.what).toBe("Back to a saved view");
    expect(press("!", "Digit1")).toBeUndefined();
  });
});
