import { expect, test } from 'vitest';
import type { TenantCheck } from '../../../src/model/api/tenant-views.ts';
import { checkWords, findingsOf } from '../../../src/web/tenants/check-summary.ts';

const finding = (check: string, status: TenantCheck['findings'][number]['status']) => ({
  check,
  status,
  subject: `subject of ${check}`,
});

const checkOf = (...findings: TenantCheck['findings']): TenantCheck => ({
  alias: 'fabrikam',
  checkedAt: '2026-06-01T08:00:00Z',
  ready: findings.every(({ status }) => status !== 'failed'),
  findings,
});

test('findings are counted by how they ended, the bad ones first', () => {
  expect(
    checkWords(checkOf(finding('a', 'passed'), finding('b', 'failed'), finding('c', 'unknown'))),
  ).toBe('1 not met, 1 cannot be seen, 1 met');
  expect(checkWords(checkOf(finding('a', 'passed'), finding('b', 'passed')))).toBe('2 met');
  expect(checkWords(checkOf(finding('a', 'failed')))).toBe('1 not met');
  expect(checkWords(checkOf())).toBe('Nothing was checked');
});

test('findings of a check stand together', () => {
  const groups = findingsOf(
    checkOf(
      finding('pool', 'failed'),
      finding('token', 'failed'),
      finding('pool', 'failed'),
      finding('pool', 'passed'),
    ),
    'failed',
  );
  expect([...groups].map(([check, found]) => [check, found.length])).toEqual([
    ['pool', 2],
    ['token', 1],
  ]);
});
