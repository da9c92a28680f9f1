import type { ComponentChildren } from "preact";
import { dataTime, lossOf, type State, type TabName } from "../store";
import { leftText, unanswered } from "../desk/advice";
import { Advice } from "./advice";
import { Alerts } from "./alerts";
import type { Commands } from "./commands";
import { Deliveries } from "./delivery";
import { Detail } from "./detail";
import { Effectors, isSpent } from "./effectors";
import { Handover } from "./handover";
import { Outlook } from "./outlook";
import { Rules } from "./rules";
import { Sensors } from "./sensors";

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

interface Tab {
  title: string;
  /** A few characters beside the title when something there wants to be seen. */
  badge?(state: State, now: number): string;
  panel(props: Props): ComponentChildren;
}

const notUp = (state: State, now: number): string => {
  if (lossOf(state, now).kind === "server") return "✕";
  const bad = (state.status?.sensors ?? []).filter(({ state }) => state === "stale" || state === "down");
  return bad.length > 0 ? `✕ ${bad.length}` : "";
};

const notSent = ({ status }: State): string => {
  const bad = (status?.deliveries ?? []).filter(({ state }) => state === "failed" || state === "trying");
  return bad.length > 0 ? `✕ ${bad.length}` : "";
};

const off = ({ site, rules }: State): string => {
  const silent = (rules ?? site?.zones ?? []).filter(({ on }) => on === false);
  return silent.length > 0 ? `${silent.length} off` : "";
};

/** How long the first advice that nobody has answered can still be decided on. */
const toDecide = (state: State, now: number): string => {
  const [first, ...others] = unanswered(state.status?.advice);
  if (!first || state.status?.replay) return "";
  const left = leftText(first.t_closes_s, dataTime(state, now) ?? first.t_closes_s);
  return others.length > 0 ? `${others.length + 1}, ${left}` : left;
};

const spent = ({ status }: State): string => {
  const empty = (status?.advice?.effectors ?? []).filter(isSpent);
  return empty.length > 0 ? `✕ ${empty.length}` : "";
};

export const TABS: Readonly<Record<TabName, Tab>> = {
  advice: { title: "Advice", badge: toDecide, panel: (props) => <Advice {...props} /> },
  effectors: { title: "Effectors", badge: spent, panel: (props) => <Effectors {...props} /> },
  track: { title: "Track", panel: (props) => <Detail {...props} /> },
  sensors: { title: "Sensors", badge: notUp, panel: (props) => <Sensors {...props} /> },
  outlook: { title: "Outlook", panel: (props) => <Outlook {...props} /> },
  rules: { title: "Rules", badge: off, panel: (props) => <Rules {...props} /> },
  log: { title: "Log", panel: (props) => <Handover {...props} /> },
  delivery: { title: "Delivery", badge: notSent, panel: (props) => <Deliveries {...props} /> },
};

/** Advice and effectors stand only where the site has any to advise with. */
function namesOf({ status }: State): TabName[] {
  const armed = Boolean(status?.advice);
  const names = Object.keys(TABS) as TabName[];
  return names.filter((name) => armed || (name !== "advice" && name !== "effectors"));
}

/** Alerts always have the upper part; everything else shares the lower, one tab at a time. */
export function Side(props: Props) {
  const { state } = props;
  return (
    <aside class="side" aria-label="Alerts, track and sensors">
      <Alerts {...props} />
      {state.kiosk ? <Wall {...props} /> : <Tabs {...props} />}
    </aside>
  );
}

/** A screen on a wall has nobody to turn tabs. */
function Wall(props: Props) {
  return (
    <div class="tabs">
      <div class="tab-panel" tabIndex={0}>
        {props.state.status?.advice && <Advice {...props} />}
        <Outlook {...props} />
        <Sensors {...props} />
      </div>
    </div>
  );
}

function Tabs(props: Props) {
  const { state, now, commands } = props;
  const names = namesOf(state);
  const tall = state.draft && state.tab === "rules" ? "tall" : state.tab === "advice" ? "deciding" : "";
  return (
    <div class={`tabs ${tall}`}>
      <div
        class="tab-list"
        role="tablist"
        aria-label="More"
        onKeyDown={(event) => turn(event, names, commands)}
      >
        {names.map((name) => {
          const badge = TABS[name].badge?.(state, now);
          return (
            <button
              key={name}
              id={`tab-${name}`}
              role="tab"
              aria-selected={state.tab === name}
              aria-controls="tab-panel"
              tabIndex={state.tab === name ? 0 : -1}
              onClick={() => commands.openTab(name)}
            >
              {TABS[name].title}
              {badge && <span class="badge-count">{badge}</span>}
            </button>
          );
        })}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${state.tab}`}>
        {TABS[state.tab].panel(props)}
      </div>
    </div>
  );
}

/** Left and right go from tab to tab. */
function turn(event: KeyboardEvent, names: readonly TabName[], commands: Commands): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const list = event.currentTarget as HTMLElement;
  const at = names.findIndex((name) => list.querySelector(`#tab-${name}`) === document.activeElement);
  if (!step || at < 0) return;
  const next = names[(at + step + names.length) % names.length] ?? "track";
  event.preventDefault();
  event.stopPropagation(); // else the map would move
  commands.openTab(next);
  list.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
}
