import { useEffect, useRef } from "preact/hooks";
import { FLAG_NAMES_ITSELF, FLAG_SIMULATED, Status } from "../frame";
import { KEYS } from "../keys";
import { paint } from "../overlay/symbols";
import { readPalette } from "../palette";

const GROUPS = ["Tracks", "Picture", "Map", "Replay", "Page"] as const;

interface Example {
  what: string;
  status?: number;
  flags?: number;
  severity?: number;
  affiliation?: number;
}

const EXAMPLES: readonly Example[] = [
  { what: "Says nothing of itself: unknown" },
  { what: "Names itself (ADS-B, Remote ID)", flags: FLAG_NAMES_ITSELF },
  { what: "Tentative: not yet believed", status: Status.tentative },
  { what: "Coasting: no reports lately", status: Status.coasting },
  { what: "Simulated: small square", flags: FLAG_SIMULATED },
  { what: "Friend, as an operator said", affiliation: 1 },
  { what: "Neutral", affiliation: 2 },
  { what: "Hostile", affiliation: 3 },
  { what: "Alert: advisory", severity: 1 },
  { what: "Alert: warning", severity: 2 },
  { what: "Alert: critical", severity: 3 },
];

/** One symbol of the map, painted by the same code. */
function Symbol({ status = Status.confirmed, flags = 0, severity = 0, affiliation = 0 }: Example) {
  const holder = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const record = { status, flags, severity, affiliation, klass: "" };
    holder.current?.replaceChildren(paint(readPalette(), window.devicePixelRatio, record, 0.8));
  }, [status, flags, severity, affiliation]);
  return <span class="symbol" ref={holder} aria-hidden="true" />;
}

export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="help" ref={dialog} aria-labelledby="help-title" onClose={close}>
      <div class="panel-head">
        <h2 id="help-title">Help</h2>
        <span class="panel-tools">
          <button onClick={close} aria-label="Close the help">
            ✕
          </button>
        </span>
      </div>
      <div class="help-columns">
        <section class="help-keys">
          {GROUPS.map((group) => (
            <div key={group} class="key-group">
              <h3>{group}</h3>
              <dl class="keys">
                {KEYS.filter((key) => key.group === group).map(({ shown, what }) => (
                  <div key={shown}>
                    <dt>
                      {shown.split(" ").map((cap) => (
                        <kbd key={cap}>{cap}</kbd>
                      ))}
                    </dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </div>
          ))}
          <p class="dim">No key acts while you write in a field.</p>
        </section>
        <section>
          <h3>Symbols</h3>
          <ul class="legend">
            {EXAMPLES.map((example) => (
              <li key={example.what}>
                <Symbol {...example} /> {example.what}
              </li>
            ))}
          </ul>
          <p>
            The line ahead of a symbol ends where the track will be in 60 s. The thin ellipse holds its place
            with 86 % probability (2σ). What heights count from stands at the foot of the map. The dashed part
            of a trail was coasted. A dashed ray with a wedge is a bearing that no track explains: something
            is in that direction, at a distance nobody knows; the wedge is ± 2σ wide.
          </p>
          <p>
            Square: protected asset. Triangle: sensor, with its nominal range dotted. Zones: solid edge
            critical, dashed warning, dotted advisory. Time to go gives the expected time and its 10 to 90 %
            range.
          </p>
          <p>
            Pentagon: effector; dash-dotted: its envelope; an edge of crosses: it never acts there. A ring
            with four ticks is where it would meet a track: the line to it is dashed while that is only
            advised, whole once a person has accepted. Vedette advises; it commands nothing.
          </p>
          <p>
            For programs:{" "}
            <a href="api/docs" target="_blank" rel="noreferrer">
              the REST interface
            </a>
            .
          </p>
          <p class="dim">Map data: Natural Earth. Its coasts and borders are coarse and settle no dispute.</p>
        </section>
      </div>
    </dialog>
  );
}
