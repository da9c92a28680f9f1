/** What the panels say of advice: which card belongs to a threat, in what order, and what may be decided by whom. */

import type { AdviceCard, Advised, Choices, Decision, Engagement, Option, Threat } from "../advised";
import { clock, duration, percent } from "../format";
import type { State } from "../store";
import { barred } from "./act";

/** A person has still to decide on it. */
export function waits({ state }: AdviceCard): boolean {
  return state === "open" || state === "held";
}

/** The card that holds for a track now: one to decide on, else the newest that was accepted or declined. */
export function cardOf(advised: Advised, track: number): AdviceCard | null {
  const rank = (card: AdviceCard) =>
    waits(card) ? 2 : card.state === "accepted" || card.state === "declined" ? 1 : 0;
  const own = advised.cards.filter((card) => card.track === track);
  own.sort((a, b) => rank(b) - rank(a) || b.t_made_s - a.t_made_s || a.id.localeCompare(b.id));
  const [first] = own;
  return first && rank(first) > 0 ? first : null;
}

/** On which effector it was accepted, by whoever was first; else the advised one. */
export function acceptedOf({ state, history, option }: AdviceCard): string {
  const said = state === "accepted" ? history.find(({ answer }) => answer === "accept") : undefined;
  return said?.effector || option.effector;
}

/** What speaks against something that could be done instead of what is advised. */
export function againstText({ refused }: Choices, { effector }: Option): string {
  const said = refused.find((one) => one.effector === effector)?.sentence;
  return said || `What ${effector} takes from other threats is not known.`;
}

/** All of what must have stood there for a moment before an acceptance of it counts. */
export function seenOf({ id }: AdviceCard, { effector, shots }: Option, place: number): string {
  return `${id} ${effector} ${shots} ${place}`;
}

/** Cards that no threat shows any more, the newest first. */
export function overOnes(advised: Advised): AdviceCard[] {
  const shown = new Set(advised.threats.map(({ track }) => cardOf(advised, track)?.id));
  const end = ({ history, t_closes_s }: AdviceCard) => history.at(-1)?.t_s ?? t_closes_s;
  return advised.cards.filter(({ id }) => !shown.has(id)).sort((a, b) => end(b) - end(a));
}

/** How a threat stands, in two words. */
export type Standing = "decide" | "held" | "accepted" | "declined" | "under way" | "nothing" | "waits";

export function standingOf(advised: Advised, threat: Threat): Standing {
  const card = cardOf(advised, threat.track);
  if (card?.state === "open") return "decide";
  if (card?.state === "held") return "held";
  if (advised.engagements.some(({ track }) => track === threat.track)) return "under way";
  if (card) return card.state === "accepted" ? "accepted" : "declined";
  return threat.slack_until_s === null ? "nothing" : "waits";
}

export const STANDING: Readonly<Record<Standing, string>> = {
  decide: "to decide",
  held: "held",
  accepted: "accepted",
  declined: "declined",
  "under way": "under way",
  nothing: "nothing can be done",
  waits: "no advice now",
};

/** Which threats are listed. */
export const SIEVES = ["all", "decide", "nothing"] as const;
export type Sieve = (typeof SIEVES)[number];

export function sifted(advised: Advised, sieve: Sieve): Threat[] {
  if (sieve === "all") return advised.threats;
  const wanted = sieve === "decide" ? ["decide", "held"] : ["nothing"];
  return advised.threats.filter((threat) => wanted.includes(standingOf(advised, threat)));
}

/**
 * The threats in the order of the list: by rank; while the pointer or the focus is in the list, as it was last
 * shown, and what is new comes last, so that no button moves under anybody's finger.
 */
export function inOrder(threats: readonly Threat[], before: readonly number[], held: boolean): Threat[] {
  const ranked = [...threats].sort((a, b) => a.rank - b.rank || a.track - b.track);
  if (!held) return ranked;
  const place = new Map(before.map((track, index) => [track, index]));
  const at = ({ track }: Threat) => place.get(track) ?? before.length;
  return ranked.sort((a, b) => at(a) - at(b));
}

