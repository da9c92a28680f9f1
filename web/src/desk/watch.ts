/** Which sound is due. Pure: what was heard when comes in, what to play goes out. */

import type { Alert, SeverityName } from "../messages";
import { byRank, isNew } from "./order";

/** A critical alert that nobody has acknowledged sounds again after so long, and one that was ignored. */
export const AGAIN_MS = { critical: 10_000, warning: 60_000, advisory: Infinity } as const;
const IGNORED_AGAIN_MS = 20_000;

export interface SoundSettings {
  /** 0 to 1. */
  volume: number;
  /** Date.now() until which nothing sounds; 0: not muted. */
  mutedUntil: number;
  /** "22:00", local time; "" for no quiet hours. */
  quietFrom: string;
  quietTo: string;
}

export const SOUND: SoundSettings = { volume: 0.7, mutedUntil: 0, quietFrom: "", quietTo: "" };

/** By alert: when it last sounded, and whether it had been ignored by then. */
export type Heard = Map<string, { at: number; ignored: boolean }>;

/** Minutes since midnight, or null when it is no time of day. */
export function minutes(time: string): number | null {
  const [, h = "", m = ""] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? [];
  return h && Number(h) < 24 && Number(m) < 60 ? Number(h) * 60 + Number(m) : null;
}

/** Whether a local time of day lies in the quiet hours; they may pass midnight. */
export function isQuiet({ quietFrom, quietTo }: SoundSettings, now: Date): boolean {
  const [from, to] = [minutes(quietFrom), minutes(quietTo)];
  if (from === null || to === null || from === to) return false;
  const t = now.getHours() * 60 + now.getMinutes();
  return from < to ? from <= t && t < to : t >= from || t < to;
}

/** Settings as they were kept; whatever is damaged is as if it had never been set. */
export function readSettings(kept: string): SoundSettings {
  try {
    const given = JSON.parse(kept) as Partial<SoundSettings>;
    const time = (value: unknown) => (typeof value === "string" && minutes(value) !== null ? value : "");
    const number = (value: unknown, otherwise: number) =>
      typeof value === "number" && Number.isFinite(value) ? value : otherwise;
    return {
      volume: Math.min(1, Math.max(0, number(given.volume, SOUND.volume))),
      mutedUntil: number(given.mutedUntil, 0),
      quietFrom: time(given.quietFrom),
      quietTo: time(given.quietTo),
    };
  } catch {
    return SOUND;
  }
}

function isDue(alert: Alert, heard: Heard, now: number): boolean {
  const last = heard.get(alert.id);
  if (!last || (alert.ignored && !last.ignored)) return true;
  const pause = alert.ignored
    ? Math.min(IGNORED_AGAIN_MS, AGAIN_MS[alert.severity])
    : AGAIN_MS[alert.severity];
  return now - last.at >= pause;
}

/** The severity that shall sound now, or null. Writes down what was heard; forgets what is dealt with. */
export function dueSound(alerts: readonly Alert[], heard: Heard, now: number): SeverityName | null {
  const waiting = alerts.filter(isNew).sort(byRank);
  const ids = new Set(waiting.map(({ id }) => id));
  for (const id of heard.keys()) if (!ids.has(id)) heard.delete(id);
  const due = waiting.filter((alert) => isDue(alert, heard, now));
  for (const { id, ignored } of due) heard.set(id, { at: now, ignored: ignored ?? false });
  return due[0]?.severity ?? null;
}

/** Whether a sound may be heard now, and if not, why. */
export function silence(settings: SoundSettings, severity: SeverityName, now: Date): "" | "muted" | "quiet" {
  if (settings.mutedUntil > now.getTime()) return "muted";
  return severity !== "critical" && isQuiet(settings, now) ? "quiet" : "";
}
