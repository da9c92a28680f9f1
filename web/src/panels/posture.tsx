import { useEffect, useRef, useState } from "preact/hooks";
import { barred } from "../desk/act";
import { clock, day } from "../format";
import type { Posture as Held, PostureLevel } from "../messages";
import type { State } from "../store";
import type { Commands } from "./commands";

interface Props {
  state: State;
  commands: Commands;
}

/** How the level looks: calm, raised or highest, each also in words. */
export function tone(rank: number, levels: readonly PostureLevel[]): "calm" | "raised" | "highest" {
  const ranks = levels.map((level) => level.rank);
  if (rank <= Math.min(...ranks)) return "calm";
  return rank >= Math.max(...ranks) ? "highest" : "raised";
}

/** Who set it, since when and why, in one line. */
export function basis(posture: Held, utc: boolean): string {
  if (!posture.by) return "nobody has set it";
  const note = posture.note ? `: ${posture.note}` : "";
  return `${posture.by}, since ${clock(posture.t_s, utc)}${note}`;
}

/** The level of readiness, on every screen. */
export function Posture({ state, commands }: Props) {
  const levels = state.site?.postures ?? [];
  const posture = state.status?.posture;
  if (!posture) return null;
  const why = basis(posture, state.utc);
  return (
    <button
      class={`posture ${tone(posture.rank, levels)}`}
      onClick={() => commands.posturing(true)}
      title={`Posture ${posture.level}, ${why}`}
    >
      <span class="posture-level">{posture.level}</span>
      <span class="posture-why">{why}</span>
    </button>
  );
}

/** Chooses a level, asks why, and asks once more. */
export function PostureDialog({ state, commands }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const posture = state.status?.posture;
  const close = () => commands.posturing(false);
  return (
    <dialog class="help posture-dialog" ref={dialog} aria-labelledby="posture-title" onClose={close}>
      <div class="panel-head">
        <h2 id="posture-title">Posture</h2>
        <span class="panel-tools">
          <button onClick={close} aria-label="Close the posture">
            ✕
          </button>
        </span>
      </div>
      {posture && (
        <p>
          Now <b>{posture.level}</b>, {basis(posture, state.utc)}
          {posture.by && ` (${day(posture.t_s, state.utc)})`}.
        </p>
      )}
      <PostureForm state={state} commands={commands} close={close} />
    </dialog>
  );
}

function PostureForm({ state, commands, close }: Props & { close(): void }) {
  const levels = [...(state.site?.postures ?? [])].sort((a, b) => a.rank - b.rank);
  const current = state.status?.posture?.level;
  const [level, setLevel] = useState("");
  const [note, setNote] = useState("");
  const [sure, setSure] = useState(false);
  const doing = state.doing["posture"];
  const bar = barred(state);
  const send = async () => {
    if (!sure) setSure(true);
    else if (await commands.perform({ act: "posture", level, note: note.trim() })) close();
    else setSure(false);
  };
  return (
    <form
      class="posture-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="levels" role="radiogroup" aria-label="Level">
        {levels.map((one) => (
          <button
            key={one.name}
            type="button"
            role="radio"
            class={`level ${tone(one.rank, levels)}`}
            aria-checked={one.name === (level || current)}
            disabled={Boolean(bar)}
            onClick={() => {
              setLevel(one.name);
              setSure(false);
            }}
          >
            <b>{one.name}</b> {one.name === current && <span class="dim">now</span>}
            <span class="level-meaning">{one.meaning}</span>
          </button>
        ))}
      </div>
      {bar && <p class="barred">{bar}</p>}
      {level && level !== current && !bar && (
        <>
          <label>
            Reason
            <input
              required
              value={note}
              maxLength={2000}
              autocomplete="off"
              onInput={(event) => {
                setNote(event.currentTarget.value);
                setSure(false);
              }}
            />
          </label>
          {sure && (
            <p class="confirm" role="alert">
              {current} → <b>{level}</b>. Everybody sees it, and it is recorded with your name.
            </p>
          )}
          <div class="form-ends">
            <button type="submit" class="go" disabled={!note.trim() || doing?.state === "sending"}>
              {sure ? `Yes, set ${level}` : `Set ${level} …`}
            </button>
            {sure && (
              <button type="button" onClick={() => setSure(false)}>
                Back
              </button>
            )}
          </div>
        </>
      )}
      {doing?.state === "failed" && (
        <p class="warn" role="alert">
          {doing.why}
        </p>
      )}
    </form>
  );
}