/** The track whose advice is shown next, most urgent first, from the one that is open. */
export function nextToDecide(advised: Advised, opened: number | null): number | null {
  const ranked = inOrder(advised.threats, [], false);
  const waiting = ranked.filter(({ track }) => {
    const card = cardOf(advised, track);
    return card !== null && waits(card);
  });
  const list = waiting.length > 0 ? waiting : ranked;
  const at = list.findIndex(({ track }) => track === opened);
  return list[(at + 1) % Math.max(1, list.length)]?.track ?? null;
}

/** Cards that nobody has answered, the first to close first. */
export function unanswered(advised: Advised | null | undefined): AdviceCard[] {
  const open = (advised?.cards ?? []).filter(({ state }) => state === "open");
  return open.sort((a, b) => a.t_closes_s - b.t_closes_s || a.id.localeCompare(b.id));
}

/** Whether decisions are signed with nothing but a typed name: where there are no accounts, in exercises only. */
export function unproved(state: State): boolean {
  return state.account === null && state.mode !== "live" && state.mode !== "";
}

/** Why nobody can decide here and now, in a sentence; "" when this person can. */
export function undecidable(state: State): string {
  const bar = barred(state);
  if (bar) return bar;
  if (state.account !== null || state.mode !== "live") return "";
  return "There are no accounts here, and without one decisions are possible in exercises only.";
}

/** A class in a word with its probability; the likeliest. */
export function likeliest(klass: Readonly<Record<string, number>>): string {
  const [first] = Object.entries(klass).sort(([a, p], [b, q]) => q - p || a.localeCompare(b));
  return first ? `${first[0]} ${percent(first[1])}` : "class not known";
}

export function shotsText(shots: number, kind: Option["kind"]): string {
  const one = kind === "jammer" || kind === "energy" ? "dwell" : kind === "drone" ? "drone" : "shot";
  return `${shots} ${one}${shots === 1 ? "" : "s"}`;
}

/** How well the assignment behind the advice is proved. */
export function gapText({ gap }: Pick<Advised, "gap">): string {
  if (!Number.isFinite(gap)) return "The plan is not proved: its gap is not known.";
  if (gap <= 1e-6) return "The plan is proved best: gap 0 %.";
  const shown = gap < 0.001 ? "less than 0.1" : (100 * gap).toFixed(1);
  return `At most ${shown} % could still be saved by another plan: gap ${shown} %.`;
}

/** What the sensors say of an engagement, and how sure that is. They can be wrong. */
export function callText({ call, stopped }: Pick<Engagement, "call" | "stopped">): string {
  if (call === "under way") return "Under way.";
  const sure = call === "not stopped" ? 1 - stopped : stopped;
  if (call === "looking") return `Too early to say; so far ${percent(stopped)} that it is stopped.`;
  return `The sensors say: ${call}, ${percent(sure)} sure.`;
}

/** What was engaged and is, or may be, a friend after all. Nothing here calls it off; a person must. */
export function friendsEngaged(advised: Advised | null | undefined): Engagement[] {
  return (advised?.engagements ?? []).filter(({ friend }) => friend);
}

/** Those that were not told of before; writes down what is told now. */
export function newlyFriends(advised: Advised | null | undefined, told: Set<string>): Engagement[] {
  const fresh = friendsEngaged(advised).filter(({ advice }) => !told.has(advice));
  for (const { advice } of fresh) told.add(advice);
  return fresh;
}

export function friendText({ track, friend }: Pick<Engagement, "track" | "friend">): string {
  return `Track ${track} was engaged, and now ${friend}.`;
}

const ANSWERS = { accept: "Accepted", decline: "Declined", hold: "Held", none: "Nobody answered" } as const;

