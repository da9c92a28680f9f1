import { useEffect, useRef, useState } from "preact/hooks";
import { savedViews } from "../conduct/travel";
import { FORMATS } from "../export";
import { distance, height, longUnit, speed, type Units } from "../format";
import {
  COORDINATES,
  DATUMS,
  SCALES,
  TRAIL_COLOURS,
  TRAIL_LENGTHS,
  type Envelopes,
  type Look,
  type SymbolSet,
  type TrailColour,
} from "../look";
import { HEIGHT_STEPS, named, ofSensors, ramp, SPEED_STEPS } from "../overlay/trails";
import type { Colour } from "../palette";
import type { State } from "../store";
import type { Commands } from "./commands";
import { Choice, Tick } from "./sheet";

interface Props {
  state: State;
  commands: Commands;
}

export function Settings({ state, commands }: Props) {
  const set = (change: Partial<Look>) => commands.look(change);
  return (
    <div class="sheet-form">
      <Reading state={state} set={set} />
      <Choice
        name="Theme"
        value={state.theme}
        options={[
          ["dark", "dark"],
          ["night", "red night"],
          ["day", "day"],
        ]}
        choose={(theme) => set({ theme })}
      />
      <Choice<SymbolSet>
        name="Symbols"
        value={state.symbols}
        options={[
          ["simple", "simple"],
          ["military", "2525 / APP-6"],
        ]}
        choose={(symbols) => set({ symbols })}
      />
      <Choice
        name="Size of labels and symbols"
        value={state.labelScale}
        options={SCALES.map((scale) => [scale, `${scale}×`] as const)}
        choose={(labelScale) => set({ labelScale })}
      />
      <Trails state={state} commands={commands} set={set} />
      <Rings state={state} set={set} />
      {(state.site?.effectors ?? []).length > 0 && (
        <Choice<Envelopes>
          name="Envelopes of effectors"
          value={state.envelopes}
          options={[
            ["opened", "of the opened advice"],
            ["all", "all"],
            ["off", "off"],
          ]}
          choose={(envelopes) => set({ envelopes })}
        />
      )}
      <fieldset class="picks">
        <legend>On the map</legend>
        <Tick on={state.dim} set={(dim) => set({ dim })}>
          dimmed
        </Tick>
        <Tick on={state.bearings} set={(bearings) => set({ bearings })}>
          bearings without a track
        </Tick>
        <Tick on={state.heat} set={(heat) => set({ heat })}>
          where tracks have been
        </Tick>
      </fieldset>
      <Plots state={state} set={set} />
      <Views commands={commands} />
      <Saving state={state} commands={commands} />
    </div>
  );
}

interface SetProps {
  state: State;
  set: (change: Partial<Look>) => void;
}

function Reading({ state, set }: SetProps) {
  const names: Record<Units, string> = {
    metric: "metric",
    aviation: "aviation (NM, ft, kt)",
    imperial: "imperial (mi, ft, mph)",
  };
  const heights = { site: "the site", msl: "the sea (EGM96)", wgs84: "the ellipsoid (WGS84)" };
  return (
    <>
      <Choice
        name="Units"
        value={state.units}
        options={(["metric", "aviation", "imperial"] as const).map((units) => [units, names[units]] as const)}
        choose={(units) => set({ units })}
      />
      <Choice
        name="Heights above"
        value={state.datum}
        options={DATUMS.map((datum) => [datum, heights[datum]] as const)}
        choose={(datum) => set({ datum })}
      />
      <Choice
        name="Places in"
        value={state.coordinates}
        options={COORDINATES.map((way) => [way, way === "mgrs" ? "MGRS" : "degrees"] as const)}
        choose={(coordinates) => set({ coordinates })}
      />
      <Choice
        name="Time"
        value={state.utc ? "utc" : "local"}
        options={[
          ["utc", "UTC"],
          ["local", "local"],
        ]}
        choose={(clock) => set({ utc: clock === "utc" })}
      />
    </>
  );
}

const COLOUR_WORDS: Record<TrailColour, string> = {
  kind: "identity",
  height: "height",
  speed: "speed",
  class: "class",
  sensor: "sensor",
};

function Trails({ state, commands, set }: SetProps & Props) {
  return (
    <>
      <Choice
        name="Trails"
        value={state.trails}
        options={[
          ["off", "off"],
          ["selected", "selected"],
          ["all", "all"],
        ]}
        choose={(trails) => set({ trails })}
      />
      <Choice
        name="Length"
        value={state.trailSeconds}
        options={TRAIL_LENGTHS.map((seconds) => [seconds, `${seconds} s`] as const)}
        choose={(trailSeconds) => set({ trailSeconds })}
      />
      <Choice
        name="Colour by"
        value={state.trailColour}
        options={TRAIL_COLOURS.map((colour) => [colour, COLOUR_WORDS[colour]] as const)}
        choose={(trailColour) => set({ trailColour })}
      />
      <Tick on={state.persistence} set={() => commands.togglePersistence()}>
        keep trails of tracks that are gone
      </Tick>
      <Legend state={state} commands={commands} />
    </>
  );
}

