/** The order of the alert list: worst first, and calm. */

import type { Alert } from "../messages";

const SEVERITY = { critical: 0, warning: 1, advisory: 2 } as const;

/** All open alerts of one track, worst first. */
export interface Group {
  track: number;
  alerts: Alert[];
}

/** Rank of an alert: its severity, then those that were ignored, then unseen ones, then those in somebody's hands. */
export function rank(alert: Alert): number {
  const waits = alert.state === "new" ? (alert.ignored ? 0 : 1) : 2;
  return SEVERITY[alert.severity] * 3 + waits;
}

function soon(alert: Alert): number {
  return alert.time_to_go_s ?? Infinity;
}

export function isOpen(alert: Alert): boolean {
  return alert.state !== "closed";
}

export function isNew(alert: Alert): boolean {
  return alert.state === "new";
}

/** Worst first, soonest first, by one comparison that leaves nothing to chance. */
export function byRank(a: Alert, b: Alert): number {
  return rank(a) - rank(b) || soon(a) - soon(b) || a.t_raised_s - b.t_raised_s || a.id.localeCompare(b.id);
}

export function grouped(alerts: readonly Alert[]): Group[] {
  const groups = new Map<number, Alert[]>();
  for (const alert of alerts.filter(isOpen)) {
    groups.set(alert.track, [...(groups.get(alert.track) ?? []), alert]);
  }
  return [...groups].map(([track, of]) => ({ track, alerts: of.sort(byRank) }));
}

/** Closed ones, the last first. */
export function closedOnes(alerts: readonly Alert[]): Alert[] {
  const end = (alert: Alert) => alert.history.at(-1)?.t_s ?? alert.t_raised_s;
  return alerts.filter((alert) => !isOpen(alert)).sort((a, b) => end(b) - end(a) || a.id.localeCompare(b.id));
}

/** Who stands in a step that no person took. */
const SERVER = "vedette";

export function byPerson({ by }: { by: string }): boolean {
  return by !== "" && by !== SERVER;
}

/** Ended by itself, and no person had ever done anything about it. */
export function wasMissed(alert: Alert): boolean {
  return !isOpen(alert) && !alert.history.some(byPerson);
}

/** By how much sooner the lower of two neighbours must be before they change places, so that nothing flickers. */
const SOONER = 0.8;
const SOONER_S = 3;

export interface Held {
  track: number;
  /** The rank that its group had when the pointer or the focus came to it. */
  rank: number;
}

/**
 * The groups in the order of the list. `before` is the order of tracks as last shown: within one rank two
 * neighbours change places only when the lower is clearly sooner. A held group keeps the rank it had.
 */
export function settled(groups: Group[], before: readonly number[], held: Held | null): Group[] {
  const at = new Map(before.map((track, index) => [track, index]));
  const worst = ({ track, alerts }: Group) =>
    held?.track === track ? held.rank : Math.min(...alerts.map(rank));
  const first = ({ alerts }: Group) => Math.min(...alerts.map(soon));
  const known = groups.filter(({ track }) => at.has(track));
  const fresh = groups.filter(({ track }) => !at.has(track)).sort((a, b) => first(a) - first(b));
  known.sort((a, b) => worst(a) - worst(b) || (at.get(a.track) ?? 0) - (at.get(b.track) ?? 0));
  const list = known;
  for (const group of fresh) {
    const place = list.findIndex(
      (other) =>
        worst(other) > worst(group) || (worst(other) === worst(group) && first(other) > first(group)),
    );
    list.splice(place < 0 ? list.length : place, 0, group);
  }
  for (let swapped = true; swapped;) {
    swapped = false;
    for (let i = 0; i + 1 < list.length; i++) {
      const [upper, lower] = [list[i], list[i + 1]];
      if (!upper || !lower || worst(upper) !== worst(lower)) continue;
      if (held && (held.track === upper.track || held.track === lower.track)) continue;
      if (first(lower) < first(upper) * SOONER - SOONER_S) {
        [list[i], list[i + 1]] = [lower, upper];
        swapped = true;
      }
    }
  }
  return list;
}
