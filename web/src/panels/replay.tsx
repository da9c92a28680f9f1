import { useState } from "preact/hooks";
import { clock, duration } from "../format";
import { dataTime, type State } from "../store";
import type { Commands } from "./commands";

const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60];

export function ReplayBar({ state, now, commands }: { state: State; now: number; commands: Commands }) {
  /** Where the hand holds the slider; null when it is let go. */
  const [held, setHeld] = useState<number | null>(null);
  const replay = state.status?.replay;
  if (!replay) return null;
  const { t_begin_s: begin, t_end_s: end } = replay;
  const t = held ?? Math.min(end, Math.max(begin, dataTime(state, now) ?? begin));
  const at = (moment: number) => `${(100 * (moment - begin)) / Math.max(1e-9, end - begin)}%`;
  return (
    <div class="replay" role="group" aria-label="Replay">
      <button
        class="icon play"
        aria-label={replay.playing ? "Pause" : "Play"}
        title={`${replay.playing ? "Pause" : "Play"} (Space)`}
        onClick={() => commands.replay({ action: replay.playing ? "pause" : "play" })}
      >
        {replay.playing ? "❚❚" : "▶"}
      </button>
      <span class="replay-time">{duration(t - begin)}</span>
      <div class="slider">
        <div class="marks">
          {replay.marks_s
            .filter((mark) => mark >= begin && mark <= end)
            .map((mark, i) => (
              <button
                key={i}
                class="mark"
                style={{ left: at(mark) }}
                title={`Alert at ${clock(mark, state.utc)}`}
                aria-label={`Go to the alert at ${clock(mark, state.utc)}`}
                onClick={() => commands.replay({ action: "seek", t_s: mark })}
              />
            ))}
        </div>
        <input
          type="range"
          aria-label="Time in the recording"
          aria-valuetext={clock(t, state.utc)}
          min={begin}
          max={end}
          step={1}
          value={t}
          style={{ "--done": at(t) }}
          onInput={(event) => setHeld(Number(event.currentTarget.value))}
          onChange={(event) => {
            setHeld(null);
            commands.replay({ action: "seek", t_s: Number(event.currentTarget.value) });
          }}
        />
      </div>
      <span class="replay-time dim">{duration(end - begin)}</span>
      <select
        aria-label="Speed"
        value={String(replay.speed)}
        onChange={(event) => commands.replay({ action: "speed", speed: Number(event.currentTarget.value) })}
      >
        {(SPEEDS.includes(replay.speed) ? SPEEDS : [...SPEEDS, replay.speed].sort((a, b) => a - b)).map(
          (speed) => (
            <option key={speed} value={String(speed)}>
              {speed}×
            </option>
          ),
        )}
      </select>
      <button class="live" onClick={() => commands.replay({ action: "live" })}>
        LIVE
      </button>
    </div>
  );
}
