import type { ComponentChildren } from "preact";
import { lossOf, type State, type TabName } from "../store";
import { Alerts } from "./alerts";
import type { Commands } from "./commands";
import { Deliveries } from "./delivery";
import { Detail } from "./detail";
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

export const TABS: Readonly<Record<TabName, Tab>> = {
  track: { title: "Track", panel: (props) => <Detail {...props} /> },
  sensors: { title: "Sensors", badge: notUp, panel: (props) => <Sensors {...props} /> },
  outlook: { title: "Outlook", panel: (props) => <Outlook {...props} /> },
  rules: { title: "Rules", badge: off, panel: (props) => <Rules {...props} /> },
  log: { title: "Log", panel: (props) => <Handover {...props} /> },
  delivery: { title: "Delivery", badge: notSent, panel: (props) => <Deliveries {...props} /> },
};

const NAMES = Object.keys(TABS) as TabName[];

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
        <Outlook {...props} />
        <Sensors {...props} />
      </div>
    </div>
  );
}

function Tabs(props: Props) {
  const { state, now, commands } = props;
  return (
    <div class={`tabs ${state.draft && state.tab === "rules" ? "tall" : ""}`}>
      <div class="tab-list" role="tablist" aria-label="More" onKeyDown={(event) => turn(event, commands)}>
        {NAMES.map((name) => {
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
function turn(event: KeyboardEvent, commands: Commands): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const list = event.currentTarget as HTMLElement;
  const at = NAMES.findIndex((name) => list.querySelector(`#tab-${name}`) === document.activeElement);
  if (!step || at < 0) return;
  const next = NAMES[(at + step + NAMES.length) % NAMES.length] ?? "track";
  event.preventDefault();
  event.stopPropagation(); // else the map would move
  commands.openTab(next);
  list.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
}
