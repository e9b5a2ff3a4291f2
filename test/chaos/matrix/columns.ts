import type { Fault } from '../../support/control.ts';
import type { Row } from './rows.ts';

/** What goes wrong with a call. */
export interface Column {
  readonly name: string;
  readonly effect: Fault['effect'];
  /** The call has its effect; only its answer, or what follows from it, is not what it should be. */
  readonly hasEffect: boolean;
  /** It passes: whoever tries again gets through. */
  readonly passes: boolean;
  concerns(row: Row): boolean;
}

const everyCall = () => true;
const startsOperation = ({ service, method }: Row) =>
  service === 'arm' && (method === 'PUT' || method === 'DELETE');

const before = (
  name: string,
  effect: Fault['effect'],
  concerns = everyCall as Column['concerns'],
) => ({ name, effect, concerns, hasEffect: false, passes: true }) satisfies Column;
const after = (name: string, effect: Fault['effect'], concerns = everyCall as Column['concerns']) =>
  ({ name, effect, concerns, hasEffect: true, passes: true }) satisfies Column;

export const columns: readonly Column[] = [
  before('500', { status: 500, code: 'InternalServerError' }),
  before('503', { status: 503, code: 'ServiceUnavailable' }),
  after('answer lost', { applyThenDrop: true }),
  before('connection dropped', { dropConnection: true }),
  before('hangs', { hang: true }),
  after('hangs after effect', { applyThenHang: true }),
  before('429 Retry-After', {
    status: 429,
    code: 'TooManyRequests',
    headers: { 'Retry-After': '7' },
  }),
  before('429', { status: 429, code: 'RetryableError' }),
  before('409 busy', { status: 409, code: 'AnotherOperationInProgress' }),
  before(
    '401 expired',
    { status: 401, code: 'ExpiredAuthenticationToken' },
    ({ service }) => service === 'arm',
  ),
  {
    ...after('operation Failed', { failOperation: { code: 'InternalServerError' } }),
    concerns: startsOperation,
    passes: false,
  },
  {
    ...after('operation Canceled', { failOperation: { status: 'Canceled' } }),
    concerns: startsOperation,
    passes: false,
  },
  after('not JSON', { body: '<html>A proxy is talking.</html>' }),
  after('other JSON', { body: JSON.stringify({ unexpected: [true] }) }),
];
