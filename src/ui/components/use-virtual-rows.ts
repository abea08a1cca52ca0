import { Virtualizer, elementScroll, observeElementRect } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

/** Taller elements are cut off by browsers (Firefox: about 17.9 million pixels): long lists scroll faster instead. */
const MAX_HEIGHT = 8_000_000;

export interface VirtualRow {
  readonly index: number;
  /** Top in pixels inside the scrolled element. */
  readonly top: number;
}

/** The rows in view of a list of `count` rows of equal height inside a scrolling element. */
export function useVirtualRows(count: number, rowHeight: number) {
  const element = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const full = count * rowHeight;
  const height = Math.min(full, MAX_HEIGHT);
  const stretch = useRef(1);
  const view = element.current?.clientHeight ?? 0;
  stretch.current = height < full ? (full - view) / Math.max(1, height - view) : 1;
  const options = {
    count,
    getScrollElement: () => element.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    observeElementRect,
    observeElementOffset: (instance: Virtualizer<HTMLDivElement, Element>, callback: (offset: number, scrolling: boolean) => void) => {
      const scrolled = instance.scrollElement;
      if (!scrolled) return undefined;
      const onScroll = (): void => callback(scrolled.scrollTop * stretch.current, false);
      onScroll();
      scrolled.addEventListener('scroll', onScroll, { passive: true });
      return () => scrolled.removeEventListener('scroll', onScroll);
    },
    scrollToFn: (offset: number, scroll: object, instance: Virtualizer<HTMLDivElement, Element>) =>
      elementScroll(offset / stretch.current, scroll, instance),
    onChange: () => redraw(0),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, Element>(options));
  virtualizer.setOptions({ ...virtualizer.options, ...options });
  useEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const scrollTop = element.current?.scrollTop ?? 0;
  const shift = stretch.current === 1 ? 0 : scrollTop - scrollTop * stretch.current;
  const rows: VirtualRow[] = virtualizer.getVirtualItems().map((item) => ({ index: item.index, top: item.start + shift }));
  return { element, height, rows, scrollTo: (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }) };
}