function steps(limits: readonly number[], write: (value: number) => string, value: (i: number) => number) {
  return [...limits, Infinity].map((limit, i) => {
    const words = i === limits.length ? `${write(limits[i - 1] ?? 0)} and more` : `below ${write(limit)}`;
    return [ramp(value(i), limits), words] as const;
  });
}

/** What the trails' colours mean. */
function Legend({ state: { trailColour, units, site }, commands }: Props) {
  let entries: (readonly [Colour, string])[] = [];
  if (trailColour === "height")
    entries = steps(
      HEIGHT_STEPS,
      (m) => height(m, units),
      (i) => HEIGHT_STEPS[i - 1] ?? 0,
    );
  if (trailColour === "speed")
    entries = steps(
      SPEED_STEPS,
      (v) => speed(v, units),
      (i) => SPEED_STEPS[i - 1] ?? 0,
    );
  if (trailColour === "class")
    entries = [...commands.classesNow(), ""].map((name) => [named(name), name || "not known"]);
  if (trailColour === "sensor") {
    entries = (site?.sensors ?? []).map(({ name }, i) => [ofSensors(1 << i), name] as const);
    entries.push(["label", "several"], ["tentative", "none lately"]);
  }
  if (entries.length === 0) return null;
  return (
    <ul class="trail-legend" aria-label={`Colours of trails by ${COLOUR_WORDS[trailColour]}`}>
      {entries.map(([colour, words]) => (
        <li key={words}>
          <Swatch colour={colour} /> {words}
        </li>
      ))}
    </ul>
  );
}

/** A style attribute set by script, which the page's policy allows. */
function Swatch({ colour }: { colour: Colour }) {
  const line = useRef<HTMLSpanElement>(null);
  useEffect(() => line.current?.style.setProperty("background", `var(--map-${colour})`), [colour]);
  return <span class="swatch" ref={line} aria-hidden="true" />;
}

function Rings({ state: { rings, site, units }, set }: SetProps) {
  const { name, size } = longUnit(units);
  const now = rings ?? site?.rings ?? [];
  const [refused, setRefused] = useState(false);
  const take = (text: string) => {
    const radii = text
      .split(/[\s,;]+/)
      .filter(Boolean)
      .map((word) => Number(word) * size);
    const sound = radii.length <= 12 && radii.every((radius) => radius > 0 && radius <= 1e6);
    setRefused(!sound);
    if (sound) set({ rings: radii });
  };
  return (
    <div class="sheet-rings">
      <label class="sheet-field">
        <span>Range rings</span>
        <input
          value={now.map((radius) => Number((radius / size).toFixed(2))).join(", ")}
          placeholder="none"
          onChange={(event) => take(event.currentTarget.value)}
          aria-invalid={refused}
        />
        <span class="unit">{name}</span>
      </label>
      <button onClick={() => set({ rings: null })} disabled={rings === null}>
        {site?.rings.length ? `Site's own` : "None"}
      </button>
      {refused && (
        <p class="warn" role="alert">
          Give at most 12 radii up to {distance(1e6, units)}, with commas between.
        </p>
      )}
    </div>
  );
}

function Plots({ state: { plots, site }, set }: SetProps) {
  return (
    <label class="sheet-field">
      <span>Raw reports of</span>
      <select value={plots} onChange={(event) => set({ plots: event.currentTarget.value })}>
        <option value="">no sensor</option>
        {(site?.sensors ?? []).map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Views({ commands }: { commands: Commands }) {
  const [, redraw] = useState(0);
  const views = savedViews();
  const [key, setKey] = useState("1");
  return (
    <fieldset class="pick views">
      <legend>Saved views</legend>
      {Object.keys(views).map((digit) => (
        <button
          key={digit}
          type="button"
          onClick={() => commands.recallView(digit)}
          aria-label={`View ${digit}`}
        >
          {digit}
        </button>
      ))}
      <label>
        <span class="visually-hidden">Save this view under</span>
        <select value={key} onChange={(event) => setKey(event.currentTarget.value)}>
          {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
            <option key={digit}>{digit}</option>
          ))}
        </select>
      </label>
      <button
        type="button"
        onClick={() => {
          commands.saveView(key);
          redraw(performance.now());
        }}
      >
        Save this view
      </button>
    </fieldset>
  );
}

/** Files of what the page has seen of tracks. */
function Saving({ state, commands }: Props) {
  const chosen = (state.selected === null ? 0 : 1) + state.marked.size;
  return (
    <>
      <fieldset class="pick">
        <legend>Save selected tracks as</legend>
        {FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            disabled={chosen === 0}
            onClick={() => commands.save(format, "chosen")}
          >
            {format === "geojson" ? "GeoJSON" : format.toUpperCase()}
          </button>
        ))}
      </fieldset>
      <fieldset class="pick">
        <legend>Save all shown tracks as</legend>
        {FORMATS.map((format) => (
          <button key={format} type="button" onClick={() => commands.save(format, "all")}>
            {format === "geojson" ? "GeoJSON" : format.toUpperCase()}
          </button>
        ))}
      </fieldset>
    </>
  );
}
