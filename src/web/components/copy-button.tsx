import { useEffect, useState } from 'preact/hooks';
import { announce } from '../shell/announce.ts';
import { Icon } from './icon.tsx';

/** Copies a text. `label` says of what it is a copy: `request id`. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      announce(`Copied: ${label}`);
    } catch {
      announce(`The browser does not let the page copy. The ${label} is ${text}`);
    }
  };
  return (
    <button
      type="button"
      class="copy-button"
      aria-label={`Copy the ${label}`}
      title={copied ? 'Copied' : `Copy the ${label}`}
      onClick={copy}
    >
      <Icon name={copied ? 'check' : 'copy'} />
    </button>
  );
}
