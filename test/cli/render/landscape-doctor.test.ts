import { describe, expect, it } from 'vitest';
import { renderLandscapeDoctor } from '../../../src/cli/render/landscape-doctor.ts';
import type { TenantCheck } from '../../../src/model/api/tenant-views.ts';
import { plainLook } from '../support/looks.ts';

type Finding = TenantCheck['findings'][number];

const finding = (check: string, status: Finding['status'], subject = check): Finding => ({
  check,
  status,
  subject,
  ...(status === 'passed'
    ? {}
    : {
        error: {
          code: 'PermissionMissing',
          kind: 'operator',
          message: `${subject} is ${status}.`,
          cause: 'A role is missing.',
          remedy: 'Assign it.',
        },
      }),
});

const tenant = (alias: string, findings: readonly Finding[]): TenantCheck => ({
  alias,
  checkedAt: '2026-01-05T08:00:00.000Z',
  ready: findings.every(({ status }) => status !== 'failed'),
  findings: [...findings],
});

const render = (...tenants: TenantCheck[]): string =>
  renderLandscapeDoctor(
    { ready: tenants.every(({ ready }) => ready), tenants },
    plainLook(100),
  ).join('\n');

describe('the doctor of the whole landscape', () => {
  it('has a row for each tenant and a column for each prerequisite, in the order in which they build on each other', () => {
    const lines = render(
      tenant('fabrikam', [
        finding('virtual-network-permission', 'passed'),
        finding('managed-token', 'passed'),
        finding('pool-permission', 'passed'),
      ]),
      tenant('northwind', [finding('managed-token', 'failed')]),
    ).split('\n');

    expect(lines.slice(0, 3)).toEqual([
      '  tenant     pools  token  VNets',
      '✓ fabrikam   ✓      ✓      ✓',
      '✗ northwind         ✗',
    ]);
  });

  it('shows the worst of a prerequisite that is looked at in several places', () => {
    const text = render(
      tenant('fabrikam', [
        finding('connection', 'passed', 'one'),
        finding('connection', 'failed', 'two'),
        finding('connection', 'unknown', 'three'),
        finding('resource-group', 'unknown', 'four'),
        finding('resource-group', 'passed', 'five'),
      ]),
    );

    expect(text).toContain('✗ fabrikam  ✗ 1 of 3    ? 1 of 2\n');
  });

  it('tells once what is wrong for several tenants, with its remedy', () => {
    const shared = finding('management-token', 'failed', 'management tenant');
    const text = render(
      tenant('fabrikam', [shared]),
      tenant('northwind', [shared, finding('connection', 'failed', 'a subscription')]),
    );

    expect(text.match(/management tenant is failed/g)).toHaveLength(1);
    expect(text).toContain('\nfabrikam, northwind\n✗ management tenant is failed.');
    expect(text).toContain('\nnorthwind\n✗ a subscription is failed.');
    expect(text).toContain('what to do  Assign it.');
    expect(text).toContain('✗ 0 of 2 tenants are ready: 3 failed.');
  });

  it('shows a prerequisite that it does not know under the name that the API gives it', () => {
    expect(render(tenant('fabrikam', [finding('new-check', 'passed')]))).toContain(
      '  tenant    new-check\n✓ fabrikam  ✓',
    );
  });

  it('counts what cannot be looked at as ready', () => {
    const text = render(tenant('fabrikam', [finding('connection', 'unknown')]));

    expect(text).toContain('✓ fabrikam  ?');
    expect(text).toContain('✓ 1 of 1 tenant is ready: 1 unknown.');
  });
});
