import { useEffect, useState } from "preact/hooks";
import { duration } from "../format";
import { isQuiet } from "../desk/watch";
import type { State } from "../store";
import type { Commands } from "./commands";

const MUTES = [5, 15, 60];

/** Whether alerts can be heard, in one line that is never wrong; a press opens what can be set. */
export function SoundBar({ state, commands }: { state: State; commands: Commands }) {
  const [open, setOpen] = useState(false);
  const now = useSeconds();
  const { sound } = state;
  const replay = Boolean(state.status?.replay);
  const muted = sound.mutedUntil > now.getTime();
  return (
    <div class={`sound ${state.soundAllowed && !muted ? "" : "off"}`}>
      <div class="sound-line">
        <span class="sound-state" role="status">
          {standing(state, now, replay)}
        </span>
        {!state.soundAllowed && (
          <button class="go" onClick={commands.allowSound}>
            Allow sound
          </button>
        )}
        {state.soundAllowed && muted && <button onClick={() => commands.mute(0)}>Unmute</button>}
        <button aria-expanded={open} onClick={() => setOpen(!open)}>
          Set
        </button>
      </div>
      {open && <Settings state={state} commands={commands} />}
    </div>
  );
}

/** The clock on the wall, once a second: mute counts down by it. */
function useSeconds(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}

function standing(state: State, now: Date, replay: boolean): string {
  const { sound } = state;
  if (!state.soundAllowed) return "Sound is off until you allow it.";
  if (sound.mutedUntil > now.getTime()) {
    return `Sound is muted, ${duration((sound.mutedUntil - now.getTime()) / 1000)} left.`;
  }
  if (replay) return "No sound in a replay.";
  if (sound.volume === 0) return "Sound is off: the volume is 0 %.";
  if (isQuiet(sound, now)) return `Quiet hours until ${sound.quietTo}: only critical alerts sound.`;
  return `Sound on, ${Math.round(sound.volume * 100)} %.`;
}

function Settings({ state, commands }: { state: State; commands: Commands }) {
  const { sound } = state;
  return (
    <div class="sound-settings">
      <label>
        Volume
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={sound.volume}
          aria-valuetext={`${Math.round(sound.volume * 100)} %`}
          onInput={(event) => commands.setSound({ volume: Number(event.currentTarget.value) })}
        />
      </label>
      <div class="choices" role="group" aria-label="Mute">
        <span>Mute for</span>
        {MUTES.map((minutes) => (
          <button key={minutes} onClick={() => commands.mute(minutes)}>
            {minutes} min
          </button>
        ))}
      </div>
      <div class="choices" role="group" aria-label="Try the sounds">
        <span>Try</span>
        {(["advisory", "warning", "critical"] as const).map((severity) => (
          <button key={severity} onClick={() => commands.trySound(severity)}>
            {severity}
          </button>
        ))}
      </div>
      <div class="choices">
        <label>
          Quiet from
          <input
            type="time"
            value={sound.quietFrom}
            onChange={(event) => commands.setSound({ quietFrom: event.currentTarget.value })}
          />
        </label>
        <label>
          to
          <input
            type="time"
            value={sound.quietTo}
            onChange={(event) => commands.setSound({ quietTo: event.currentTarget.value })}
          />
        </label>
        {(sound.quietFrom || sound.quietTo) && (
          <button onClick={() => commands.setSound({ quietFrom: "", quietTo: "" })}>None</button>
        )}
      </div>
      <p class="dim">
        Advisory: two slow notes. Warning: three beats. Critical: rapid triplets, again every ten seconds
        until it is acknowledged. Two rising pairs: advice closes and nobody has answered. In quiet hours,
        local time, only critical alerts sound.
      </p>
    </div>
  );
}
