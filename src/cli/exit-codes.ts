/** What the exit code of `vnetv` says; docs/cli.md lists the same. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notAllowed: 3,
  notFound: 4,
  conflict: 5,
  endedBadly: 6,
  failedChecks: 7,
  unreachable: 8,
  stillRunning: 9,
  /** As of a process that Ctrl-C ended. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Shown by `vnetv --help`. */
export const exitCodeMeanings: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.unexpected, 'something unexpected'],
  [exitCodes.usage, 'wrong usage, or a request that is not valid'],
  [exitCodes.notAllowed, 'not signed in, or not allowed'],
  [exitCodes.notFound, 'no such request, pool or tenant'],
  [exitCodes.conflict, 'conflict: somebody else was faster, or the plan is another one'],
  [
    exitCodes.endedBadly,
    'the request ended without success (--watch) or cannot be carried out (--dry-run), or setup is not complete',
  ],
  [exitCodes.failedChecks, 'doctor found failures, or the audit trail is not intact'],
  [exitCodes.unreachable, 'the API cannot be reached, or is overloaded'],
  [exitCodes.stillRunning, 'the request was still running when --timeout was over'],
  [exitCodes.interrupted, 'stopped by Ctrl-C or a no; a request that was watched goes on'],
];
