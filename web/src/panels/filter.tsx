import { AFFILIATIONS, filters, NO_CLASS, type Filter } from "../filter";
import { longUnit, number, shortUnit } from "../format";
import type { State } from "../store";
import type { Commands } from "./commands";
import { Choice, Tick } from "./sheet";

/** What is hidden must never look as if it were not there. */
export function FilterChip({ state, commands }: { state: State; commands: Commands }) {
  if (!filters(state.filter)) return null;
  const n = state.hidden.size;
  return (
    <div class="filter-chip" role="status">
      <strong>FILTER ON:</strong> {n === 0 ? "none" : n} hidden
      <button onClick={commands.clearFilter}>Show all</button>
      <button class="wide" onClick={() => commands.sheet("filter")}>
        Change
      </button>
    </div>
  );
}

interface NumberProps {
  name: string;
  unit: string;
  /** SI in one unit. */
  size: number;
  value: number | null;
  set: (value: number | null) => void;
}

function NumberField({ name, unit, size, value, set }: NumberProps) {
  return (
    <label class="sheet-field">
      <span>{name}</span>
      <input
        type="number"
        placeholder="any"
        value={value === null ? "" : Number((value / size).toFixed(2))}
        onChange={({ currentTarget: { value: text } }) =>
          set(text === "" || !Number.isFinite(Number(text)) ? null : Number(text) * size)
        }
      />
      <span class="unit">{unit}</span>
    </label>
  );
}

function Names(props: {
  title: string;
  all: readonly string[];
  on: readonly string[];
  set: (on: string[]) => void;
}) {
  const { title, all, on, set } = props;
  if (all.length === 0) return null;
  return (
    <fieldset class="picks">
      <legend>{title}</legend>
      {all.map((name) => (
        <Tick
          key={name}
          on={on.includes(name)}
          set={(add) => set(add ? [...on, name] : on.filter((one) => one !== name))}
        >
          {name}
        </Tick>
      ))}
    </fieldset>
  );
}

export function FilterPanel({ state, commands }: { state: State; commands: Commands }) {
  const { filter, units, site } = state;
  const set = (change: Partial<Filter>) => commands.filter(change);
  const [short, long] = [shortUnit(units), longUnit(units)];
  const classes = [...new Set([...filter.classes, ...commands.classesNow(), NO_CLASS])];
  return (
    <div class="sheet-form">
      <p class="dim">
        In the map, the table and the list of closed alerts. A track with an open alert is never hidden.
      </p>
      <div class="sheet-fields">
        <NumberField
          name="Height from"
          unit={short.name}
          size={short.size}
          value={filter.floor}
          set={(floor) => set({ floor })}
        />
        <NumberField
          name="to"
          unit={`${short.name} above site`}
          size={short.size}
          value={filter.ceiling}
          set={(ceiling) => set({ ceiling })}
        />
        <NumberField
          name="Range up to"
          unit={`${long.name} from site`}
          size={long.size}
          value={filter.range}
          set={(range) => set({ range })}
        />
        <NumberField
          name="Age up to"
          unit="s since the last report"
          size={1}
          value={filter.age}
          set={(age) => set({ age })}
        />
        <NumberField
          name="Existence from"
          unit="%"
          size={0.01}
          value={filter.existence}
          set={(existence) => set({ existence })}
        />
      </div>
      <p class="sheet-quick">
        <button
          aria-pressed={filter.existence === 0.5}
          onClick={() => set({ existence: filter.existence === 0.5 ? null : 0.5 })}
        >
          Hide low existence
        </button>
        <span class="dim">below {number(50)} %</span>
      </p>
      <Choice
        name="Identity"
        value={filter.identity}
        options={[
          ["", "all"],
          ["silent", "says nothing"],
          ["named", "names itself"],
        ]}
        choose={(identity) => set({ identity })}
      />
      <Names
        title="Affiliation"
        all={AFFILIATIONS}
        on={filter.affiliations}
        set={(on) => set({ affiliations: AFFILIATIONS.filter((one) => on.includes(one)) })}
      />
      <Names
        title="Seen by"
        all={(site?.sensors ?? []).map(({ name }) => name)}
        on={filter.sensors}
        set={(sensors) => set({ sensors })}
      />
      <Names title="Class" all={classes} on={filter.classes} set={(on) => set({ classes: on })} />
      <p>
        <button onClick={commands.clearFilter}>Show all</button>
      </p>
    </div>
  );
}
