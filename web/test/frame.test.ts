import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkLayout, decodeFrame, FrameError } from "../src/frame";

/** Written by fixtures/make_frame.py from the tables of docs/reference/wire.md. */
function bytes(): ArrayBuffer {
  return new Uint8Array(readFileSync(new URL("fixtures/frame.bin", import.meta.url))).buffer;
}

const LAYOUT: [string, string, number][] = [
  ["id", "<u4", 0],
  ["status", "u1", 4],
  ["flags", "u1", 5],
  ["severity", "u1", 6],
  ["sources", "u1", 7],
  ["latitude", "<f8", 8],
  ["longitude", "<f8", 16],
  ["height", "<f4", 24],
  ["speed", "<f4", 28],
  ["course", "<f4", 32],
  ["climb", "<f4", 36],
  ["existence", "<f4", 40],
  ["age", "<f4", 44],
  ["sigma_major", "<f4", 48],
  ["sigma_minor", "<f4", 52],
  ["sigma_bearing", "<f4", 56],
  ["life", "<f4", 60],
  ["label", "S8", 64],
  ["sensors", "<u4", 72],
  ["undulation", "<f4", 76],
  ["klass", "S16", 80],
  ["klass_share", "u1", 96],
  ["affiliation", "u1", 97],
  ["reserved", "<u2", 98],
];

describe("a track frame", () => {
  test("gives its header", () => {
    const { sequence, t, tSent, tracks } = decodeFrame(bytes());
    expect([sequence, t, tSent, tracks.length]).toEqual([41, 1698000000.25, 1700000000.5, 3]);
  });

  test("gives every field of a record", () => {
    expect(decodeFrame(bytes()).tracks[0]).toEqual({
      id: 7,
      status: 1,
      flags: 2,
      severity: 3,
      sources: 2,
      latitude: 33.7856,
      longitude: 42.4412,
      height: 320.5,
      speed: 48.25,
      course: 255,
      climb: -1.5,
      existence: 0.96875,
      age: 0.5,
      sigmaMajor: 120,
      sigmaMinor: 45,
      sigmaBearing: 165,
      life: 61,
      label: "",
      sensors: 5,
      undulation: 8.125,
      klass: "one-way-attack",
      klassShare: 91,
      affiliation: 3,
    });
  });

  test("keeps the largest id and a callsign", () => {
    const track = decodeFrame(bytes()).tracks[1];
    expect([track?.id, track?.label, track?.longitude]).toEqual([4294967295, "THY473", -179.75]);
  });

  test("shows bytes that are not printable ASCII as question marks", () => {
    expect(decodeFrame(bytes()).tracks[2]?.label).toBe("A??LABEL");
  });

  test("may have longer records than this page knows", () => {
    const old = new Uint8Array(bytes());
    const longer = new Uint8Array(32 + 3 * 108);
    longer.set(old.subarray(0, 32));
    for (let i = 0; i < 3; i++) longer.set(old.subarray(32 + 100 * i, 132 + 100 * i), 32 + 108 * i);
    expect(decodeFrame(longer.buffer, 108).tracks).toEqual(decodeFrame(bytes()).tracks);
  });

  test.each([0, 3, 31, 33, 100, 247])("cut after %i bytes is refused in a sentence", (length) => {
    expect(() => decodeFrame(bytes().slice(0, length))).toThrow(FrameError);
  });

  test("of something else is refused", () => {
    const wrong = bytes();
    new Uint8Array(wrong)[0] = 0;
    expect(() => decodeFrame(wrong)).toThrow(FrameError);
  });
});

describe("the layout in hello", () => {
  const layout = { record: LAYOUT, record_size: 100, header_size: 32 };

  test("is taken as wire.md has it, and with more fields at the end", () => {
    checkLayout(layout);
    checkLayout({ ...layout, record: [...LAYOUT, ["more", "<f4", 100]], record_size: 104 });
  });

  test("with a field elsewhere is refused by the field's name", () => {
    const moved = LAYOUT.map(([n, d, o]): [string, string, number] => [n, d, n === "speed" ? 24 : o]);
    expect(() => checkLayout({ ...layout, record: moved })).toThrow(/speed/);
    expect(() => checkLayout({ ...layout, header_size: 24 })).toThrow(/header/);
  });
});
