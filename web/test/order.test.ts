import { describe, expect, test } from "vitest";
import { closedOnes, grouped, settled, wasMissed, type Held } from "../src/desk/order";
import type { Alert, AlertStep } from "../src/messages";

const step = (state: string, by: string, t_s = 0): AlertStep => ({ state, t_s, by, note: "" });

function alert(id: string, track: number, change: Partial<Alert> = {}): Alert {
  return {
    id,
    track,
    severity: "warning",
    state: "new",
    time_to_go_s: 100,
    t_raised_s: 0,
    history: [step("new", "vedette")],
    ...change,
  } as Alert;
}

const tracks = (alerts: Alert[], before: number[] = [], held: Held | null = null) =>
  settled(grouped(alerts), before, held).map(({ track }) => track);

describe("the alert list", () => {
  test("stands worst first, then unseen before seen, then soonest", () => {
    const list = [
      alert("a", 1, { severity: "advisory", time_to_go_s: 5 }),
      alert("b", 2, { severity: "critical", time_to_go_s: 300 }),
      alert("c", 3, { severity: "critical", time_to_go_s: 60 }),
      alert("d", 4, { severity: "critical", state: "acknowledged", time_to_go_s: 1 }),
      alert("e", 5, { severity: "warning", time_to_go_s: null }),
      alert("f", 6, { severity: "warning", time_to_go_s: 1 }),
    ];
    expect(tracks(list)).toEqual([3, 2, 4, 6, 5, 1]);
  });

  test("brings what was ignored to the top of its severity", () => {
    const list = [
      alert("soon", 1, { time_to_go_s: 5 }),
      alert("ignored", 2, { time_to_go_s: 500, ignored: true }),
      alert("worse", 3, { severity: "critical" }),
    ];
    expect(tracks(list)).toEqual([3, 2, 1]);
  });

  test("groups the alerts of one track under its worst and leaves closed ones out", () => {
    const list = [
      alert("outer", 7, { severity: "warning", time_to_go_s: 10 }),
      alert("inner", 7, { severity: "critical", time_to_go_s: 40 }),
      alert("gone", 7, { severity: "critical", state: "closed" }),
    ];
    expect(grouped(list)).toHaveLength(1);
    expect(grouped(list)[0]?.alerts.map(({ id }) => id)).toEqual(["inner", "outer"]);
  });

  test("lets two neighbours change places only when one is clearly sooner", () => {
    const at = (a: number, b: number) => [
      alert("a", 1, { time_to_go_s: a }),
      alert("b", 2, { time_to_go_s: b }),
    ];
    expect(tracks(at(100, 90), [1, 2])).toEqual([1, 2]);
    expect(tracks(at(100, 70), [1, 2])).toEqual([2, 1]);
    expect(tracks(at(0, 0), [2, 1])).toEqual([2, 1]);
  });

  test("lets a held card keep its place whatever becomes of it", () => {
    const list = [
      alert("a", 1, { severity: "critical", state: "acknowledged" }),
      alert("b", 2, { severity: "critical", time_to_go_s: 500 }),
      alert("c", 3, { severity: "critical", time_to_go_s: 50 }),
    ];
    expect(tracks(list, [1, 3, 2])).toEqual([3, 2, 1]);
    expect(tracks(list, [1, 3, 2], { track: 1, rank: 1 })).toEqual([1, 3, 2]);
  });

  test("shows a new alert at its place at once, not at the end", () => {
    const list = [
      alert("a", 1, { time_to_go_s: 100 }),
      alert("b", 2, { time_to_go_s: 300 }),
      alert("c", 3, { time_to_go_s: 200 }),
    ];
    expect(tracks(list, [1, 2])).toEqual([1, 3, 2]);
  });
});

test("closed alerts stand the last closed first", () => {
  const closed = (id: string, t: number) =>
    alert(id, 1, { state: "closed", history: [step("new", "vedette"), step("closed", "vedette", t)] });
  expect(closedOnes([closed("a", 5), closed("b", 9), alert("open", 2)]).map(({ id }) => id)).toEqual([
    "b",
    "a",
  ]);
});

test("an alert was missed when it ended and no person had touched it", () => {
  const ended = (...history: AlertStep[]) => alert("x", 1, { state: "closed", history });
  expect(wasMissed(ended(step("new", "vedette"), step("closed", "vedette")))).toBe(true);
  expect(wasMissed(ended(step("new", "vedette"), step("closed", "Cpt A")))).toBe(false);
  const seen = [step("new", "vedette"), step("acknowledged", "Cpt A"), step("closed", "vedette")];
  expect(wasMissed(ended(...seen))).toBe(false);
  expect(wasMissed(alert("open", 1))).toBe(false);
});
