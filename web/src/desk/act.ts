/** What people do, as docs/reference/wire.md has it, and the one way by which it reaches the server. */

import type { State } from "../store";

export const IDENTITIES = ["friend", "neutral", "hostile", "unknown"] as const;
export type IdentityName = (typeof IDENTITIES)[number];

/** A rule as a `[[zone]]` of the site file: the server knows its keys and refuses others in a sentence. */
export type Rule = { name: string } & Record<string, unknown>;

export type Act =
  | { act: "acknowledge"; alert: string; note?: string }
  | { act: "assign"; alert: string; to: string; note?: string }
  | { act: "close"; alert: string; note?: string }
  | { act: "identify"; track: number; identity: IdentityName; note?: string }
  | { act: "posture"; level: string; note: string }
  | { act: "rule"; rule: Rule }
  | { act: "switch"; rule: string; on: boolean; note: string }
  | { act: "remark"; text: string }
  | { act: "decide"; advice: string; answer: "accept" | "decline" | "hold"; effector: string; note: string }
  | { act: "stock"; effector: string; rounds: number; note: string };

export type Signed = Act & { by: string };

/** How an act or another order fares, by what it is about: "alert 12-Inner-1", "posture", "track 12", "advice 12-Gun-1". */
export interface Doing {
  state: "sending" | "sent" | "failed";
  /** performance.now() of the last change. */
  since: number;
  /** Why it failed, in a sentence. */
  why: string;
}

/** What an act is about, so that its panel can show how it fares. */
export function subject(act: Act): string {
  if ("alert" in act) return `alert ${act.alert}`;
  if (act.act === "identify") return `track ${act.track}`;
  if (act.act === "rule") return `rule ${act.rule.name}`;
  if (act.act === "switch") return `rule ${act.rule}`;
  if (act.act === "decide") return `advice ${act.advice}`;
  if (act.act === "stock") return `stock ${act.effector}`;
  return act.act;
}

/** Why nothing can be done now, in a sentence; "" when it can. */
export function barred(state: State): string {
  if (!state.status) return "Waiting for the server.";
  if (state.status.replay || state.mode === "replay") {
    return "This is a replay: it repeats what people did, and nothing can be done in it.";
  }
  if (state.account?.role === "viewer") {
    return `${state.account.name} may watch, not act: the account is a viewer's.`;
  }
  if (state.connection.state !== "open") return "Not connected to the server; nothing can be done.";
  return "";
}

/** The name that acts are signed with: the account's, else the typed one. */
export function signature(state: State): string {
  return (state.account?.name ?? state.operator).trim();
}

const PATIENCE_MS = 8_000;

/** The server's refusal, in its own sentence where it gives one. */
async function refusal(response: Response): Promise<string> {
  if (response.status === 401) return "The session has ended: sign in again.";
  const text = await response.text();
  try {
    const { message, detail } = JSON.parse(text) as { message?: unknown; detail?: unknown };
    const said = message ?? detail;
    if (typeof said === "string" && said) return said;
  } catch {
    // Not JSON: the text is shown as it is.
  }
  return text.trim().slice(0, 300) || `The server refused it (${response.status}).`;
}

/** Ask the server. Rejects with a sentence that can be shown. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const post: RequestInit =
    body === undefined
      ? {}
      : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let response: Response;
  try {
    response = await fetch(path, { ...post, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    const late = (error as Error).name === "TimeoutError";
    throw new Error(late ? "The server did not answer; try again." : "The server could not be reached.");
  }
  if (!response.ok) throw new Error(await refusal(response));
  return (await response.json()) as T;
}
