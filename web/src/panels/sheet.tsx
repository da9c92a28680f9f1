import type { ComponentChildren } from "preact";
import type { Sheet as Name } from "../look";
import type { State } from "../store";
import type { Commands } from "./commands";
import { FilterPanel } from "./filter";
import { MeasurePanel } from "./measure";
import { Settings } from "./settings";
import { TrackTable } from "./table";

const TITLES: Record<Name, string> = {
  tracks: "Tracks",
  filter: "Filter",
  measure: "Measure",
  settings: "Settings",
};

/** The panel that lies over the map: one at a time, and never over all of it. */
export function OpenSheet({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  const { sheet } = state;
  if (!sheet) return null;
  return (
    <section class={`sheet sheet-${sheet}`} aria-labelledby="sheet-title">
      <div class="panel-head">
        <h2 id="sheet-title">{TITLES[sheet]}</h2>
        <span class="panel-tools">
          <button onClick={() => commands.sheet("")} aria-label={`Close ${TITLES[sheet].toLowerCase()}`}>
            ✕
          </button>
        </span>
      </div>
      {sheet === "tracks" && <TrackTable state={state} now={now} commands={commands} />}
      {sheet === "filter" && <FilterPanel state={state} commands={commands} />}
      {sheet === "measure" && <MeasurePanel state={state} commands={commands} />}
      {sheet === "settings" && <Settings state={state} commands={commands} />}
    </section>
  );
}

interface ChoiceProps<T extends string | number> {
  name: string;
  value: T;
  options: readonly (readonly [T, string])[];
  choose: (value: T) => void;
}

/** One of a few, all to be seen at once. */
export function Choice<T extends string | number>({ name, value, options, choose }: ChoiceProps<T>) {
  return (
    <fieldset class="pick">
      <legend>{name}</legend>
      {options.map(([option, words]) => (
        <button
          key={String(option)}
          type="button"
          aria-pressed={option === value}
          onClick={() => choose(option)}
        >
          {words}
        </button>
      ))}
    </fieldset>
  );
}

export function Tick(props: { on: boolean; set: (on: boolean) => void; children: ComponentChildren }) {
  return (
    <label class="sheet-tick">
      <input type="checkbox" checked={props.on} onChange={(e) => props.set(e.currentTarget.checked)} />
      <span>{props.children}</span>
    </label>
  );
}
