import { describe, expect, test } from "vitest";
import { age, countdown, course, distance, duration, number } from "../src/format";
import type { SensorHealth, StatusMessage } from "../src/messages";
import { pauseBefore } from "../src/socket";
import { dataAge, dataTime, EMPTY, lossOf, type State } from "../src/store";

const sensor = (change: Partial<SensorHealth>): SensorHealth => ({
  sensor: "radar",
  kind: "radar",
  state: "up",
  age_s: 0.5,
  rate: 1,
  detections: 1,
  counters: {},
  detail: "",
  origin: "",
  bias: null,
  ...change,
});

function state(status: Partial<StatusMessage>, change: Partial<State> = {}): State {
  const full: StatusMessage = {
    type: "status",
    t: "0",
    t_s: 5000,
    mode: "live",
    feed_lost: false,
    sensors: [sensor({})],
    counters: {},
    replay: null,
    alerts: [],
    tracks: 0,
    tentative: 0,
    bearings: [],
    ...status,
  };
  const connection = { state: "open" as const, attempt: 0, heardAt: 1000, reason: "" };
  return { ...EMPTY, connection, status: full, statusAt: 1000, ...change };
}

describe("the picture is current", () => {
  test("while a feed is up", () => {
    expect(lossOf(state({}), 1500)).toEqual({ kind: "none" });
  });

  test("not when every feed is lost; the age is that of the newest and grows", () => {
    const lost = state({
      feed_lost: true,
      sensors: [sensor({ state: "down", age_s: 30 }), sensor({ state: "stale", age_s: 12 })],
    });
    expect(lossOf(lost, 1000)).toEqual({ kind: "feeds", age: 12 });
    expect(dataAge(lost, 6000)).toBe(17);
  });

  test("not when the server is gone, however fresh the last status was", () => {
    const gone = state({}, { connection: { state: "lost", attempt: 3, heardAt: 1000, reason: "" } });
    expect(lossOf(gone, 11_000)).toEqual({ kind: "server", age: 10, attempt: 3, reason: "" });
    expect(dataAge(gone, 11_000)).toBe(10.5);
  });

  test("and a recording's end is no loss", () => {
    expect(
      lossOf(state({ feed_lost: true, sensors: [sensor({ state: "ended", age_s: null })] }), 0).kind,
    ).toBe("ended");
  });

  test("and no clock runs on for more than two seconds without the server", () => {
    expect(dataTime(state({}), 2500)).toBe(5001.5);
    expect(dataTime(state({}), 60_000)).toBe(5002);
    const replay = { t_begin_s: 0, t_end_s: 9000, playing: false, speed: 60, marks_s: [], density: [] };
    expect(dataTime(state({ replay }), 2500)).toBe(5000);
  });
});

test("reconnection pauses grow to ten seconds and no further", () => {
  expect([1, 2, 3, 4, 5, 6, 50].map(pauseBefore)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test("numbers are written for people", () => {
  expect(number(-12345.6)).toBe("−12\u2009346");
  expect(number(-0.2)).toBe("0");
  expect(distance(950)).toBe("950 m");
  expect(distance(12_345)).toBe("12.3 km");
  expect(course(359.7)).toBe("000°");
  expect(duration(155)).toBe("2:35");
  expect(duration(3755)).toBe("1:02:35");
  expect(countdown(59.4)).toEqual(["59", "s"]);
  expect(countdown(59.6)).toEqual(["1:00", "min"]);
  expect(countdown(3599.9)).toEqual(["1:00:00", "h"]);
  expect(age(75.9)).toBe("1 min 15 s");
  for (const write of [number, distance, course, duration, age]) expect(write(null)).toBe("–");
});
