export interface HostLogEntry {
  level: string;
  /** `user`: written by a function; `system`: by the library or the host. */
  category: string;
  message: string;
  function?: string;
  invocationId?: string;
}

/**
 * An entry as a line of a log file: JSON. What a function wrote as a JSON object stands in it as members, so
 * that it can be read, and searched with jq, as what it is.
 */
export function logLine(time: string, { message, ...entry }: HostLogEntry): string {
  return `${JSON.stringify({ time, ...entry, ...membersOf(message) })}\n`;
}

function membersOf(message: string): object {
  if (message.startsWith('{"')) {
    try {
      return JSON.parse(message);
    } catch {
      // A text that only looks like it.
    }
  }
  return { message };
}

export type LogSink = (entry: HostLogEntry) => void;
