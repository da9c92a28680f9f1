import { useEffect, useRef, useState } from "preact/hooks";
import { byRank, isNew } from "../desk/order";
import type { Alert } from "../messages";
import { lossOf, type Loss, type State } from "../store";

const LOSSES: Partial<Record<Loss["kind"], string>> = {
  server: "The connection to the server is lost. The picture is not current.",
  feeds: "All feeds are lost. The picture is not current.",
  ended: "The recording has been played to its end.",
};

const spoken = (alerts: readonly Alert[]): string =>
  alerts.map((a) => `${a.ignored ? "Not acknowledged: " : ""}${a.severity}: ${a.sentence}`).join(" ");

/** What a tab in the background shows: how many alerts wait, and how bad the worst is. */
export function titleOf({ status }: State): string {
  const waiting = (status?.replay ? [] : (status?.alerts ?? [])).filter(isNew).sort(byRank);
  const [worst] = waiting;
  return worst ? `(${waiting.length}) ${worst.severity.toUpperCase()} – Vedette` : "Vedette";
}

/**
 * Reads each new alert and each loss out once, to those who listen to the page instead of looking at it.
 * Advisories wait for their turn; what is worse interrupts.
 */
export function Announcer({ state, now }: { state: State; now: number }) {
  const known = useRef(new Set<string>());
  const [urgent, setUrgent] = useState("");
  const [calm, setCalm] = useState("");
  const alerts = state.status?.alerts;
  useEffect(() => {
    const key = ({ id, ignored }: Alert) => `${id}${ignored ? " ignored" : ""}`;
    const fresh = (alerts ?? []).filter((alert) => alert.state === "new" && !known.current.has(key(alert)));
    for (const alert of fresh) known.current.add(key(alert));
    const pressing = fresh.filter(({ severity }) => severity !== "advisory");
    const others = fresh.filter(({ severity }) => severity === "advisory");
    if (pressing.length > 0) setUrgent(spoken(pressing));
    if (others.length > 0) setCalm(spoken(others));
  }, [alerts]);
  const title = titleOf(state);
  useEffect(() => void (document.title = title), [title]);
  const { kind } = lossOf(state, now);
  useEffect(() => setUrgent((before) => LOSSES[kind] ?? before), [kind]);
  const posture = state.status?.posture;
  useEffect(() => {
    if (posture?.by) setCalm(`Posture ${posture.level}, set by ${posture.by}.`);
  }, [posture?.level, posture?.by]);
  return (
    <>
      <div class="visually-hidden" role="alert" aria-live="assertive">
        {urgent}
      </div>
      <div class="visually-hidden announce-calm" role="status" aria-live="polite">
        {calm}
      </div>
    </>
  );
}
