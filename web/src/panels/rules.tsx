import { useEffect, useState } from "preact/hooks";
import { barred } from "../desk/act";
import { DATUMS } from "../desk/draft";
import { distance, number, percent } from "../format";
import type { Zone } from "../messages";
import type { State } from "../store";
import type { Commands } from "./commands";
import { RuleForm } from "./rule_form";

interface Props {
  state: State;
  commands: Commands;
}

/** What alarms: the rules of the site file and those of operators, which are on, and a form for new ones. */
export function Rules({ state, commands }: Props) {
  const rules = state.rules ?? state.site?.zones ?? [];
  const failed = state.doing["rules"];
  useEffect(() => void commands.loadRules(), []);
  if (state.draft) return <RuleForm draft={state.draft} state={state} commands={commands} />;
  return (
    <section class="rules" aria-label="Rules">
      {failed?.state === "failed" && <p class="warn">{failed.why}</p>}
      {rules.length === 0 && <p class="empty">No rule is defined, so nothing can alarm.</p>}
      <ul class="rule-list">
        {rules.map((rule) => (
          <RuleRow key={rule.name} rule={rule} state={state} commands={commands} />
        ))}
      </ul>
      {barred(state) ? (
        <p class="barred">{barred(state)}</p>
      ) : (
        <button class="go" onClick={() => commands.draftRule()}>
          New rule
        </button>
      )}
    </section>
  );
}

function RuleRow({ rule, state, commands }: Props & { rule: Zone }) {
  const [asking, setAsking] = useState(false);
  const on = rule.on !== false;
  const doing = state.doing[`rule ${rule.name}`];
  return (
    <li class={`rule ${rule.severity} ${on ? "" : "is-off"}`} data-rule={rule.name}>
      <div class="rule-line">
        <span class="rule-name">{rule.name}</span>
        <span class="severity">{rule.severity}</span>
        <span class={`rule-state ${on ? "" : "warn"}`}>{on ? "on" : "OFF"}</span>
      </div>
      <p class="basis">{terms(rule).join(" · ")}</p>
      {!barred(state) && !asking && (
        <div class="doings">
          <button onClick={() => setAsking(true)} disabled={doing?.state === "sending"}>
            Switch {on ? "off" : "on"}
          </button>
          {rule.source === "operator" && <button onClick={() => commands.draftRule(rule)}>Change</button>}
        </div>
      )}
      {asking && <SwitchForm rule={rule} on={!on} commands={commands} done={() => setAsking(false)} />}
      {doing?.state === "failed" && (
        <p class="warn" role="status">
          {doing.why}
        </p>
      )}
    </li>
  );
}

interface SwitchProps {
  rule: Zone;
  on: boolean;
  commands: Commands;
  done(): void;
}

/** Nobody switches a rule without saying why. */
function SwitchForm({ rule, on, commands, done }: SwitchProps) {
  const [note, setNote] = useState("");
  return (
    <form
      class="alert-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!note.trim()) return;
        void commands
          .perform({ act: "switch", rule: rule.name, on, note: note.trim() })
          .then((obeyed) => void (obeyed && commands.loadRules()));
        done();
      }}
    >
      <label>
        Reason
        <input
          required
          autofocus
          value={note}
          maxLength={2000}
          autocomplete="off"
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      {!on && <p class="warn">While it is off, nothing that enters {rule.name} alarms.</p>}
      <div class="form-ends">
        <button type="submit" class="go">
          Switch {on ? "on" : "off"}
        </button>
        <button type="button" onClick={done}>
          Back
        </button>
      </div>
    </form>
  );
}

/** Where, whom, when and how surely, in a few words each. */
export function terms(rule: Zone): string[] {
  const shape = rule.center
    ? `circle of ${distance(rule.radius)}`
    : rule.corridor
      ? `corridor, ${distance(rule.width)} wide`
      : `polygon, ${rule.polygon.length} corners`;
  const { speed_from: from = null, speed_to: to = null, klass = {} } = rule;
  const words = [shape, `${number(rule.floor)} to ${number(rule.ceiling)} m ${DATUMS[rule.datum ?? "site"]}`];
  if (from !== null && to !== null) words.push(`${number(from)} to ${number(to)} m/s`);
  else if (from !== null) words.push(`from ${number(from)} m/s`);
  else if (to !== null) words.push(`up to ${number(to)} m/s`);
  for (const [name, least] of Object.entries(klass)) words.push(`${name} from ${percent(least)}`);
  if (rule.hours) words.push(`${rule.hours} ${rule.time_zone ?? "UTC"}`);
  if (typeof rule.probability === "number") words.push(`from ${percent(rule.probability)}`);
  if (typeof rule.within_s === "number") words.push(`within ${number(rule.within_s)} s`);
  if (rule.clears === false) words.push("stays until closed");
  words.push(rule.source === "operator" ? "an operator's" : "of the site file");
  return words;
}