/** One answer in words: what, on which effector, who, when, and how they had proved who they are. */
export function answerText(decision: Decision, utc: boolean): string {
  const { answer, effector, by, proof, t_s } = decision;
  if (answer === "none") return `Nobody answered before ${clock(t_s, utc)}.`;
  const who = by || "somebody";
  const proved = { password: "", none: ", no account", model: ", a model, no person" }[proof] ?? `, ${proof}`;
  const on = answer === "accept" && effector ? ` ${effector}` : "";
  return `${ANSWERS[answer]}${on} by ${who} at ${clock(t_s, utc)}${proved}.`;
}

/** What is lost and won by another option than the advised one, to be asked once more. */
export function insteadText(chosen: Option, advised: Option): string {
  return `${chosen.effector} stops it with ${percent(chosen.kill)}, the advised ${advised.effector} with ${percent(advised.kill)}.`;
}

/** Seconds left, in words short enough for a heading: "0:42 left", "closed". */
export function leftText(until: number | null, t: number): string {
  if (until === null) return "–";
  return until <= t ? "closed" : duration(until - t);
}

/** Until an engagement meets its track; then that it has. */
export function meetsText({ t_intercept_s }: Pick<Engagement, "t_intercept_s">, t: number): string {
  return t >= t_intercept_s ? "met" : duration(t_intercept_s - t);
}

/** Advice that nobody has answered is heard once, so long before it closes. */
export const CLOSING_S = 15;

/** Advice that closes soon and was not said to before; writes down what is said now. */
export function closingNow(advised: Advised | null | undefined, t: number, said: Set<string>): AdviceCard[] {
  const due = unanswered(advised).filter(
    ({ id, t_closes_s }) => t_closes_s - t <= CLOSING_S && t_closes_s > t && !said.has(id),
  );
  for (const { id } of due) said.add(id);
  return due;
}

/** What is read out when advice has come or an engagement's call has changed; `known` is what was said before. */
export function news(advised: Advised | null | undefined, t: number, known: Set<string>): string[] {
  const sentences: string[] = [];
  const once = (key: string, sentence: string) => {
    if (!known.has(key)) sentences.push(sentence);
    known.add(key);
  };
  for (const { id, track, option, t_closes_s } of unanswered(advised)) {
    const left = Math.max(0, Math.round(t_closes_s - t));
    once(id, `Advice on track ${track}: ${option.effector}, ${left} seconds to decide.`);
  }
  for (const threat of advised?.threats ?? []) {
    if (advised && standingOf(advised, threat) === "nothing") {
      const { track, sentence } = threat;
      once(`nothing ${track}`, `${sentence} Nothing can be done against track ${track} now.`.trim());
    }
  }
  for (const engagement of advised?.engagements ?? []) {
    const { advice, call, track } = engagement;
    if (call === "stopped" || call === "not stopped") {
      once(`${advice} ${call}`, `Track ${track}: ${callText(engagement)}`);
    }
  }
  for (const { id, track, state } of advised?.cards ?? []) {
    if (state === "expired") once(`${id} expired`, `Nobody answered the advice on track ${track}.`);
  }
  return sentences;
}

/** What the map draws of advice: from an effector to where it is expected to meet a track. */
export interface Aim {
  effector: string;
  track: number;
  latitude: number;
  longitude: number;
  /** Unix seconds. */
  meets_s: number;
  /** Accepted by a person, and not only advised. */
  accepted: boolean;
}

/** What is under way, and the advice of the opened track. */
export function aimsOf(advised: Advised | null | undefined, opened: number | null): Aim[] {
  if (!advised) return [];
  const under = advised.engagements.map((one) => ({ ...one, meets_s: one.t_intercept_s, accepted: true }));
  const card = opened === null ? null : cardOf(advised, opened);
  if (!card || !waits(card)) return under;
  const { track, option } = card;
  return [...under, { ...option, track, meets_s: option.intercept_s, accepted: false }];
}
