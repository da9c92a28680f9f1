import { useEffect, useRef } from "preact/hooks";
import { inks, TILE } from "../coverage/ink";
import { bandName, FUSED, Kind, LIMITS, members } from "../coverage/scale";
import { height, percent } from "../format";
import { readPalette } from "../palette";
import { working, type State } from "../store";
import type { Commands } from "./commands";

interface Props {
  state: State;
  commands: Commands;
}

/** Which layer the map shows. */
export function CoverChoice({ state, commands }: Props) {
  const sensors = state.site?.sensors ?? [];
  return (
    <label class="cover-choice" title="Coverage: how low is seen (C)">
      <span>Coverage</span>
      <select value={state.cover} onChange={(event) => commands.cover(event.currentTarget.value)}>
        <option value="">off</option>
        <option value={FUSED}>fused</option>
        {sensors.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** One kind of cell, painted with the map's own tiles. */
function Swatch({ kind, theme }: { kind: number; theme: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const g = canvas.current?.getContext("2d");
    if (!g) return;
    const image = new ImageData(32, 16);
    const pixels = new Uint32Array(image.data.buffer);
    const tile = inks(readPalette()).subarray(kind * TILE * TILE, (kind + 1) * TILE * TILE);
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = tile[(Math.floor(i / 32) % TILE) * TILE + (i % TILE)] ?? 0;
    }
    g.putImageData(image, 0, 0);
  }, [kind, theme]);
  return <canvas width={32} height={16} ref={canvas} aria-hidden="true" />;
}

/** What is there never reads as nothing. */
function part(share: number): string {
  return share > 0 && share < 0.005 ? "< 1 %" : percent(share);
}

function Rows({ state, rows }: { state: State; rows: readonly (readonly [kind: number, what: string])[] }) {
  return (
    <ul>
      {rows.map(([kind, what]) => (
        <li key={kind} data-kind={kind}>
          <Swatch kind={kind} theme={state.theme} />
          <span>{what}</span>
          <b>{part(state.coverShares[kind] ?? 0)}</b>
        </li>
      ))}
    </ul>
  );
}

export function CoverLegend({ state, commands }: Props) {
  const { cover, chart, charting, below } = state;
  if (!cover) return null;
  return (
    <section class="cover-legend" aria-labelledby="cover-title">
      <div class="cover-head">
        <h2 id="cover-title">Lowest height seen</h2>
        <label class="cover-choice" title="Height above the ground (B)">
          <span class="visually-hidden">Watched at or below</span>
          <select
            value={String(below ?? "")}
            onChange={({ currentTarget: { value } }) => commands.below(value ? Number(value) : null)}
          >
            <option value="">any height</option>
            {LIMITS.map((limit) => (
              <option key={limit} value={String(limit)}>
                at {height(limit)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {chart ? (
        <Scale state={state} />
      ) : (
        <p role="status">
          {charting === "failed" ? "The coverage map could not be loaded." : "The server works it out…"}
        </p>
      )}
    </section>
  );
}

function Scale({ state }: { state: State }) {
  const { chart, cover, below, coverShares } = state;
  if (!chart) return null;
  const bands = [...LIMITS.keys(), LIMITS.length].filter(
    (kind) => below === null || (LIMITS[kind] ?? Infinity) <= below,
  );
  const higher = [Kind.higher, `seen only above ${height(below)}`] as const;
  const blind = [
    [Kind.lost, "lost: its sensor is silent"],
    [Kind.hidden, "hidden behind the ground"],
    [Kind.outside, "out of reach"],
    [Kind.unknown, "ground not known, or off the map"],
  ] as const;
  const also = blind.filter(([kind]) => kind === Kind.unknown || (coverShares[kind] ?? 0) > 0);
  return (
    <>
      <h3>Watched: no symbol, no target</h3>
      <Rows state={state} rows={bands.map((kind) => [kind, bandName(kind, chart)])} />
      <h3>Not watched: no symbol says nothing</h3>
      <Rows state={state} rows={below === null ? also : [higher, ...also]} />
      <Remarks state={state} cover={cover} />
    </>
  );
}

/** What the map leaves out, and why. */
function Remarks({ state, cover }: { state: State; cover: string }) {
  const { chart, connection } = state;
  if (!chart) return null;
  const up = working(state);
  const silent = members(chart, cover).filter((name) => !up.has(name));
  const stateOf = (name: string) =>
    state.status?.sensors.find(({ sensor }) => sensor === name)?.state ?? "not heard";
  const lost = connection.state !== "open";
  return (
    <>
      {lost && <p class="warn">The server is not heard: nothing is known to be watched.</p>}
      {!lost && silent.length > 0 && (
        <p class="warn" role="status">
          Sees nothing now: {silent.map((name) => `${name} (${stateOf(name)})`).join(", ")}.
        </p>
      )}
      {cover === FUSED && chart.hearOnly.size > 0 && (
        <p>Without {[...chart.hearOnly].join(", ")}: a silent drone flies past.</p>
      )}
      {chart.hearOnly.has(cover) && <p>Only what transmits: a silent drone flies past.</p>}
      {!chart.terrain && <p>No ground heights are given: the ground counts as smooth.</p>}
    </>
  );
}
