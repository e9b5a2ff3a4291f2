import { CopyButton } from '../components/copy-button.tsx';

/** A command to run as it is. */
export function CommandBlock({ command }: { command: string }) {
  return (
    <div class="command">
      <code>{command}</code>
      <CopyButton text={command} label="command" />
    </div>
  );
}
