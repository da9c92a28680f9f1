/** The binary track frame of docs/reference/wire.md: 32 bytes of header, then records of one size. */

export const Status = { tentative: 0, confirmed: 1, coasting: 2, dropped: 3 } as const;
export const FLAG_NAMES_ITSELF = 1;
export const FLAG_SIMULATED = 2;

export interface TrackRecord {
  id: number;
  status: number;
  flags: number;
  /** Of its worst open alert: 0 none, 1 advisory, 2 warning, 3 critical. */
  severity: number;
  sources: number;
  /** Degrees. */
  latitude: number;
  longitude: number;
  /** Metres above the ellipsoid. */
  height: number;
  /** Metres per second over ground. */
  speed: number;
  /** Degrees clockwise from true north. */
  course: number;
  climb: number;
  existence: number;
  /** Seconds since the last report used. */
  age: number;
  /** Standard deviations in metres; the long axis lies along `sigmaBearing` degrees. */
  sigmaMajor: number;
  sigmaMinor: number;
  sigmaBearing: number;
  /** Seconds since the first report. */
  life: number;
  /** Callsign, or empty. */
  label: string;
  /** Bit i: sensor i of the site contributed in the last 10 s. */
  sensors: number;
  /** Mean sea level (EGM96) above the ellipsoid there, m; NaN where the server does not know it. */
  undulation: number;
  /** The likeliest class, or empty; `klassShare` is its probability in percent, 0 if a sensor only takes it for that. */
  klass: string;
  klassShare: number;
  /** 0 unknown, 1 friend, 2 neutral, 3 hostile. */
  affiliation: number;
}

export interface Frame {
  sequence: number;
  /** Data time, Unix seconds. */
  t: number;
  /** When the server sent it, Unix seconds. */
  tSent: number;
  tracks: TrackRecord[];
}

export class FrameError extends Error {}

const MAGIC = 0x31544456; // "VDT1", little-endian
const HEADER_SIZE = 32;
const RECORD_SIZE = 100;

/** Where each field must lie. The server repeats this table in `hello`; `checkLayout` compares the two. */
const OFFSETS: Readonly<Record<string, number>> = {
  id: 0,
  status: 4,
  flags: 5,
  severity: 6,
  sources: 7,
  latitude: 8,
  longitude: 16,
  height: 24,
  speed: 28,
  course: 32,
  climb: 36,
  existence: 40,
  age: 44,
  sigma_major: 48,
  sigma_minor: 52,
  sigma_bearing: 56,
  life: 60,
  label: 64,
  sensors: 72,
  undulation: 76,
  klass: 80,
  klass_share: 96,
  affiliation: 97,
};

export interface Layout {
  record: readonly (readonly [string, string, number])[];
  record_size: number;
  header_size: number;
}

/** Refuse a server whose records this page would misread. Fields added at the end are harmless. */
export function checkLayout(layout: Layout): void {
  const theirs = new Map(layout.record.map(([name, , offset]) => [name, offset]));
  const moved = Object.entries(OFFSETS).filter(([name, offset]) => theirs.get(name) !== offset);
  if (moved.length > 0 || layout.header_size !== HEADER_SIZE || layout.record_size < RECORD_SIZE) {
    const what = moved.map(([name]) => name).join(", ") || "header or record size";
    throw new FrameError(`The server's track records differ from this page's (${what}); reload the page.`);
  }
}

/** Decode one frame; raises FrameError, in a sentence, if the bytes are not one. */
export function decodeFrame(buffer: ArrayBuffer, recordSize = RECORD_SIZE): Frame {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER_SIZE || view.getUint32(0, true) !== MAGIC) {
    throw new FrameError("A binary message is not a track frame; the server is of another version.");
  }
  const count = view.getUint32(4, true);
  if (buffer.byteLength !== HEADER_SIZE + count * recordSize) {
    throw new FrameError(`A track frame of ${count} tracks has ${buffer.byteLength} bytes; it was cut.`);
  }
  const tracks: TrackRecord[] = new Array(count);
  for (let i = 0; i < count; i++) tracks[i] = decodeRecord(view, HEADER_SIZE + i * recordSize);
  return {
    sequence: view.getUint32(8, true),
    t: view.getFloat64(16, true),
    tSent: view.getFloat64(24, true),
    tracks,
  };
}

function decodeRecord(view: DataView, at: number): TrackRecord {
  return {
    id: view.getUint32(at, true),
    status: view.getUint8(at + 4),
    flags: view.getUint8(at + 5),
    severity: view.getUint8(at + 6),
    sources: view.getUint8(at + 7),
    latitude: view.getFloat64(at + 8, true),
    longitude: view.getFloat64(at + 16, true),
    height: view.getFloat32(at + 24, true),
    speed: view.getFloat32(at + 28, true),
    course: view.getFloat32(at + 32, true),
    climb: view.getFloat32(at + 36, true),
    existence: view.getFloat32(at + 40, true),
    age: view.getFloat32(at + 44, true),
    sigmaMajor: view.getFloat32(at + 48, true),
    sigmaMinor: view.getFloat32(at + 52, true),
    sigmaBearing: view.getFloat32(at + 56, true),
    life: view.getFloat32(at + 60, true),
    label: decodeText(view, at + 64, 8),
    sensors: view.getUint32(at + 72, true),
    undulation: view.getFloat32(at + 76, true),
    klass: decodeText(view, at + 80, 16),
    klassShare: view.getUint8(at + 96),
    affiliation: view.getUint8(at + 97),
  };
}

function decodeText(view: DataView, at: number, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    const code = view.getUint8(at + i);
    if (code === 0) break;
    text += code >= 32 && code < 127 ? String.fromCharCode(code) : "?";
  }
  return text.trim();
}
