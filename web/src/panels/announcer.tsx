import { useEffect, useRef, useState } from "preact/hooks";
import type { State } from "../store";

/** Reads each new alert out once to those who listen to the page instead of looking at it. */
export function Announcer({ state }: { state: State }) {
  const known = useRef(new Set<string>());
  const [words, setWords] = useState("");
  const alerts = state.status?.alerts;
  useEffect(() => {
    const fresh = (alerts ?? []).filter(({ id, state }) => state === "new" && !known.current.has(id));
    for (const { id } of fresh) known.current.add(id);
    if (fresh.length > 0) setWords(fresh.map((a) => `${a.severity}: ${a.sentence}`).join(" "));
  }, [alerts]);
  return (
    <div class="visually-hidden" role="alert" aria-live="assertive">
      {words}
    </div>
  );
}
