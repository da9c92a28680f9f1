import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { AdviceCard, Option } from "../advised";
import { insteadText, seenOf, undecidable } from "../desk/advice";
import type { State } from "../store";
import type { Commands } from "./commands";

interface DecideProps {
  card: AdviceCard;
  place: number;
  /** What is chosen: the advised option or another one. */
  option: Option;
  state: State;
  commands: Commands;
}

type Form = "" | "hold" | "decline" | "instead";

/** A button counts only when it has stood in its place for so long: nobody accepts what has just come under a finger. */
const READY_MS = 700;

function useReady(what: string): boolean {
  const [ready, setReady] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setReady(what), READY_MS);
    return () => window.clearTimeout(timer);
  }, [what]);
  return ready === what;
}

/** The second press of a double click was meant for what stood there before. */
const hasty = (event: MouseEvent) => event.detail > 1;

/** Accept, hold or decline, signed; the last two with a reason. */
export function Decide({ card, place, option, state, commands }: DecideProps) {
  const [form, setForm] = useState<Form>("");
  const what = `advice ${card.id}`;
  const doing = state.doing[what];
  const busy = doing !== undefined && doing.state !== "failed";
  const instead = option.effector !== card.option.effector;
  const ready = useReady(seenOf(card, option, place));
  useEffect(() => setForm(""), [option.effector]);
  const say = async (answer: "accept" | "decline" | "hold", note = "") => {
    const effector = answer === "accept" && instead ? option.effector : "";
    const obeyed = await commands.perform({ act: "decide", advice: card.id, answer, effector, note });
    if (obeyed) setForm("");
  };
  return (
    <div class="decide">
      {!undecidable(state) && form !== "instead" && (
        <div class="doings">
          <button
            class="accept"
            disabled={busy}
            aria-disabled={!ready}
            onClick={(event) => {
              if (hasty(event) || !ready) return;
              if (instead) setForm("instead");
              else void say("accept");
            }}
          >
            {busy ? "Sending…" : `Accept ${option.effector}${instead ? " …" : ""}`}
          </button>
          {(["hold", "decline"] as const).map((answer) => (
            <button
              key={answer}
              disabled={busy}
              aria-expanded={form === answer}
              onClick={(event) => !hasty(event) && setForm(form === answer ? "" : answer)}
            >
              {answer === "hold" ? "Hold" : "Decline"}
            </button>
          ))}
        </div>
      )}
      {form === "instead" && instead && (
        <Instead
          card={card}
          place={place}
          option={option}
          busy={busy}
          yes={() => say("accept")}
          back={() => setForm("")}
        />
      )}
      {(form === "hold" || form === "decline") && (
        <ReasonForm
          key={form}
          answer={form}
          busy={busy}
          say={(note) => void say(form, note)}
          back={() => setForm("")}
        />
      )}
      {doing?.state === "failed" && (
        <p class="warn decide-failed" role="alert">
          Your answer does not count: {doing.why}
        </p>
      )}
    </div>
  );
}

interface InsteadProps {
  card: AdviceCard;
  place: number;
  option: Option;
  busy: boolean;
  yes(): void;
  back(): void;
}

/** What is not advised is asked once more. */
function Instead({ card, place, option, busy, yes, back }: InsteadProps) {
  const ready = useReady(seenOf(card, option, place));
  return (
    <div class="instead" role="alert">
      <p>{insteadText(option, card.option)}</p>
      <div class="form-ends">
        <button type="button" onClick={back}>
          Back
        </button>
        <button
          type="button"
          class="go"
          disabled={busy}
          aria-disabled={!ready}
          onClick={(event) => !hasty(event) && ready && yes()}
        >
          {busy ? "Sending…" : `Yes, accept ${option.effector}`}
        </button>
      </div>
    </div>
  );
}

/** What is said most often; the reason may be anything else. */
const REASONS = {
  hold: ["identify it first", "wait for a better shot", "look at the last shots first"],
  decline: ["our own", "no threat", "others are dealing with it", "danger to people below"],
} as const;
const WORDS = { hold: "Hold", decline: "Decline" } as const;

interface ReasonProps {
  answer: "hold" | "decline";
  busy: boolean;
  say(note: string): void;
  back(): void;
}

function ReasonForm({ answer, busy, say, back }: ReasonProps) {
  const [note, setNote] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []); // before the next key
  return (
    <form
      class="alert-form"
      aria-label={`${WORDS[answer]} the advice`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        back();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (note.trim()) say(note.trim());
      }}
    >
      <label>
        Reason
        <input
          ref={field}
          required
          value={note}
          maxLength={2000}
          autocomplete="off"
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <div class="choices" role="group" aria-label="Common reasons">
        {REASONS[answer].map((reason) => (
          <button key={reason} type="button" aria-pressed={note === reason} onClick={() => setNote(reason)}>
            {reason}
          </button>
        ))}
      </div>
      <div class="form-ends">
        <button type="submit" class="go" disabled={busy || !note.trim()}>
          {busy ? "Sending…" : WORDS[answer]}
        </button>
        <button type="button" onClick={back}>
          Back
        </button>
      </div>
    </form>
  );
}
