import { age, clock, day } from "../format";
import { dataAge, dataTime, type State } from "../store";
import type { Commands } from "./commands";
import { Posture } from "./posture";

const MODES: Record<string, string> = { live: "LIVE", demo: "DEMO", exercise: "EXERCISE", replay: "REPLAY" };

export function Header({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  const { site, mode, status, utc } = state;
  return (
    <header class="header">
      <span class="brand">VEDETTE</span>
      <h1 class="site" title={site?.name}>
        {site?.name ?? "Connecting…"}
      </h1>
      {site?.fictional && (
        <span class="badge badge-fictional" title="This site's layout is invented.">
          FICTIONAL LAYOUT
        </span>
      )}
      {mode && <span class={`badge badge-mode mode-${mode}`}>{MODES[mode] ?? mode.toUpperCase()}</span>}
      <Posture state={state} commands={commands} />
      <span class="spacer" />
      {status && (
        <span class="counts">
          <b>{status.tracks}</b> {status.tracks === 1 ? "track" : "tracks"}{" "}
          {status.tentative > 0 && <span class="dim">+ {status.tentative} tentative</span>}
        </span>
      )}
      <DataAge state={state} now={now} />
      <button class="clock" onClick={commands.toggleClock} title="UTC or local time (U)">
        <span class="clock-day">{day(dataTime(state, now), utc)}</span>
        <span class="clock-time">{clock(dataTime(state, now), utc)}</span>
        <span class="clock-zone">{utc ? "UTC" : "local"}</span>
      </button>
      <button class="icon" onClick={() => commands.help(true)} aria-label="Help and symbols" title="Help (?)">
        ?
      </button>
    </header>
  );
}

function DataAge({ state, now }: { state: State; now: number }) {
  const seconds = dataAge(state, now);
  if (seconds === null) return null;
  const level = seconds < 5 ? "fresh" : seconds < 15 ? "ageing" : "old";
  return (
    <span class={`data-age ${level}`} title="Time since the newest data of any sensor">
      data age <b>{seconds < 10 ? `${seconds.toFixed(1)} s` : age(seconds)}</b>
    </span>
  );
}
