/** The hand-over log: what people did and said, to be read by whoever takes over. */

import { clock, day } from "../format";

/** One entry as the server tells it. */
export interface Entry {
  t_s: number;
  by: string;
  /** The kind of act: "acknowledge", "posture", "remark" … */
  act: string;
  /** What was done, in words. */
  text: string;
  /** Why. */
  note: string;
}

export const KINDS: Readonly<Record<string, string>> = {
  acknowledge: "acknowledged",
  assign: "assigned",
  close: "closed",
  identify: "identity",
  posture: "posture",
  rule: "rule",
  switch: "rule switched",
  remark: "remark",
  decide: "advice",
  stock: "rounds",
};

export interface LogFilter {
  kind: string;
  by: string;
  text: string;
}

export const ALL: LogFilter = { kind: "", by: "", text: "" };

export function matching(entries: readonly Entry[], { kind, by, text }: LogFilter): Entry[] {
  const wanted = text.trim().toLowerCase();
  return entries.filter(
    (entry) =>
      (!kind || entry.act === kind) &&
      (!by || entry.by === by) &&
      (!wanted || `${entry.text} ${entry.note} ${entry.by}`.toLowerCase().includes(wanted)),
  );
}

/** One field of a CSV file. A leading = + - @ is made harmless: a spreadsheet would take it for a formula. */
export function field(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

/** RFC 4180, with a heading; times in UTC. */
export function csv(entries: readonly Entry[]): string {
  const rows = entries.map(({ t_s, act, by, text, note }) =>
    [`${day(t_s, true)}T${clock(t_s, true)}Z`, KINDS[act] ?? act, by, text, note].map(field).join(","),
  );
  return [`"time","kind","person","text","note"`, ...rows, ""].join("\r\n");
}
