import { describe, expect, test } from "vitest";
import type { AdviceCard, Advised, Decision, Engagement, Option, Threat } from "../src/advised";
import { opening } from "../src/conduct/advice";
import {
  acceptedOf,
  againstText,
  aimsOf,
  answerText,
  callText,
  cardOf,
  closingNow,
  friendsEngaged,
  friendText,
  gapText,
  inOrder,
  likeliest,
  newlyFriends,
  news,
  nextToDecide,
  overOnes,
  seenOf,
  sifted,
  standingOf,
  unanswered,
  undecidable,
  unproved,
} from "../src/desk/advice";
import type { StatusMessage } from "../src/messages";
import { bearingsOf } from "../src/overlay/effectors";
import { readyText } from "../src/panels/effectors";
import { EMPTY, type State } from "../src/store";

const threat = (track: number, rank: number, slack: number | null = 100): Threat => ({
  track,
  rank,
  slack_until_s: slack,
  asset: "Fuel",
  value: 1,
  arrives: 0.9,
  arrival_low_s: 80,
  arrival_s: 90,
  arrival_high_s: 110,
  existence: 0.9,
  klass: { bird: 0.2, drone: 0.8 },
  sentence: "",
});
const option = (effector: string): Option =>
  ({ effector, kind: "gun", shots: 2, intercept_s: 60, latitude: 1, longitude: 2, kill: 0.5 }) as Option;
const card = (track: number, state: AdviceCard["state"], change: Partial<AdviceCard> = {}): AdviceCard => ({
  id: `${track}-Gun-1`,
  track,
  state,
  t_made_s: 0,
  t_closes_s: 50,
  sentence: "",
  option: option("Gun"),
  uncovered: [],
  history: [],
  ...change,
});
const engaged = (track: number, call: Engagement["call"], stopped = 0.7): Engagement =>
  ({ advice: `${track}-Gun-1`, track, effector: "Gun", t_intercept_s: 30, call, stopped }) as Engagement;
const advised = (change: Partial<Advised>): Advised => ({
  t_s: 0,
  objective: 1,
  bound: 1,
  gap: 0,
  threats: [],
  cards: [],
  engagements: [],
  effectors: [],
  ...change,
});

describe("the card of a threat", () => {
  test("is the one to decide on, else the newest decided one; what is over is no longer its card", () => {
    const old = card(7, "declined", { id: "7-Gun-1" });
    const newer = card(7, "accepted", { id: "7-Gun-2", t_made_s: 5 });
    const open = card(7, "open", { id: "7-Gun-3", t_made_s: 3 });
    expect(cardOf(advised({ cards: [old, newer, open] }), 7)).toBe(open);
    expect(cardOf(advised({ cards: [old, newer] }), 7)).toBe(newer);
    expect(cardOf(advised({ cards: [card(7, "withdrawn"), card(7, "expired")] }), 7)).toBeNull();
    const all = advised({ threats: [threat(7, 1)], cards: [old, newer, open] });
    expect(overOnes(all)).toEqual([old, newer]);
  });

  test("and its standing are one word, and nothing that can be done is said plainly", () => {
    const threats = [
      threat(1, 1),
      threat(2, 2),
      threat(3, 3),
      threat(4, 4, null),
      threat(5, 5),
      threat(6, 6),
    ];
    const cards = [card(1, "open"), card(2, "held"), card(3, "accepted"), card(6, "declined")];
    const all = advised({ threats, cards, engagements: [engaged(3, "under way")] });
    const standings = threats.map((one) => standingOf(all, one));
    expect(standings).toEqual(["decide", "held", "under way", "nothing", "waits", "declined"]);
    expect(sifted(all, "decide").map(({ track }) => track)).toEqual([1, 2]);
    expect(sifted(all, "nothing").map(({ track }) => track)).toEqual([4]);
    expect(sifted(all, "all")).toHaveLength(6);
  });
});

