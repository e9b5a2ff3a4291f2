import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../../src/model/audit.ts';
import {
  afterOf,
  auditHref,
  auditPath,
  readAuditQuery,
} from '../../../src/web/audit/audit-path.ts';
import { entryWords } from '../../../src/web/audit/entry-words.ts';
import { readHead, writeHead } from '../../../src/web/audit/noted-head.ts';

const entry = (
  kind: AuditEntry['kind'],
  facts: AuditEntry['facts'] = {},
  state = 'deploying',
): AuditEntry => ({
  sequence: 1,
  at: '2026-06-01T08:00:00Z',
  requestId: 'RITM0012301',
  kind,
  state,
  actor: { name: 'workflow' },
  facts,
  recordHash: '',
  previousHash: '',
  hash: '',
});

describe('an entry in words', () => {
  test.each([
    [
      entry('request-claimed', { operation: 'remove', mode: 'delete', virtualNetwork: 'vnet-a' }),
      'Accepted: remove (delete) vnet-a',
    ],
    [entry('request-claimed'), 'Accepted: request'],
    [
      entry('decision-recorded', { decision: 'approve', stage: 'network' }),
      'Approved, stage network',
    ],
    [entry('decision-recorded', { decision: 'break-glass' }), 'Approved by break-glass'],
    [entry('decision-recorded', { decision: 'ponder' }), 'Decision: ponder'],
    [entry('request-changed'), 'Now deploying'],
    [
      entry('request-changed', { errorCode: 'PoolExhausted' }, 'failed'),
      'Now failed, PoolExhausted',
    ],
  ])('%#', (each, words) => {
    expect(entryWords(each)).toBe(words);
  });
});

describe('a noted head', () => {
  const hash = '0123456789abcdef'.repeat(4);

  test('what was copied is read again, also out of a sentence or in capitals', () => {
    expect(writeHead({ sequence: 42, hash })).toBe(`42:${hash}`);
    for (const text of [writeHead({ sequence: 42, hash }), `42 ${hash}`]) {
      expect(readHead(text)).toEqual({ sequence: 42, hash });
    }
    expect(readHead(`  Head: 42, ${hash.toUpperCase()}. `)).toEqual({ sequence: 42, hash });
  });

  test.each(['', '42', hash, `0 ${hash}`, `42 ${hash}0`, `42 ${hash.slice(1)}`, `x ${hash}`])(
    "'%s' is none",
    (text) => {
      expect(readHead(text)).toBeUndefined();
    },
  );
});

describe('addresses of the trail', () => {
  test('the page and the API have the same members, and none without need', () => {
    expect(auditHref({ after: 0, request: '' })).toBe('/audit');
    expect(auditHref({ after: 50, request: 'R 1' })).toBe('/audit?after=50&request=R+1');
    expect(auditPath({ after: 0, request: 'R1' })).toBe('/api/audit?request=R1&pageSize=50');
    expect(auditPath({ after: 41, request: '' }, 1)).toBe('/api/audit?after=41&pageSize=1');
  });

  test('an address that says nonsense is the beginning', () => {
    expect(readAuditQuery(new URLSearchParams('after=7&request= R1 '))).toEqual({
      after: 7,
      request: 'R1',
    });
    for (const after of ['-1', '1.5', 'x', '1e99', '']) {
      expect(readAuditQuery(new URLSearchParams({ after })).after).toBe(0);
    }
  });

  test('the link of the API says where the next page begins', () => {
    expect(afterOf('/api/audit?after=100&pageSize=50')).toBe(100);
    expect(afterOf(undefined)).toBeUndefined();
    expect(afterOf('/api/audit')).toBeUndefined();
  });
});
