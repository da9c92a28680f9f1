import { useEffect, useRef, useState } from "preact/hooks";
import { closingNow, CLOSING_S, friendText, newlyFriends, news } from "../desk/advice";
import { dataTime, type State } from "../store";

/** Reads advice, calls and what nobody answered out once; friends engaged and what closes in a moment interrupt. */
export function AdviceAnnouncer({ state, now }: { state: State; now: number }) {
  const known = useRef(new Set<string>());
  const warned = useRef(new Set<string>());
  const friends = useRef(new Set<string>());
  const [calm, setCalm] = useState("");
  const [urgent, setUrgent] = useState("");
  const { status } = state;
  useEffect(() => {
    if (!status || status.replay) return;
    const t = dataTime(state, now) ?? status.t_s;
    const fresh = news(status.advice, t, known.current);
    if (fresh.length > 0) setCalm(fresh.join(" "));
    const sentences = newlyFriends(status.advice, friends.current).map(
      (one) => `Friend engaged. ${friendText(one)} A person must call it off.`,
    );
    const closing = closingNow(status.advice, t, warned.current);
    if (closing.length > 0) {
      const tracks = closing.map(({ track }) => `track ${track}`).join(", ");
      sentences.push(`Nobody has answered the advice on ${tracks}; less than ${CLOSING_S} seconds are left.`);
    }
    if (sentences.length > 0) setUrgent(sentences.join(" "));
  }, [status]);
  return (
    <>
      <div class="visually-hidden announce-advice" role="status" aria-live="polite">
        {calm}
      </div>
      <div class="visually-hidden announce-closing" role="alert" aria-live="assertive">
        {urgent}
      </div>
    </>
  );
}
