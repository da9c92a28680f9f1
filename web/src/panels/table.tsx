import { useMemo, useRef, useState } from "preact/hooks";
import { affiliationOf } from "../filter";
import { course, distance, height, number, percent, speed } from "../format";
import { Status } from "../frame";
import { DATUM_NAMES, heightIn } from "../heights";
import { nameOf } from "../overlay/labels";
import { SEVERITIES } from "../palette";
import type { State } from "../store";
import { COLUMNS, type Column, type Order, type Row } from "../tracklist";
import type { Commands } from "./commands";
import { Tick } from "./sheet";

const LIMIT = 50;
const MORE = 200;
const HEADS: Record<Column, string> = {
  name: "Track",
  class: "Class",
  height: "Height",
  speed: "Speed",
  range: "Range",
  bearing: "Bearing",
  existence: "Real",
  age: "Age",
};
const TITLES: Partial<Record<Column, string>> = {
  range: "From the site",
  bearing: "From the site",
  existence: "Probability that it is real",
  age: "Since its last report",
};
/** The table is made anew this often, however often the page is drawn. */
const FRESH_MS = 1000;

interface Props {
  state: State;
  now: number;
  commands: Commands;
}

export function TrackTable({ state, now, commands }: Props) {
  const [order, setOrder] = useState<Order>({ column: "range", descending: false });
  const [search, setSearch] = useState("");
  const [limit, setLimit] = useState(LIMIT);
  const second = Math.floor(now / FRESH_MS);
  const { rows, total } = useMemo(
    () => commands.listTracks(order, search, limit),
    [second, order, search, limit, state.filter, state.hidden],
  );
  const sort = (column: Column) =>
    setOrder({ column, descending: order.column === column ? !order.descending : false });
  return (
    <>
      <div class="table-tools">
        <label>
          <span class="visually-hidden">Search tracks</span>
          <input
            type="search"
            placeholder="callsign, T12, class"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <Tick on={state.filter.inView} set={(inView) => commands.filter({ inView })}>
          in view only
        </Tick>
        <span class="count" role="status">
          {total} {total === 1 ? "track" : "tracks"}
          {state.hidden.size > 0 && `, ${state.hidden.size} hidden`}
        </span>
      </div>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Table of tracks">
        <table>
          <Head order={order} sort={sort} datum={DATUM_NAMES[state.datum]} />
          <Body rows={rows} state={state} commands={commands} />
        </table>
        {rows.length === 0 && (
          <p class="empty">{search ? "No track matches the search." : "No track is left to list."}</p>
        )}
        {total > rows.length && (
          <p class="more">
            <button onClick={() => setLimit(Math.min(limit + 150, MORE))} disabled={limit >= MORE}>
              {total - rows.length} more
            </button>
            {limit >= MORE && <span class="dim"> Search or sort to find others.</span>}
          </p>
        )}
      </div>
    </>
  );
}

function Head({ order, sort, datum }: { order: Order; sort: (column: Column) => void; datum: string }) {
  return (
    <thead>
      <tr>
        {COLUMNS.map((column) => {
          const sorted = order.column === column;
          const way = !sorted ? "none" : order.descending ? "descending" : "ascending";
          return (
            <th key={column} scope="col" aria-sort={way} class={`col-${column}`}>
              <button onClick={() => sort(column)} title={column === "height" ? datum : TITLES[column]}>
                {HEADS[column]}
                <span aria-hidden="true">{!sorted ? "" : order.descending ? " ↓" : " ↑"}</span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function Body({ rows, state, commands }: { rows: readonly Row[]; state: State; commands: Commands }) {
  const body = useRef<HTMLTableSectionElement>(null);
  /** Up and down walk through the rows. */
  const walk = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const buttons = [...(body.current?.querySelectorAll<HTMLElement>("th button") ?? [])];
    const at = buttons.indexOf(event.target as HTMLElement);
    if (step === 0 || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
  };
  return (
    <tbody ref={body} onKeyDown={walk}>
      {rows.map((row) => (
        <Line key={row.record.id} row={row} state={state} commands={commands} />
      ))}
    </tbody>
  );
}

const WORDS = ["tentative", "", "coasting", "dropped"];

function Line({ row, state, commands }: { row: Row; state: State; commands: Commands }) {
  const { record, range, bearing } = row;
  const { units, datum, selected, marked, site } = state;
  const chosen = record.id === selected || marked.has(record.id);
  const side = affiliationOf(record);
  const severity = SEVERITIES[record.severity] ?? "none";
  const choose = (event: MouseEvent) => {
    if (event.shiftKey || event.ctrlKey || event.metaKey) return commands.toggleMark(record.id);
    commands.select(record.id);
    commands.goTo(record.latitude, record.longitude);
  };
  return (
    <tr class={`${chosen ? "chosen" : ""} ${severity}`} data-track={record.id} onClick={choose}>
      <th scope="row">
        <button aria-pressed={chosen} aria-label={`Show ${nameOf(record)} on the map`}>
          {record.severity > 0 && <b class="mark">{"!".repeat(record.severity)} </b>}
          {nameOf(record)}
        </button>
        {side !== "unknown" && <span class={`side-word ${side}`}> {side}</span>}
        {record.status !== Status.confirmed && <span class="dim"> {WORDS[record.status]}</span>}
      </th>
      <td class="col-class">{record.klass || <span class="dim">–</span>}</td>
      <td>{height(heightIn(datum, record, site?.height ?? 0), units)}</td>
      <td>{speed(record.speed, units)}</td>
      <td>{distance(range, units)}</td>
      <td>{course(bearing)}</td>
      <td>{percent(record.existence)}</td>
      <td>{number(record.age, 0)} s</td>
    </tr>
  );
}