describe("the list", () => {
  test("is by rank, and rests while somebody is in it: what is new comes last", () => {
    const threats = [threat(3, 1), threat(1, 2), threat(2, 3)];
    const order = (held: boolean) => inOrder(threats, [1, 2], held).map(({ track }) => track);
    expect(order(false)).toEqual([3, 1, 2]);
    expect(order(true)).toEqual([1, 2, 3]);
  });

  test("leads from one advice to decide on to the next, and round again", () => {
    const threats = [threat(1, 1), threat(2, 2), threat(3, 3)];
    const all = advised({ threats, cards: [card(1, "open"), card(3, "held"), card(2, "accepted")] });
    expect([null, 1, 3, 2].map((from) => nextToDecide(all, from))).toEqual([1, 3, 1, 1]);
    expect(nextToDecide(advised({ threats }), 1)).toBe(2);
    expect(nextToDecide(advised({}), null)).toBeNull();
  });

  test("opens the first by itself, the tab only where nothing else is looked at, and lets go of what is gone", () => {
    const advice = advised({ threats: [threat(7, 1)], cards: [card(7, "open")] });
    const status = { advice, replay: null } as unknown as StatusMessage;
    const at = (change: Partial<State>) => opening({ ...EMPTY, ...change }, status);
    expect(at({})).toEqual({ opened: 7, tab: "advice" });
    expect(at({ selected: 3 })).toEqual({ opened: 7 });
    expect(at({ tab: "log" })).toEqual({ opened: 7 });
    expect(at({ opened: 7 })).toEqual({});
    expect(at({ opened: 9 })).toEqual({ opened: null });
  });
});

describe("what is chosen instead", () => {
  const refused = [{ effector: "Jammer", why: "elsewhere", sentence: "Jammer does more good elsewhere." }];
  const choices = { others: [option("Jammer"), option("Drone")], refused };

  test("says what speaks against it, and never that it takes nothing from others", () => {
    expect(againstText(choices, option("Jammer"))).toBe("Jammer does more good elsewhere.");
    expect(againstText(choices, option("Drone"))).toBe("What Drone takes from other threats is not known.");
  });

  test("has not been seen before it has stood there with as many shots", () => {
    const other = card(7, "open");
    const shots = { ...option("Jammer"), shots: 3 };
    expect(seenOf(other, shots, 0)).not.toBe(seenOf(other, option("Jammer"), 0));
    expect(seenOf(other, { ...shots, kill: 0.6 }, 0)).toBe(seenOf(other, shots, 0));
  });

  test("was accepted by whoever was first", () => {
    const said = (effector: string, answer: Decision["answer"]) => ({ effector, answer }) as Decision;
    const history = [said("Gun", "hold"), said("Jammer", "accept"), said("Gun", "accept")];
    expect(acceptedOf(card(7, "accepted", { history }))).toBe("Jammer");
    const declined = [said("Gun", "decline"), said("Jammer", "accept")];
    expect(acceptedOf(card(7, "declined", { history: declined }))).toBe("Gun");
  });
});

describe("who may decide", () => {
  const connection = { state: "open" as const, attempt: 0, heardAt: 0, reason: "" };
  const status = { replay: null } as unknown as StatusMessage;
  const at = (change: Partial<State>): State => ({ ...EMPTY, connection, status, ...change });

  test("with an account anywhere, without one in exercises only, and nobody in a replay", () => {
    const otto = { name: "Otto", role: "operator" as const };
    expect(undecidable(at({ mode: "live", account: otto }))).toBe("");
    expect(undecidable(at({ mode: "live" }))).toContain("in exercises only");
    expect(undecidable(at({ mode: "exercise" }))).toBe("");
    expect(undecidable(at({ mode: "replay" }))).toContain("replay");
    expect(undecidable(at({ mode: "live", account: { ...otto, role: "viewer" } }))).toContain("may watch");
    expect(["live", "demo", "exercise"].map((mode) => unproved(at({ mode })))).toEqual([false, true, true]);
    expect(unproved(at({ mode: "exercise", account: otto }))).toBe(false);
  });
});

