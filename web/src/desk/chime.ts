/** The page's own tones, made by the browser's synthesiser: told apart by their rhythm before their pitch. */

import type { SeverityName } from "../messages";

export type Tune = SeverityName | "lost" | "closing";

/** Seconds from the start, hertz, seconds long. */
type Note = readonly [at: number, hertz: number, length: number];

const triplet = (at: number, hertz: number): Note[] =>
  [0, 0.11, 0.22].map((later) => [at + later, hertz, 0.08]);

export const TUNES: Readonly<Record<Tune, readonly Note[]>> = {
  /** Two slow notes, falling: ding … dong. */
  advisory: [
    [0, 659, 0.35],
    [0.5, 523, 0.5],
  ],
  /** Three even beats. */
  warning: [
    [0, 740, 0.2],
    [0.35, 740, 0.2],
    [0.7, 740, 0.2],
  ],
  /** Four rapid triplets, high and low in turn. */
  critical: [...triplet(0, 988), ...triplet(0.45, 784), ...triplet(0.9, 988), ...triplet(1.35, 784)],
  /** One long low note: the picture is not current. */
  lost: [[0, 220, 1.4]],
  /** Two pairs of short notes, rising: advice closes, and nobody has answered. */
  closing: [
    [0, 523, 0.09],
    [0.13, 784, 0.14],
    [0.55, 523, 0.09],
    [0.68, 784, 0.14],
  ],
};

export class Chime {
  private context: AudioContext | null = null;
  /** What was played, the newest last; for the browser tests. */
  readonly played: Tune[] = [];

  /** Called when the browser allows or forbids sound. */
  constructor(private readonly changed: () => void) {}

  get allowed(): boolean {
    return this.context?.state === "running";
  }

  /** Ask the browser; most allow sound only after a click or a key. */
  async allow(): Promise<boolean> {
    if (typeof AudioContext === "undefined") return false;
    if (!this.context) {
      this.context = new AudioContext();
      this.context.onstatechange = this.changed;
    }
    // Where there was no click yet, this promise stays open: so nobody waits for it longer than a moment.
    await Promise.race([this.context.resume(), new Promise((done) => setTimeout(done, 500))]);
    this.changed();
    return this.allowed;
  }

  /** Play a tune at a volume of 0 to 1; false when the browser forbids it. */
  play(tune: Tune, volume: number): boolean {
    const { context } = this;
    if (!context || !this.allowed) return false;
    const start = context.currentTime + 0.03;
    for (const [at, hertz, length] of TUNES[tune]) note(context, start + at, hertz, length, volume);
    this.played.push(tune);
    if (this.played.length > 100) this.played.shift();
    return true;
  }
}

/** One note with soft edges, so that it does not click; a second partial carries it over small loudspeakers. */
function note(context: AudioContext, at: number, hertz: number, length: number, volume: number): void {
  const loudness = context.createGain();
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.35 * volume * volume, at + 0.012);
  loudness.gain.setValueAtTime(0.35 * volume * volume, at + Math.max(0.012, length - 0.03));
  loudness.gain.linearRampToValueAtTime(0, at + length);
  loudness.connect(context.destination);
  for (const [times, share] of [
    [1, 1],
    [2, 0.4],
  ] as const) {
    const part = context.createGain();
    part.gain.value = share;
    const tone = context.createOscillator();
    tone.frequency.value = hertz * times;
    tone.connect(part).connect(loudness);
    tone.start(at);
    tone.stop(at + length + 0.02);
  }
}
