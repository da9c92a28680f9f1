/** Keeps one thing of a list where it is on the screen, whatever happens above and below it. */

import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** The element that scrolls when the list does: its panel, or the whole side on a narrow screen. */
function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const { overflowY } = getComputedStyle(at);
    if (overflowY === "auto" || overflowY === "scroll") return at;
  }
  return null;
}

/**
 * Call in each drawing of the list, before its elements move. `held` finds the one that must not move; null
 * lets go. Where scrolling alone cannot keep it, the list is padded for as long as it is held.
 */
export function useAnchor(list: RefObject<HTMLElement | null>, held: string | null): void {
  const find = () =>
    held === null ? null : (list.current?.querySelector<HTMLElement>(`[data-hold="${held}"]`) ?? null);
  const before = find()?.getBoundingClientRect().top;
  useLayoutEffect(() => {
    const element = find();
    const box = list.current;
    if (!box) return;
    if (!element || before === undefined) {
      if (held === null) box.style.paddingTop = box.style.paddingBottom = "";
      return;
    }
    const scroller = scrollerOf(box);
    const shift = () => element.getBoundingClientRect().top - before;
    if (!scroller || Math.abs(shift()) < 0.5) return;
    scroller.scrollTop += shift();
    const rest = shift();
    if (rest < -0.5) box.style.paddingTop = `${(parseFloat(box.style.paddingTop) || 0) - rest}px`;
    else if (rest > 0.5) {
      box.style.paddingBottom = `${(parseFloat(box.style.paddingBottom) || 0) + rest}px`;
      scroller.scrollTop += rest;
    }
  });
}

export interface Hold {
  /** Which one the pointer or, failing that, the focus is on. */
  held: string | null;
  on(key: string): {
    onPointerEnter(event: PointerEvent): void;
    onPointerLeave(): void;
    onFocusIn(): void;
    onFocusOut(): void;
  };
}

/** What the pointer and the focus are on. A finger does not rest on the screen, so it holds nothing. */
export function useHold(): Hold {
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const leave = useRef(0);
  const on = useCallback(
    (key: string) => ({
      onPointerEnter: ({ pointerType }: PointerEvent) => {
        window.clearTimeout(leave.current);
        if (pointerType === "mouse") setPointed(key);
      },
      onPointerLeave: () => {
        leave.current = window.setTimeout(() => setPointed((now) => (now === key ? null : now)), 150);
      },
      onFocusIn: () => setFocused(key),
      onFocusOut: () => setFocused((now) => (now === key ? null : now)),
    }),
    [],
  );
  return { held: pointed ?? focused, on };
}
