/** A head of the trail that an auditor wrote down: sequence and hash, in the spelling of `vnetv audit verify`. */
export interface NotedHead {
  readonly sequence: number;
  readonly hash: string;
}

export const writeHead = ({ sequence, hash }: NotedHead): string => `${sequence}:${hash}`;

/** Reads what `writeHead` wrote, however it was copied; undefined when it is no head. */
export function readHead(text: string): NotedHead | undefined {
  const [, sequence, hash] = /^\D*(\d{1,15})\W+([0-9a-f]{64})\W*$/i.exec(text.trim()) ?? [];
  if (sequence === undefined || hash === undefined || Number(sequence) < 1) return undefined;
  return { sequence: Number(sequence), hash: hash.toLowerCase() };
}
