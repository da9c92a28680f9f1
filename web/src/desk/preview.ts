/** What the server says a rule would do, before anybody adds it: docs/reference/wire.md has the fields. */

import { number } from "../format";
import { missing, ruleOf, type Draft } from "./draft";
import type { Rule } from "./act";

export interface Judged {
  track: number;
  calls: boolean;
  why: string[];
  probability: number | null;
  time_to_go_s: number | null;
  sentence: string;
  alert: string;
}

export interface Preview {
  t_s: number;
  rule: string;
  on: boolean;
  probability: number;
  within_s: number;
  existence: number;
  confirm_s: number;
  tracks: number;
  called: number;
  elsewhere: number;
  judged: Judged[];
}

/** What is known of the rule that is being written: an answer, or why there is none. */
export interface Foresight {
  answer: Preview | null;
  why: string;
  /** The rule has been changed since it was asked for. */
  stale: boolean;
}

/** A rule without a name is tried under this one. */
export const UNNAMED = "New rule";

/** The rule to ask about; null while too little of it is written. */
export function triable(draft: Draft | null): Rule | null {
  if (!draft) return null;
  const named = { ...draft, name: draft.name.trim() || UNNAMED };
  return missing(named) ? null : ruleOf(named);
}

/** The answer in a sentence. */
export function summary({ tracks, called }: Preview): string {
  if (tracks === 0) return "There is no track now that it could call.";
  const all = tracks === 1 ? "the one track there is" : `${number(tracks)} tracks`;
  if (called === 0)
    return tracks === 1
      ? "Now it would not call the one track there is."
      : `Now it would call none of ${all}.`;
  return tracks === 1 ? `Now it would call ${all}.` : `Now it would call ${number(called)} of ${all}.`;
}

/** How many come nowhere near, in a sentence; "" where all do. */
export function elsewhere({ elsewhere: count }: Preview): string {
  if (count === 0) return "";
  return `${number(count)} ${count === 1 ? "does" : "do"} not come near in that time. `;
}

/** On what terms, in a sentence; what the rule leaves open is as the site and its posture have it. */
export function terms({ probability, within_s: within, confirm_s: confirm, existence }: Preview): string {
  const surely = `${number(100 * probability)} % likely to enter within ${number(within)} s`;
  const held = confirm > 0 ? ` for ${number(confirm, confirm % 1 ? 1 : 0)} s` : "";
  return `It calls what exists with ${number(100 * existence)} % or more and has been ${surely}${held}.`;
}

/** Why a track is not called, in one line. */
export function reasons({ why }: Judged): string {
  return why.join("; ");
}