describe("in words", () => {
  test("the gap is always said", () => {
    expect(gapText({ gap: 0 })).toBe("The plan is proved best: gap 0 %.");
    expect(gapText({ gap: 0.0004 })).toContain("less than 0.1 %");
    expect(gapText({ gap: 0.0143 })).toContain("At most 1.4 %");
    expect(gapText({ gap: Infinity })).toContain("not known");
  });

  test("a call says how sure it is, of what it says", () => {
    expect(callText({ call: "under way", stopped: 0.7 })).toBe("Under way.");
    expect(callText({ call: "looking", stopped: 0.7 })).toContain("70 % that it is stopped");
    expect(callText({ call: "stopped", stopped: 0.92 })).toBe("The sensors say: stopped, 92 % sure.");
    expect(callText({ call: "not stopped", stopped: 0.08 })).toBe("The sensors say: not stopped, 92 % sure.");
  });

  test("an answer says who, when and how that was proved; no answer says so", () => {
    const said: Decision = {
      t_s: 0,
      answer: "accept",
      effector: "Gun",
      by: "Ana",
      proof: "password",
      note: "",
    };
    expect(answerText(said, true)).toBe("Accepted Gun by Ana at 00:00:00.");
    expect(answerText({ ...said, proof: "none" }, true)).toContain("no account");
    expect(answerText({ ...said, proof: "model" }, true)).toContain("a model, no person");
    expect(answerText({ ...said, answer: "decline" }, true)).toBe("Declined by Ana at 00:00:00.");
    expect(answerText({ ...said, answer: "none", by: "" }, true)).toBe("Nobody answered before 00:00:00.");
  });

  test("the likeliest class, and when an effector is ready", () => {
    expect(likeliest({ bird: 0.2, drone: 0.8 })).toBe("drone 80 %");
    expect(likeliest({})).toBe("class not known");
    expect([null, 5, 20].map((ready_s) => readyText({ ready_s }, 10))).toEqual(["never", "now", "in 0:10"]);
  });
});

describe("what is said aloud", () => {
  test("each thing once: advice, what nothing helps against, calls, and what nobody answered", () => {
    const known = new Set<string>();
    const first = advised({
      threats: [threat(7, 1), threat(8, 2, null)],
      cards: [card(7, "open"), card(6, "expired")],
      engagements: [engaged(9, "under way")],
    });
    expect(news(first, 8, known)).toEqual([
      "Advice on track 7: Gun, 42 seconds to decide.",
      "Nothing can be done against track 8 now.",
      "Nobody answered the advice on track 6.",
    ]);
    expect(news(first, 9, known)).toEqual([]);
    const later = { ...first, engagements: [engaged(9, "not stopped", 0.1)] };
    expect(news(later, 10, known)).toEqual(["Track 9: The sensors say: not stopped, 90 % sure."]);
    expect(news(null, 10, known)).toEqual([]);
  });

  test("an engaged friend, once for every engagement, whoever says that it is one", () => {
    const told = new Set<string>();
    const friend = "it is called friend by the site file";
    const all = advised({ engagements: [engaged(8, "under way"), { ...engaged(9, "looking"), friend }] });
    expect(friendsEngaged(all).map(friendText)).toEqual([`Track 9 was engaged, and now ${friend}.`]);
    expect(newlyFriends(all, told).map(({ track }) => track)).toEqual([9]);
    expect(newlyFriends(all, told)).toEqual([]);
    expect(friendsEngaged(null)).toEqual([]);
  });

  test("advice that closes within 15 s, once, and not what somebody holds", () => {
    const said = new Set<string>();
    const all = advised({ cards: [card(7, "open"), card(8, "held")] });
    expect(unanswered(all).map(({ track }) => track)).toEqual([7]);
    expect(closingNow(all, 30, said)).toEqual([]);
    expect(closingNow(all, 36, said).map(({ track }) => track)).toEqual([7]);
    expect(closingNow(all, 37, said)).toEqual([]);
    expect(closingNow(all, 51, new Set())).toEqual([]);
  });
});

describe("on the map", () => {
  test("stand what is under way and the opened advice, while it can be decided on", () => {
    const all = advised({ cards: [card(7, "open")], engagements: [engaged(9, "under way")] });
    const drawn = (opened: number | null) =>
      aimsOf(all, opened).map(({ track, accepted }) => [track, accepted]);
    expect(drawn(null)).toEqual([[9, true]]);
    expect(drawn(7)).toEqual([
      [9, true],
      [7, false],
    ]);
    expect(aimsOf(advised({ cards: [card(7, "declined")] }), 7)).toEqual([]);
  });

  test("a sector goes clockwise, also through north", () => {
    const through = bearingsOf([350, 20]);
    expect([through[0], through.at(-1)]).toEqual([350, 380]);
    expect(bearingsOf(null).at(-1)).toBe(360);
    expect(bearingsOf([90, 90]).at(-1)).toBe(450);
  });
});
