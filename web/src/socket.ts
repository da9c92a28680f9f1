/** The one WebSocket: decodes, notices silence, and comes back by itself with growing pauses. */

import { checkLayout, decodeFrame, FrameError, type Frame } from "./frame";
import type { ClientMessage, ServerMessage } from "./messages";

/** A status comes every second; a connection silent for this long is dead, whatever the browser thinks. */
const SILENCE_MS = 5_000;
/** With this code the server closes when the session ends. */
const SIGNED_OUT = 4401;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export interface Listener {
  opened(): void;
  lost(attempt: number): void;
  frame(frame: Frame): void;
  message(message: ServerMessage): void;
  failed(sentence: string): void;
  /** The session has ended: nothing comes any more until somebody signs in. */
  signedOut(): void;
}

/** Pause before reconnection number `attempt` (1, 2, …), in ms, without the random part. */
export function pauseBefore(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

export class Socket {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private heardAt = 0;
  private recordSize: number | undefined;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
  ) {
    window.setInterval(() => this.watch(), 1_000);
  }

  connect(): void {
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.heardAt = performance.now();
    socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => this.receive(event.data);
    socket.onclose = ({ code }) => (code === SIGNED_OUT ? this.listener.signedOut() : this.closed(socket));
  }

  /** True if the message could be handed to an open connection. */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private receive(data: string | ArrayBuffer): void {
    this.heardAt = performance.now();
    try {
      if (typeof data === "string") this.text(JSON.parse(data) as ServerMessage);
      else this.listener.frame(decodeFrame(data, this.recordSize));
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof SyntaxError)) throw error;
      this.listener.failed(error.message);
    }
  }

  private text(message: ServerMessage): void {
    if (message.type === "hello") {
      checkLayout(message);
      this.recordSize = message.record_size;
      this.attempt = 0;
      this.listener.message(message);
      this.listener.opened();
    } else {
      this.listener.message(message);
    }
  }

  private closed(socket: WebSocket): void {
    if (socket !== this.socket) return;
    this.socket = null;
    this.attempt += 1;
    this.listener.lost(this.attempt);
    const spread = 0.75 + Math.random() / 2; // many screens must not come back in the same instant
    window.setTimeout(() => this.connect(), pauseBefore(this.attempt) * spread);
  }

  private watch(): void {
    const socket = this.socket;
    if (socket && performance.now() - this.heardAt > SILENCE_MS) {
      socket.onmessage = null;
      socket.close(); // the closing handshake of a dead peer takes minutes, so do not wait for it
      this.closed(socket);
    }
  }
}
