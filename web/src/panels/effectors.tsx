import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { EffectorPlace, EffectorState } from "../advised";
import { undecidable } from "../desk/advice";
import { distance, duration, height, number, type Units } from "../format";
import { dataTime, type State } from "../store";
import type { Commands } from "./commands";

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

const KINDS = {
  gun: "gun",
  missile: "missile",
  drone: "interceptor drone",
  jammer: "jammer",
  energy: "directed energy",
} as const;

/** What is left of each effector, as far as acceptances and people's corrections tell. */
export function Effectors({ state, now, commands }: Props) {
  const effectors = state.status?.advice?.effectors ?? [];
  const places = new Map((state.site?.effectors ?? []).map((place) => [place.name, place]));
  const t = dataTime(state, now) ?? 0;
  return (
    <section class="effectors" aria-labelledby="effectors-title">
      <h2 id="effectors-title" class="visually-hidden">
        Effectors
      </h2>
      <p class="dim">
        Counted from what people accepted and corrected. Vedette is told nothing by an effector, and commands
        none.
      </p>
      {effectors.length === 0 && <p class="empty">The site file names no effector.</p>}
      <ul class="effector-list">
        {effectors.map((one) => (
          <Effector
            key={one.effector}
            one={one}
            place={places.get(one.effector)}
            t={t}
            state={state}
            commands={commands}
          />
        ))}
      </ul>
    </section>
  );
}

interface EffectorProps {
  one: EffectorState;
  place: EffectorPlace | undefined;
  t: number;
  state: State;
  commands: Commands;
}

function Effector({ one, place, t, state, commands }: EffectorProps) {
  const [writing, setWriting] = useState(false);
  const doing = state.doing[`stock ${one.effector}`];
  const spent = isSpent(one);
  return (
    <li class={`effector ${spent ? "is-spent" : ""}`} data-effector={one.effector}>
      <div class="sensor-line">
        <span class="sensor-name">{one.effector}</span>
        <span class="dim sensor-kind">{KINDS[one.kind]}</span>
        {place?.notional && <span class="tag">notional</span>}
      </div>
      <div class="effector-line">
        <span>
          <b>{one.rounds === null ? "not counted" : number(one.rounds)}</b>
          <small>{one.rounds === null ? "rounds" : `of ${number(one.magazine)} rounds`}</small>
        </span>
        <span>
          <b>
            {one.free} of {one.channels}
          </b>
          <small>{one.channels === 1 ? "channel free" : "channels free"}</small>
        </span>
        <span>
          <b>{readyText(one, t)}</b>
          <small>ready</small>
        </span>
      </div>
      {place && <p class="dim effector-reach">{reach(place, state.units)}</p>}
      {one.detail && <p class="sensor-detail">{one.detail}</p>}
      {one.rounds !== null && !undecidable(state) && (
        <button aria-expanded={writing} onClick={() => setWriting(!writing)}>
          Correct the rounds
        </button>
      )}
      {writing && <StockForm one={one} commands={commands} done={() => setWriting(false)} />}
      {doing?.state === "failed" && (
        <p class="warn" role="alert">
          {doing.why}
        </p>
      )}
    </li>
  );
}

/** It can do nothing now and will not by itself. */
export function isSpent({ rounds, ready_s }: EffectorState): boolean {
  return rounds === 0 || ready_s === null;
}

export function readyText({ ready_s }: Pick<EffectorState, "ready_s">, t: number): string {
  if (ready_s === null) return "never";
  return ready_s <= t ? "now" : `in ${duration(ready_s - t)}`;
}

function reach(place: EffectorPlace, units: Units): string {
  const { range_min_m: near, range_max_m: far, height_min_m: low, height_max_m: high, sector } = place;
  const round = sector
    ? `, ${sector.map((bearing) => String(Math.round(bearing)).padStart(3, "0")).join("° to ")}°`
    : "";
  return `${distance(near, units)} to ${distance(far, units)}, ${height(low, units)} to ${height(high, units)} up${round}`;
}

interface StockProps {
  one: EffectorState;
  commands: Commands;
  done(): void;
}

/** How many rounds there really are, and how that is known. */
function StockForm({ one, commands, done }: StockProps) {
  const [rounds, setRounds] = useState(String(one.rounds ?? ""));
  const [note, setNote] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []); // before the next key
  const count = /^\d{1,6}$/.test(rounds.trim()) ? Number(rounds) : null;
  const send = async () => {
    if (count === null || !note.trim()) return;
    const act = { act: "stock", effector: one.effector, rounds: count, note: note.trim() } as const;
    if (await commands.perform(act)) done();
  };
  return (
    <form
      class="alert-form stock-form"
      aria-label={`Rounds of ${one.effector}`}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        done();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label>
        Rounds
        <input
          ref={field}
          inputMode="numeric"
          required
          value={rounds}
          maxLength={6}
          autocomplete="off"
          aria-invalid={count === null}
          onInput={(event) => setRounds(event.currentTarget.value)}
        />
      </label>
      <label>
        Reason
        <input
          required
          value={note}
          maxLength={2000}
          placeholder="counted, rearmed …"
          autocomplete="off"
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <div class="form-ends">
        <button type="submit" class="go" disabled={count === null || !note.trim()}>
          Set the rounds
        </button>
        <button type="button" onClick={done}>
          Back
        </button>
      </div>
    </form>
  );
}
