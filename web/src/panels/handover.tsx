import { useEffect, useState } from "preact/hooks";
import { barred } from "../desk/act";
import { ALL, csv, KINDS, matching, type Entry, type LogFilter } from "../desk/log";
import { clock, day } from "../format";
import type { State } from "../store";
import type { Commands } from "./commands";

/** Rows on the screen; the export has all. */
const SHOWN = 200;
const AGAIN_MS = 5_000;

interface Props {
  state: State;
  commands: Commands;
}

/** What people did and said, the newest first: what the next watch has to know. */
export function Handover({ state, commands }: Props) {
  const [filter, setFilter] = useState<LogFilter>(ALL);
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    void commands.loadLog();
    const timer = window.setInterval(() => void commands.loadLog(), AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  const failed = state.doing["log"];
  const entries = state.log ?? [];
  const found = matching(entries, filter);
  return (
    <section class="log" aria-label="Hand-over log">
      {!barred(state) && <Remark state={state} commands={commands} />}
      <Filters entries={entries} filter={filter} set={setFilter} />
      {failed?.state === "failed" && <p class="warn">{failed.why}</p>}
      {found.length === 0 && (
        <p class="empty">{state.log === null ? "Waiting for the server." : "No entry."}</p>
      )}
      <Rows entries={found.slice(0, SHOWN)} utc={state.utc} />
      {found.length > SHOWN && <p class="dim">{found.length - SHOWN} more; the export has all.</p>}
      {found.length > 0 && (
        <div class="form-ends">
          <button onClick={() => download(found)}>Export CSV</button>
          <button onClick={() => setPrinting(true)}>Print</button>
        </div>
      )}
      {printing && <Paper state={state} entries={found} done={() => setPrinting(false)} />}
    </section>
  );
}

function Rows({ entries, utc }: { entries: readonly Entry[]; utc: boolean }) {
  return (
    <ol class="log-list">
      {entries.map((entry, index) => (
        <li key={`${entry.t_s} ${index}`} class={`entry entry-${entry.act}`}>
          <span class="dim" title={day(entry.t_s, utc)}>
            {clock(entry.t_s, utc)}
          </span>{" "}
          <b>{entry.by}</b> <span class="entry-text">{entry.text}</span>
          {entry.note && (
            <>
              {" "}
              <q>{entry.note}</q>
            </>
          )}
        </li>
      ))}
    </ol>
  );
}

function Remark({ state, commands }: Props) {
  const [text, setText] = useState("");
  const doing = state.doing["remark"];
  return (
    <form
      class="remark"
      onSubmit={(event) => {
        event.preventDefault();
        if (!text.trim()) return;
        void commands.perform({ act: "remark", text: text.trim() }).then((obeyed) => {
          if (!obeyed) return;
          setText("");
          void commands.loadLog();
        });
      }}
    >
      <label>
        Remark for the next watch
        <textarea
          rows={2}
          value={text}
          maxLength={2000}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="go" disabled={!text.trim() || doing?.state === "sending"}>
        Add
      </button>
      {doing?.state === "failed" && (
        <p class="warn" role="status">
          {doing.why}
        </p>
      )}
    </form>
  );
}

interface FiltersProps {
  entries: readonly Entry[];
  filter: LogFilter;
  set(filter: LogFilter): void;
}

function Filters({ entries, filter, set }: FiltersProps) {
  const people = [...new Set(entries.map(({ by }) => by))].sort((a, b) => a.localeCompare(b));
  const kinds = [...new Set(entries.map(({ act }) => act))].sort();
  if (entries.length === 0) return null;
  return (
    <div class="log-filter">
      <select
        aria-label="Kind"
        value={filter.kind}
        onChange={(event) => set({ ...filter, kind: event.currentTarget.value })}
      >
        <option value="">everything</option>
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {KINDS[kind] ?? kind}
          </option>
        ))}
      </select>
      <select
        aria-label="Person"
        value={filter.by}
        onChange={(event) => set({ ...filter, by: event.currentTarget.value })}
      >
        <option value="">everybody</option>
        {people.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label="Words"
        placeholder="words"
        value={filter.text}
        onInput={(event) => set({ ...filter, text: event.currentTarget.value })}
      />
    </div>
  );
}

function download(entries: readonly Entry[]): void {
  const link = document.createElement("a");
  // The mark at the front tells spreadsheets that the text is UTF-8.
  link.href = URL.createObjectURL(new Blob(["\ufeff", csv(entries)], { type: "text/csv;charset=utf-8" }));
  link.download = `handover-${day(entries[0]?.t_s, true)}.csv`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What is printed: the page's own style for paper hides the rest. */
function Paper({ state, entries, done }: { state: State; entries: readonly Entry[]; done(): void }) {
  useEffect(() => {
    window.addEventListener("afterprint", done, { once: true });
    window.print();
    return () => window.removeEventListener("afterprint", done);
  }, []);
  const zone = state.utc ? "UTC" : "local time";
  return (
    <div class="paper">
      <h2>Hand-over log, {state.site?.name}</h2>
      <p>
        {entries.length} entries, {day(entries.at(-1)?.t_s, state.utc)} to {day(entries[0]?.t_s, state.utc)},{" "}
        {zone}.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Person</th>
            <th scope="col">What</th>
          </tr>
        </thead>
        <tbody>
          {[...entries].reverse().map((entry, index) => (
            <tr key={index}>
              <td>
                {day(entry.t_s, state.utc)} {clock(entry.t_s, state.utc)}
              </td>
              <td>{entry.by}</td>
              <td>
                {entry.text}
                {entry.note && `: ${entry.note}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
