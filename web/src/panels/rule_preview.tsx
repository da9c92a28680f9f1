import { elsewhere, reasons, summary, terms, type Judged, type Foresight } from "../desk/preview";
import type { Commands } from "./commands";

/** So many of each kind are told of one by one. */
const TOLD = 6;

interface Props {
  preview: Foresight;
  commands: Commands;
}

/** What the rule that is being written would do with the tracks of now: whom it calls, and why not the others. */
export function RulePreview({ preview: { answer, why, stale }, commands }: Props) {
  const judged = answer?.judged ?? [];
  const called = judged.filter(({ calls }) => calls);
  const others = judged.filter(({ calls }) => !calls);
  return (
    <section
      class={`rule-preview ${stale ? "is-stale" : ""}`}
      aria-label="What it would do now"
      aria-busy={stale}
    >
      {!answer && <p class={why ? "warn" : "hint"}>{why || "Asking what it would do now…"}</p>}
      {answer && (
        <>
          <p class="preview-summary" aria-live="polite">
            {summary(answer)}
          </p>
          {!answer.on && <p class="warn">As things stand it would be off, and call nothing.</p>}
          <Tracks tracks={called} all={answer.called} commands={commands} />
          {others.length > 0 && (
            <>
              <p class="preview-others">Near, and not called</p>
              <Tracks
                tracks={others}
                all={answer.tracks - answer.called - answer.elsewhere}
                commands={commands}
              />
            </>
          )}
          <p class="basis">
            {elsewhere(answer)}
            {terms(answer)}
          </p>
        </>
      )}
    </section>
  );
}

interface TracksProps {
  tracks: readonly Judged[];
  all: number;
  commands: Commands;
}

function Tracks({ tracks, all, commands }: TracksProps) {
  const told = tracks.slice(0, TOLD);
  if (told.length === 0) return null;
  return (
    <ul class="preview-tracks">
      {told.map((one) => (
        <li key={one.track} class={one.calls ? "calls" : ""} data-judged={one.track}>
          <button type="button" onClick={() => commands.select(one.track)}>
            T{one.track}
          </button>
          <span>
            {one.calls ? one.sentence : `${reasons(one)}.`}
            {one.alert && " It has its alert already."}
          </span>
        </li>
      ))}
      {all > told.length && <li class="dim">and {all - told.length} more</li>}
    </ul>
  );
}
