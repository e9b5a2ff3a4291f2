import { useEffect, useState } from 'preact/hooks';

const listeners = new Set<(text: string) => void>();

/** Tells screen readers something that sighted people see happen. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

/** The text of the live region. */
export function useAnnouncement(): string {
  const [text, setText] = useState('');
  useEffect(() => {
    // The same text twice is no change to a screen reader: a trailing space makes it one.
    const show = (next: string) => setText((shown) => (shown === next ? `${next} ` : next));
    listeners.add(show);
    return () => {
      listeners.delete(show);
    };
  }, []);
  return text;
}
