import { useState } from "preact/hooks";
import { clock, duration } from "../format";
import type { Replay } from "../messages";
import { dataTime, type State } from "../store";
import type { Commands } from "./commands";

const SPEEDS = [0.5, 1, 2, 5, 10, 30, 60];

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

export function ReplayBar({ state, now, commands }: Props) {
  const replay = state.status?.replay;
  if (!replay) return null;
  return <Bar replay={replay} state={state} now={now} commands={commands} />;
}

function Bar({ replay, state, now, commands }: Props & { replay: Replay }) {
  /** Where the hand holds the slider; null when it is let go. */
  const [held, setHeld] = useState<number | null>(null);
  const { t_begin_s: begin, t_end_s: end } = replay;
  const t = held ?? Math.min(end, Math.max(begin, dataTime(state, now) ?? begin));
  const written = (moment: number) => (state.elapsed ? duration(moment - begin) : clock(moment, state.utc));
  return (
    <div class="replay" role="group" aria-label="Replay">
      <button
        class="step"
        onClick={() => commands.step(-10)}
        aria-label="Back 10 s"
        title="Back 10 s (Shift ←)"
      >
        −10
      </button>
      <button
        class="icon play"
        aria-label={replay.playing ? "Pause" : "Play"}
        title={`${replay.playing ? "Pause" : "Play"} (Space)`}
        onClick={commands.playPause}
      >
        {replay.playing ? "❚❚" : "▶"}
      </button>
      <button
        class="step"
        onClick={() => commands.step(10)}
        aria-label="Forward 10 s"
        title="Forward 10 s (Shift →)"
      >
        +10
      </button>
      <button
        class="replay-time"
        onClick={commands.toggleElapsed}
        title={
          state.elapsed
            ? "Since the begin; show the time of day"
            : "Time of day; show the time since the begin"
        }
      >
        {written(t)}
      </button>
      <div class="slider">
        <Density replay={replay} />
        <LoopBand state={state} replay={replay} />
        <Marks replay={replay} state={state} commands={commands} />
        <input
          type="range"
          aria-label="Time in the recording"
          aria-valuetext={clock(t, state.utc)}
          min={begin}
          max={end}
          step={1}
          value={t}
          onInput={(event) => setHeld(Number(event.currentTarget.value))}
          onChange={(event) => {
            setHeld(null);
            commands.replay({ action: "seek", t_s: Number(event.currentTarget.value) });
          }}
        />
      </div>
      <span class="replay-time dim">{written(end)}</span>
      <Speed replay={replay} commands={commands} />
      <LoopButton state={state} commands={commands} />
      <button class="wide" onClick={commands.linkMoment} title="Pause, and make a link to this moment">
        Link
      </button>
      {/* Only where there is a present to go back to. */}
      {state.mode !== "replay" && (
        <button class="live" onClick={() => commands.replay({ action: "live" })}>
          LIVE
        </button>
      )}
    </div>
  );
}

function share(moment: number, { t_begin_s: begin, t_end_s: end }: Replay): number {
  return (100 * (moment - begin)) / Math.max(1e-9, end - begin);
}

/** How much was going on: the bytes recorded in equal parts of the recording, by their square root. */
function Density({ replay: { density } }: { replay: Replay }) {
  const most = Math.max(1, ...density);
  const high = (bytes: number) => 14 - 14 * Math.sqrt(bytes / most);
  const tops = density.map(
    (bytes, i) => `L${i} ${high(bytes).toFixed(1)}L${i + 1} ${high(bytes).toFixed(1)}`,
  );
  return (
    <svg
      class="density"
      viewBox={`0 0 ${Math.max(1, density.length)} 14`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={`M0 14${tops.join("")}L${density.length} 14Z`} />
    </svg>
  );
}

function Marks({ replay, state, commands }: { replay: Replay; state: State; commands: Commands }) {
  const { t_begin_s: begin, t_end_s: end } = replay;
  return (
    <div class="marks">
      {replay.marks_s
        .filter((mark) => mark >= begin && mark <= end)
        .map((mark, i) => (
          <button
            key={i}
            class="mark"
            style={{ left: `${share(mark, replay)}%` }}
            title={`Alert at ${clock(mark, state.utc)}`}
            aria-label={`Go to the alert at ${clock(mark, state.utc)}`}
            onClick={() => commands.replay({ action: "seek", t_s: mark })}
          />
        ))}
    </div>
  );
}

function LoopBand({ state: { loop }, replay }: { state: State; replay: Replay }) {
  if (!loop) return null;
  const [from, to] = [share(loop.a, replay), share(loop.b ?? loop.a, replay)];
  return (
    <div class="band-holder" aria-hidden="true">
      <div class="band" style={{ left: `${from}%`, width: `${Math.max(0, to - from)}%` }} />
    </div>
  );
}

function Speed({ replay, commands }: { replay: Replay; commands: Commands }) {
  const all = SPEEDS.includes(replay.speed) ? SPEEDS : [...SPEEDS, replay.speed].sort((a, b) => a - b);
  return (
    <select
      aria-label="Speed"
      value={String(replay.speed)}
      onChange={(event) => commands.replay({ action: "speed", speed: Number(event.currentTarget.value) })}
    >
      {all.map((speed) => (
        <option key={speed} value={String(speed)}>
          {speed}×
        </option>
      ))}
    </select>
  );
}

/** Three presses: from here; to here; no more. */
function LoopButton({ state: { loop }, commands }: { state: State; commands: Commands }) {
  const [words, title] = !loop
    ? ["A–B", "Play a part again and again: begin it here"]
    : loop.b === null
      ? ["A–…", "End the part here"]
      : ["A–B ✕", "Play on as usual"];
  return (
    <button
      class="loop wide"
      aria-pressed={loop !== null}
      onClick={commands.cycleLoop}
      title={title}
      aria-label={title}
    >
      {words}
    </button>
  );
}
