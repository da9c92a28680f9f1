import { height, type Units } from "../format";

const WIDE = 320;
const HIGH = 44;
/** The least span of heights that fills the picture, so that level flight looks level. */
const LEAST_M = 50;

interface Props {
  /** Seconds before now, and metres above the ellipsoid. */
  points: readonly { t: number; height: number }[];
  ground: number;
  units: Units;
}

/** The track's height over the time that the page has seen of it. */
export function Profile({ points, ground, units }: Props) {
  const first = points[0];
  if (!first || points.length < 3) return null;
  const heights = points.map((point) => point.height - ground);
  const [low, high] = [Math.min(...heights), Math.max(...heights)];
  const middle = (low + high) / 2;
  const half = Math.max(LEAST_M, high - low) / 2;
  const x = (t: number) => WIDE * (1 - t / Math.min(first.t, -1));
  const y = (metres: number) => HIGH / 2 - ((metres - middle) / half) * (HIGH / 2 - 3);
  const line = points.map(({ t }, i) => `${x(t).toFixed(1)},${y(heights[i] ?? 0).toFixed(1)}`).join(" ");
  const words = `Height over the last ${Math.round(-first.t)} s, from ${height(low, units)} to ${height(high, units)}`;
  return (
    <figure class="profile">
      <svg viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" role="img" aria-label={words}>
        <polyline points={line} />
      </svg>
      <figcaption class="dim">
        <span>{height(high, units)}</span>
        <span>{height(low, units)}</span>
        <span class="since">{Math.round(-first.t)} s</span>
      </figcaption>
    </figure>
  );
}
