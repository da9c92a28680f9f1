import { afterEach, describe, expect, test, vi } from "vitest";
import { namesIn, outstanding } from "../src/conduct/acts";
import { ask, barred, signature, subject } from "../src/desk/act";
import { csv, field, matching, type Entry } from "../src/desk/log";
import type { StatusMessage } from "../src/messages";
import { tone } from "../src/panels/posture";
import { EMPTY, type State } from "../src/store";

const connection = { state: "open" as const, attempt: 0, heardAt: 0, reason: "" };
const status = { type: "status", mode: "live", replay: null, alerts: [] } as unknown as StatusMessage;
const state = (change: Partial<State>): State => ({ ...EMPTY, connection, status, mode: "live", ...change });

describe("acts", () => {
  test("are barred where they could not be, with the reason", () => {
    expect(barred(state({}))).toBe("");
    expect(barred(state({ status: null }))).toContain("Waiting");
    expect(barred(state({ mode: "replay" }))).toContain("replay");
    expect(barred(state({ account: { name: "Vi", role: "viewer" } }))).toContain("viewer");
    expect(barred(state({ account: { name: "Op", role: "operator" } }))).toBe("");
    expect(barred(state({ connection: { ...connection, state: "lost" } }))).toContain("Not connected");
  });

  test("are signed by the account where there is one, else by the typed name", () => {
    expect(signature(state({ operator: "  Cpt Typed " }))).toBe("Cpt Typed");
    expect(signature(state({ operator: "x", account: { name: "Op", role: "operator" } }))).toBe("Op");
  });

  test("are shown where they belong", () => {
    expect(subject({ act: "close", alert: "1-In-1" })).toBe("alert 1-In-1");
    expect(subject({ act: "identify", track: 7, identity: "friend" })).toBe("track 7");
    expect(subject({ act: "rule", rule: { name: "Pump" } })).toBe("rule Pump");
    expect(subject({ act: "switch", rule: "Pump", on: false, note: "x" })).toBe("rule Pump");
    expect(subject({ act: "remark", text: "x" })).toBe("remark");
    const answer = { act: "decide", advice: "7-Gun-1", answer: "accept", effector: "", note: "" } as const;
    expect(subject(answer)).toBe("advice 7-Gun-1");
    expect(subject({ act: "stock", effector: "Gun", rounds: 3, note: "x" })).toBe("stock Gun");
  });

  test("that were obeyed leave with the next status, failed ones stay", () => {
    const doing = (state: "sending" | "sent" | "failed", since: number) => ({ state, since, why: "" });
    const left = outstanding(
      { a: doing("sent", 0), b: doing("sent", 900), c: doing("failed", 0), d: doing("sending", 0) },
      1000,
    );
    expect(Object.keys(left)).toEqual(["b", "c", "d"]);
  });

  test("bring names to which something can be given; the server is nobody", () => {
    const history = [
      { state: "new", by: "vedette", t_s: 0, note: "" },
      { state: "acknowledged", by: "Zoe", t_s: 1, note: "" },
    ];
    const seen = { ...status, alerts: [{ history, assigned_to: "Ana" }] } as unknown as StatusMessage;
    const names = namesIn(seen, ["Mo"]);
    expect(names).toEqual(["Ana", "Mo", "Zoe"]);
    expect(namesIn(seen, names)).toBe(names);
  });
});

describe("the server's answer", () => {
  const answer = (status: number, body: string) =>
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
  afterEach(() => vi.unstubAllGlobals());

  test("is handed on", async () => {
    answer(200, '{"t_s": 5}');
    expect(await ask("api/acts", {})).toEqual({ t_s: 5 });
  });

  test("when it refuses is its own sentence", async () => {
    answer(409, '{"type": "error", "message": "The alert is closed."}');
    await expect(ask("api/acts", {})).rejects.toThrow("The alert is closed.");
    answer(403, "Forbidden origin.\n");
    await expect(ask("api/acts", {})).rejects.toThrow("Forbidden origin.");
    answer(401, "");
    await expect(ask("api/acts", {})).rejects.toThrow("sign in again");
    answer(500, "");
    await expect(ask("api/acts", {})).rejects.toThrow("refused it (500)");
  });

  test("when there is none is said, too", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(ask("api/acts", {})).rejects.toThrow("could not be reached");
    vi.stubGlobal("fetch", () => Promise.reject(new DOMException("", "TimeoutError")));
    await expect(ask("api/acts", {})).rejects.toThrow("did not answer");
  });
});

describe("the hand-over log", () => {
  const entries: Entry[] = [
    { t_s: 1_767_225_600, by: "Ana", act: "remark", text: "Wind from the north", note: "" },
    { t_s: 1_767_225_601, by: "Bo", act: "close", text: 'Closed "12-Inner-1"', note: "bird" },
  ];

  test("is searched by kind, person and words", () => {
    expect(matching(entries, { kind: "close", by: "", text: "" })).toEqual([entries[1]]);
    expect(matching(entries, { kind: "", by: "Ana", text: "" })).toEqual([entries[0]]);
    expect(matching(entries, { kind: "", by: "", text: " BIRD " })).toEqual([entries[1]]);
    expect(matching(entries, { kind: "remark", by: "Bo", text: "" })).toEqual([]);
  });

  test("is exported as RFC 4180 has it", () => {
    expect(csv(entries)).toBe(
      '"time","kind","person","text","note"\r\n' +
        '"2026-01-01T00:00:00Z","remark","Ana","Wind from the north",""\r\n' +
        '"2026-01-01T00:00:01Z","closed","Bo","Closed ""12-Inner-1""","bird"\r\n',
    );
  });

  test("brings no formula into a spreadsheet", () => {
    for (const text of ["=1+1", "+1", "-1", "@x"]) expect(field(text)).toBe(`"'${text}"`);
    expect(field("a=b")).toBe('"a=b"');
  });
});

test("a posture looks calm at the lowest rank and worst at the highest", () => {
  const levels = [0, 1, 3].map((rank) => ({ name: `${rank}`, rank, meaning: "" }));
  expect([0, 1, 3].map((rank) => tone(rank, levels))).toEqual(["calm", "raised", "highest"]);
});
