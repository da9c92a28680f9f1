/** Drag, wheel, pinch and double click on an element, as pans and zooms in its own pixels. */

export interface Moves {
  pan(dx: number, dy: number): void;
  zoom(levels: number, x: number, y: number): void;
}

export class Gestures {
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private readonly abort = new AbortController();

  constructor(
    private readonly element: HTMLElement,
    private readonly moves: Moves,
  ) {
    const options = { signal: this.abort.signal };
    element.style.touchAction = "none";
    element.addEventListener("pointerdown", (e) => this.down(e), options);
    element.addEventListener("pointermove", (e) => this.moved(e), options);
    for (const end of ["pointerup", "pointercancel", "pointerleave"] as const) {
      element.addEventListener(end, (e) => this.pointers.delete(e.pointerId), options);
    }
    element.addEventListener("wheel", (e) => this.wheel(e), { ...options, passive: false });
    element.addEventListener("dblclick", (e) => moves.zoom(1, ...this.place(e)), options);
  }

  remove(): void {
    this.abort.abort();
  }

  private place(event: MouseEvent): [number, number] {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const [x, y] = this.place(event);
    this.pointers.set(event.pointerId, { x, y });
  }

  private moved(event: PointerEvent): void {
    const old = this.pointers.get(event.pointerId);
    if (!old) return;
    if (event.buttons === 0) {
      this.pointers.delete(event.pointerId);
      return;
    }
    const [x, y] = this.place(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, { x, y });
    if (!other) {
      this.moves.pan(x - old.x, y - old.y);
      return;
    }
    this.moves.pan((x - old.x) / 2, (y - old.y) / 2);
    const before = Math.hypot(old.x - other.x, old.y - other.y);
    const after = Math.hypot(x - other.x, y - other.y);
    if (before > 0 && after > 0) {
      this.moves.zoom(Math.log2(after / before), (x + other.x) / 2, (y + other.y) / 2);
    }
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 40 : 1;
    const levels = Math.max(-1, Math.min(1, (-event.deltaY * lines) / 300));
    this.moves.zoom(levels, ...this.place(event));
  }
}
