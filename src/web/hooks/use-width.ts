import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Width of an element in whole pixels, kept up to date; `assumed` until it is known. */
export function useWidth<E extends Element>(assumed: number): [RefObject<E | null>, number] {
  const element = useRef<E | null>(null);
  const [width, setWidth] = useState(assumed);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const measure = (): void => {
      const measured = Math.floor(element.current?.getBoundingClientRect().width ?? 0);
      if (measured > 0) setWidth(measured);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return [element, width];
}
