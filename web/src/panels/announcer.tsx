import { useEffect, useRef, useState } from "preact/hooks";
import { lossOf, type Loss, type State } from "../store";

const LOSSES: Partial<Record<Loss["kind"], string>> = {
  server: "The connection to the server is lost. The picture is not current.",
  feeds: "All feeds are lost. The picture is not current.",
  ended: "The recording has been played to its end.",
};

/** Reads each new alert and each loss out once, to those who listen to the page instead of looking at it. */
export function Announcer({ state, now }: { state: State; now: number }) {
  const known = useRef(new Set<string>());
  const [words, setWords] = useState("");
  const alerts = state.status?.alerts;
  useEffect(() => {
    const fresh = (alerts ?? []).filter(({ id, state }) => state === "new" && !known.current.has(id));
    for (const { id } of fresh) known.current.add(id);
    if (fresh.length > 0) setWords(fresh.map((a) => `${a.severity}: ${a.sentence}`).join(" "));
  }, [alerts]);
  const { kind } = lossOf(state, now);
  useEffect(() => setWords((before) => LOSSES[kind] ?? before), [kind]);
  return (
    <div class="visually-hidden" role="alert" aria-live="assertive">
      {words}
    </div>
  );
}
