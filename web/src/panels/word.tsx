import { useEffect, useState } from "preact/hooks";
import { barred, IDENTITIES, type IdentityName } from "../desk/act";
import { age } from "../format";
import type { Details, Fact } from "../messages";
import type { State } from "../store";
import type { Commands } from "./commands";

const MEANINGS: Record<IdentityName, string> = {
  friend: "Ours: it never alarms while the word stands.",
  neutral: "Known, and no concern of ours.",
  hostile: "Taken for a threat.",
  unknown: "Takes the word back.",
};

/** The fact in which an operator's word stands, and who gave it. */
export function wordOf(details: Details | null): { identity: string; fact: Fact } | null {
  const fact = details?.identity["affiliation"];
  return fact && typeof fact.value === "string" ? { identity: fact.value, fact } : null;
}

/** What the operator says the selected track is. */
export function IdentityChoice({ state, commands }: { state: State; commands: Commands }) {
  const { selected, details } = state;
  const [chosen, setChosen] = useState<IdentityName | "">("");
  const [note, setNote] = useState("");
  useEffect(() => setChosen(""), [selected]);
  if (selected === null || !details) return null;
  const word = wordOf(details);
  const doing = state.doing[`track ${selected}`];
  const bar = barred(state);
  const send = () => {
    if (!chosen) return;
    void commands
      .perform({ act: "identify", track: selected, identity: chosen, note: note.trim() })
      .then((obeyed) => {
        if (!obeyed) return;
        setChosen("");
        setNote("");
      });
  };
  return (
    <form
      class="identity"
      aria-label="Identity"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <span class="identity-now">
        Identity: <b>{word?.identity ?? "not said"}</b>
        {word && (
          <span class="dim">
            {" "}
            {word.fact.source}, {age(word.fact.age_s)} ago
          </span>
        )}
      </span>
      {!bar && (
        <div class="choices" role="group" aria-label="Say what it is">
          {IDENTITIES.map((identity) => (
            <button
              key={identity}
              type="button"
              class={`identity-${identity}`}
              aria-pressed={chosen === identity}
              onClick={() => setChosen(chosen === identity ? "" : identity)}
            >
              {identity}
            </button>
          ))}
        </div>
      )}
      {chosen && (
        <>
          <p class={chosen === "friend" ? "warn" : "hint"}>{MEANINGS[chosen]}</p>
          <label>
            Note
            <input
              value={note}
              maxLength={2000}
              autocomplete="off"
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          </label>
          <div class="form-ends">
            <button type="submit" class="go" disabled={doing?.state === "sending"}>
              T{selected} is {chosen}
            </button>
            <button type="button" onClick={() => setChosen("")}>
              Back
            </button>
          </div>
        </>
      )}
      {doing?.state === "failed" && (
        <p class="warn" role="status">
          {doing.why}
        </p>
      )}
    </form>
  );
}
