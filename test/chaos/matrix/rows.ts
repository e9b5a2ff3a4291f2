import type { Fault, LoggedRequest } from '../../support/control.ts';
import type { Subject } from './stage.ts';

/** A call that a scenario makes, wherever its VNet is. */
export interface Row {
  readonly service: LoggedRequest['service'];
  readonly method: string;
  /** With `{network}` and `{operation}` in place of what differs from run to run. */
  readonly path: string;
  readonly tenant: string;
  /** Which of the calls that look the same; from 1. */
  readonly nth: number;
}

/** How often a fresh app asks Entra ID for the same differs from run to run, but never below this. */
const surestTokenCalls = 3;

/** Every call of a run; of the polls of one operation, the first and the last. */
export function rowsOf(log: readonly LoggedRequest[], subject: Subject): readonly Row[] {
  const counts = new Map<string, number>();
  const rows = withoutTimer(log).map(({ service, method, path, tenant }) => {
    const row = { service, method, path: templateOf(path, subject), tenant: tenant ?? '' };
    const key = JSON.stringify(row);
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    return { ...row, nth, concretePath: path };
  });
  const isRepetition = ({ path, concretePath }: (typeof rows)[number], index: number): boolean => {
    const others = rows.filter((row) => row.concretePath === concretePath);
    return path.endsWith('/{operation}') && ![others[0], others.at(-1)].includes(rows[index]);
  };
  return (
    rows
      .filter((row, index) => !isRepetition(row, index))
      .filter(({ service, nth }) => service !== 'entra' || nth <= surestTokenCalls)
      // A timer's, not the workflow's: in no scenario does anybody ask these pools for anything.
      .filter(({ path }) => !/ipamPools\/corp-(centralus-v6|westeurope)\/getPoolUsage$/i.test(path))
      .map(({ concretePath: _, ...row }) => row)
  );
}

/** A timer reads the usage of all pools, one after the other; the workflow that of the one that it is about. */
const withoutTimer = (log: readonly LoggedRequest[]): readonly LoggedRequest[] =>
  log.filter(({ path }, index) => {
    const isOfOther = (one = '') =>
      /ipamPools\/corp-(centralus-v6|westeurope)\/getPoolUsage$/i.test(one);
    const startsTheRound = /getPoolUsage$/i.test(path) && isOfOther(log[index + 1]?.path);
    return !isOfOther(path) && !startsTheRound;
  });

const templateOf = (path: string, { network }: Subject): string =>
  path
    .replace(new RegExp(`/${network}(?=/|$)`, 'i'), '/{network}')
    .replace(/\/operations\/[^/]+$/i, '/operations/{operation}');

/** The row in a run of another subject, as a fault matches it. */
export function matchOf({ method, path, tenant, nth }: Row, { network }: Subject): Fault['match'] {
  const pattern = path
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace('{network}', network)
    .replace('{operation}', '[^/]+');
  return { method, path: `^${pattern}$`, tenant, nth };
}

/** `PUT virtualNetworks/{network} #1`. */
export const titleOf = ({ service, method, path, tenant, nth }: Row): string => {
  const place = service === 'entra' ? path : path.replace(/^.*\/providers\/Microsoft\./, '');
  return `${method} ${place} as ${tenant.slice(0, 4)} #${nth}`;
};
