export interface HostLogEntry {
  level: string;
  /** `user`: written by a function; `system`: by the library or the host. */
  category: string;
  message: string;
  function?: string;
  invocationId?: string;
}

export type LogSink = (entry: HostLogEntry) => void;
