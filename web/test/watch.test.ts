import { describe, expect, test } from "vitest";
import { TUNES } from "../src/desk/chime";
import { dueSound, isQuiet, readSettings, silence, SOUND, type Heard } from "../src/desk/watch";
import type { Alert } from "../src/messages";

const alert = (id: string, change: Partial<Alert>): Alert =>
  ({
    id,
    severity: "warning",
    state: "new",
    time_to_go_s: 1,
    t_raised_s: 0,
    history: [],
    ...change,
  }) as Alert;

describe("a sound is due", () => {
  test("once for each new alert, the worst of them", () => {
    const heard: Heard = new Map();
    const list = [alert("a", { severity: "advisory" }), alert("b", { severity: "warning" })];
    expect(dueSound(list, heard, 0)).toBe("warning");
    expect(dueSound(list, heard, 5_000)).toBeNull();
    expect(dueSound([...list, alert("c", { severity: "critical" })], heard, 6_000)).toBe("critical");
  });

  test("again every ten seconds while a critical one waits, and no more once it is acknowledged", () => {
    const heard: Heard = new Map();
    const waiting = [alert("a", { severity: "critical" })];
    const played = [0, 5_000, 10_000, 15_000, 20_000].map((now) => dueSound(waiting, heard, now));
    expect(played).toEqual(["critical", null, "critical", null, "critical"]);
    expect(dueSound([alert("a", { severity: "critical", state: "acknowledged" })], heard, 40_000)).toBeNull();
    expect(heard.size).toBe(0);
  });

  test("when an alert comes back because it was ignored", () => {
    const heard: Heard = new Map();
    expect(dueSound([alert("a", { severity: "advisory" })], heard, 0)).toBe("advisory");
    expect(dueSound([alert("a", { severity: "advisory" })], heard, 1e6)).toBeNull();
    const ignored = [alert("a", { severity: "advisory", ignored: true })];
    expect(dueSound(ignored, heard, 1e6 + 1)).toBe("advisory");
    expect(dueSound(ignored, heard, 1e6 + 10_000)).toBeNull();
    expect(dueSound(ignored, heard, 1e6 + 20_001)).toBe("advisory");
  });
});

describe("silence", () => {
  const at = (hour: number, minute = 0) => new Date(2026, 0, 1, hour, minute);
  const night = { ...SOUND, quietFrom: "22:00", quietTo: "06:30" };

  test("quiet hours pass midnight and have a first and no last minute", () => {
    const hours = [21, 22, 3, 6, 7].map((hour) => isQuiet(night, at(hour)));
    expect(hours).toEqual([false, true, true, true, false]);
    expect(isQuiet(night, at(6, 30))).toBe(false);
    expect(isQuiet({ ...night, quietFrom: "06:30" }, at(6, 30))).toBe(false);
    expect(isQuiet({ ...night, quietTo: "" }, at(23))).toBe(false);
    expect(isQuiet({ ...SOUND, quietFrom: "09:00", quietTo: "17:00" }, at(12))).toBe(true);
  });

  test("quiet hours let critical alerts through; muting lets nothing through and ends by itself", () => {
    expect(silence(night, "warning", at(23))).toBe("quiet");
    expect(silence(night, "critical", at(23))).toBe("");
    const muted = { ...SOUND, mutedUntil: at(12, 5).getTime() };
    expect(silence(muted, "critical", at(12))).toBe("muted");
    expect(silence(muted, "critical", at(12, 5))).toBe("");
  });

  test.each(["", "{", "null", "[]", '{"volume":"loud","quietFrom":"25:00","mutedUntil":null}'])(
    "damaged settings (%s) are as if never set",
    (kept) => expect(readSettings(kept)).toEqual(SOUND),
  );

  test("good settings come back, the volume within its bounds", () => {
    const kept = { volume: 7, mutedUntil: 5, quietFrom: "22:00", quietTo: "06:00" };
    expect(readSettings(JSON.stringify(kept))).toEqual({ ...kept, volume: 1 });
  });
});

test("severities differ by rhythm: by the number of notes and by the pauses between them", () => {
  const pauses = (tune: keyof typeof TUNES) =>
    TUNES[tune].slice(1).map(([at], i) => Math.round((at - (TUNES[tune][i]?.[0] ?? 0)) * 100));
  expect(pauses("advisory")).toEqual([50]);
  expect(pauses("warning")).toEqual([35, 35]);
  expect(pauses("critical")).toEqual([11, 11, 23, 11, 11, 23, 11, 11, 23, 11, 11]);
});
