import { useState } from "preact/hooks";
import { missing, places, ruleOf, SHAPES, type Datum, type Draft, type ShapeName } from "../desk/draft";
import type { SeverityName } from "../messages";
import type { State } from "../store";
import type { Commands } from "./commands";
import { RulePreview } from "./rule_preview";

interface Props {
  draft: Draft;
  state: State;
  commands: Commands;
}

/** A rule as an operator writes it: drawn on the map or typed, refused in sentences by the server. */
export function RuleForm({ draft, state, commands }: Props) {
  const [tried, setTried] = useState(false);
  const doing = state.doing[`rule ${draft.name.trim()}`];
  const lack = missing(draft);
  const send = async () => {
    setTried(true);
    if (lack) return;
    const rule = ruleOf(draft);
    if (await commands.perform({ act: "rule", rule })) {
      commands.draft(null);
      void commands.loadRules();
    }
  };
  return (
    <form
      class="rule-form"
      aria-label={draft.replaces ? `Change ${draft.name}` : "New rule"}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div class="form-row">
        <Text draft={draft} commands={commands} name="name" label="Name" fixed={draft.replaces} />
        <Choice
          label="Severity"
          value={draft.severity}
          options={{ critical: "critical", warning: "warning", advisory: "advisory" }}
          choose={(severity) => commands.draft({ severity: severity as SeverityName })}
        />
      </div>
      <Shape draft={draft} commands={commands} />
      <Band draft={draft} commands={commands} />
      <Conditions draft={draft} commands={commands} />
      {state.preview && <RulePreview preview={state.preview} commands={commands} />}
      {tried && lack && (
        <p class="warn" role="alert">
          {lack}
        </p>
      )}
      {doing?.state === "failed" && (
        <p class="warn" role="alert">
          {doing.why}
        </p>
      )}
      <div class="form-ends">
        <button type="submit" class="go" disabled={doing?.state === "sending"}>
          {doing?.state === "sending" ? "Sending…" : draft.replaces ? "Change the rule" : "Add the rule"}
        </button>
        <button type="button" onClick={() => commands.draft(null)}>
          Discard
        </button>
      </div>
    </form>
  );
}

type Part = Omit<Props, "state">;

const HINTS: Record<ShapeName, string> = {
  circle: "Click its centre, then how far it reaches.",
  polygon: "Click corner by corner; a double click sets the last.",
  corridor: "Click along its middle; a double click sets the last point.",
};

function Shape({ draft, commands }: Part) {
  return (
    <fieldset>
      <legend>Where</legend>
      <div class="choices" role="radiogroup" aria-label="Shape">
        {SHAPES.map((shape) => (
          <button
            key={shape}
            type="button"
            role="radio"
            aria-checked={draft.shape === shape}
            onClick={() =>
              draft.shape !== shape && commands.draft({ shape, points: "", size: "", drawing: true })
            }
          >
            {shape}
          </button>
        ))}
      </div>
      <div class="choices">
        <button
          type="button"
          class={draft.drawing ? "on" : ""}
          aria-pressed={draft.drawing}
          onClick={() => commands.draft({ drawing: !draft.drawing })}
        >
          {draft.drawing ? "Stop drawing" : "Draw on the map"}
        </button>
        {places(draft.points).length > 0 && (
          <>
            <button type="button" onClick={commands.drawBack}>
              Last point back
            </button>
            <button type="button" onClick={() => commands.draft({ points: "", size: "" })}>
              Clear
            </button>
          </>
        )}
      </div>
      {draft.drawing && (
        <p class="hint" role="status">
          {HINTS[draft.shape]}
        </p>
      )}
      <label>
        {draft.shape === "circle" ? "Centre" : "Points"}, latitude, longitude in degrees
        <textarea
          rows={draft.shape === "circle" ? 1 : 4}
          value={draft.points}
          spellcheck={false}
          onInput={(event) => commands.draft({ points: event.currentTarget.value })}
        />
      </label>
      {draft.shape !== "polygon" && (
        <Text
          draft={draft}
          commands={commands}
          name="size"
          label={draft.shape === "circle" ? "Radius, m" : "Width, m"}
        />
      )}
    </fieldset>
  );
}

function Band({ draft, commands }: Part) {
  return (
    <fieldset>
      <legend>Height</legend>
      <div class="form-row">
        <Text draft={draft} commands={commands} name="floor" label="From, m" hint="-500" />
        <Text draft={draft} commands={commands} name="ceiling" label="To, m" hint="3000" />
        <Choice
          label="Above"
          value={draft.datum}
          options={{ site: "the site", agl: "the ground, AGL", msl: "the sea, MSL" }}
          choose={(datum) => commands.draft({ datum: datum as Datum })}
        />
      </div>
    </fieldset>
  );
}

function Conditions({ draft, commands }: Part) {
  const field = (name: TextName, label: string, hint: string) => (
    <Text draft={draft} commands={commands} name={name} label={label} hint={hint} />
  );
  return (
    <details class="conditions">
      <summary>Whom, when, how surely</summary>
      <div class="form-row">
        {field("speedFrom", "Speed from, m/s", "any")}
        {field("speedTo", "to, m/s", "any")}
      </div>
      {field("klass", "Classes and least probability", "any, or: drone 0.6, bird 0.9")}
      <div class="form-row">
        {field("hours", "Hours", "always, or 22:00-05:00")}
        {field("timeZone", "Time zone", "UTC")}
      </div>
      <div class="form-row">
        {field("probability", "Probability from", "as the site")}
        {field("within", "Within, s", "as the site")}
      </div>
      <div class="form-row">
        {field("confirm", "Holds for, s", "as the site")}
        {field("remind", "Remind after, s", "as the site")}
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={draft.clears}
          onChange={(event) => commands.draft({ clears: event.currentTarget.checked })}
        />
        Closes by itself when its cause has gone
      </label>
    </details>
  );
}

type TextName = {
  [K in keyof Draft]: Draft[K] extends string ? K : never;
}[keyof Draft];

interface TextProps extends Part {
  name: TextName;
  label: string;
  hint?: string;
  fixed?: boolean;
}

function Text({ draft, commands, name, label, hint = "", fixed = false }: TextProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        value={draft[name]}
        placeholder={hint}
        readOnly={fixed}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => commands.draft({ [name]: event.currentTarget.value })}
      />
    </label>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: Readonly<Record<string, string>>;
  choose(value: string): void;
}

function Choice({ label, value, options, choose }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {Object.entries(options).map(([key, words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
