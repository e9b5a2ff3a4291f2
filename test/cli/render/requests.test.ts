import { describe, expect, it } from 'vitest';
import { describeApproval } from '../../../src/cli/render/approval-line.ts';
import { renderDoctor } from '../../../src/cli/render/doctor.ts';
import { renderError } from '../../../src/cli/render/error-lines.ts';
import { renderLandscapeDoctor } from '../../../src/cli/render/landscape-doctor.ts';
import { renderOutcome } from '../../../src/cli/render/outcome.ts';
import { renderPoolMap } from '../../../src/cli/render/pool-map.ts';
import { renderPreview } from '../../../src/cli/render/preview.ts';
import { renderRequestDetail } from '../../../src/cli/render/request-detail.ts';
import { renderRequestList } from '../../../src/cli/render/request-list.ts';
import { textWidth } from '../../../src/cli/render/text.ts';
import { renderTimeline } from '../../../src/cli/render/timeline.ts';
import { renderLiveFrame } from '../../../src/cli/watch/live-frame.ts';
import { markedLook, plainLook } from '../support/looks.ts';
import {
  failedDetail,
  planHash,
  sampleDetail,
  samplePlan,
  samplePool,
  succeededDetail,
} from '../support/samples.ts';

const now = new Date('2026-11-28T17:03:00.000Z');
const textOf = (lines: readonly string[]) => lines.join('\n');

describe('a request', () => {
  it('shows what an approver must know: the plan with its hash, flags, what is unknown, what comes next', () => {
    const text = textOf(renderRequestDetail(sampleDetail, plainLook(100), now));

    for (const expected of [
      'NET-7  awaiting-approval  allocate vnet-payments',
      '1024 addresses of corp-centralus',
      'new payments environment',
      'servicenow RITM0012345',
      '1,024 IPv4 addresses of corp-centralus',
      'app: 128 addresses',
      planHash,
      '▲ It takes a large part of the pool.',
      '? The connection cannot be looked at. (ConnectionUnknown)',
      'Look at the connection in the portal.',
      'It waits for an approval.',
      'vnetv approve NET-7',
    ]) {
      expect(text).toContain(expected);
    }
  });

  it('shows what a removal gives back, and what it sets aside', () => {
    const change = {
      ...samplePlan.change,
      operation: 'remove' as const,
      mode: 'delete',
      allocations: [
        { ...samplePlan.change.allocations[0], prefixes: ['10.0.0.0/22'] },
      ] as typeof samplePlan.change.allocations,
      detachedPeerings: ['to-hub'],
      overrides: ['ownership'],
    };
    const plan = { ...samplePlan, change };
    const text = textOf(renderRequestDetail({ ...sampleDetail, plan }, plainLook(100), now));

    expect(text).toContain('delete the VNet vnet-payments');
    expect(text).toMatch(/gives back +1,024 IPv4 addresses of corp-centralus \(10\.0\.0\.0\/22\)/);
    expect(text).toMatch(/detaches +to-hub/);
    expect(text).toMatch(/overrides +ownership/);
  });

  it('that failed shows why, what to do, and what is left behind', () => {
    const text = textOf(renderOutcome(failedDetail, plainLook(100)));

    expect(text).toContain('✗ NET-7 compensation-failed: allocate vnet-payments');
    expect(text).toContain('A lock holds the VNet.');
    expect(text).toContain('Remove the lock, then resume the request.');
    expect(text).toContain('▲ VNet vnet-payments in fabrikam');
  });

  it('shows where an approval stands', () => {
    const approval = {
      status: 'open' as const,
      stage: 'network',
      stageNumber: 1,
      stages: 2,
      approvals: 1,
      minApprovals: 2,
      approvers: ['netops'],
      escalated: true,
    };

    expect(describeApproval(approval)).toBe(
      "stage 1 of 2, 'network': 1 of 2 given; by netops; escalated",
    );
    expect(describeApproval({ ...approval, deadline: '2026-12-01T17:36:07.044Z' })).toMatch(
      /; by netops; until 2026-12-0\d \d\d:36:07; escalated$/,
    );
  });

  it('flags in a list what an approver should look at twice', () => {
    expect(textOf(renderRequestList([sampleDetail, succeededDetail], plainLook(120), now))).toMatch(
      /NET-7 +awaiting-approval ▲ [\s\S]*NET-7 +succeeded +allocate +vnet-payments +fabrikam +10\.0\.0\.0\/22 +Ada Requester +3 min/,
    );
  });
});

describe('a timeline', () => {
  it('sets the taking back apart, and tells when a day has passed', () => {
    const lines = renderTimeline(failedDetail.timeline, plainLook(60));

    expect(lines[1]).toMatch(/^ {2}\d\d:\d\d:02 ✓ 9 prerequisites met\.$/);
    expect(lines[2]).toMatch(/^ {2}2026-11-29$/);
    expect(lines[3]).toMatch(/^ {2}\d\d:\d\d:00 ↩ ✗ Azure refused the deletion\.$/);
  });

  it('moves the mark of what goes on, and of nothing else', () => {
    const spin = (timeline: typeof sampleDetail.timeline) =>
      textOf(renderTimeline(timeline, plainLook(60), { spinner: '@' }));

    expect(spin(sampleDetail.timeline.slice(0, 1))).toContain('@ Checking');
    expect(spin(sampleDetail.timeline)).not.toContain('@');
  });
});

describe('the live display', () => {
  const options = { frame: 0, elapsedMs: 65_000, rows: 24 };

  it('says how to stop, and that the request goes on', () => {
    const lines = renderLiveFrame(sampleDetail, plainLook(80), options);

    expect(lines[0]).toBe('NET-7  awaiting-approval  allocate vnet-payments');
    expect(lines.at(-1)).toBe('  1:05 · Ctrl-C stops watching; the request goes on');
  });

  it('never has more lines than the window', () => {
    const timeline = Array.from({ length: 50 }, (_, index) => ({
      ...sampleDetail.timeline[1],
      key: `${index}`,
      message: `happening ${index}`,
    })) as typeof sampleDetail.timeline;
    for (const rows of [5, 10, 24]) {
      const lines = renderLiveFrame({ ...sampleDetail, timeline }, plainLook(40), {
        ...options,
        rows,
      });
      expect(lines.length).toBeLessThan(rows);
      expect(textOf(lines)).toContain('happening 49');
    }
    const last = renderLiveFrame({ ...sampleDetail, timeline }, plainLook(40), {
      ...options,
      isLast: true,
    });
    expect(last).toHaveLength(51);
  });

  it('shows the trouble of the watching', () => {
    const lines = renderLiveFrame(sampleDetail, plainLook(80), {
      ...options,
      trouble: 'It is away.',
    });

    expect(textOf(lines)).toContain('  It is away.');
  });
});

describe('errors', () => {
  it('say what happened, why, where, and what to do', () => {
    const error = {
      message: 'It broke.',
      why: 'Because.',
      remedy: 'Mend it.',
      code: 'Broken',
      pointers: ['/target'],
    };

    expect(renderError(error, plainLook())).toEqual([
      '✗ It broke. (Broken)',
      '  why         Because.',
      '  where       /target',
      '  what to do  Mend it.',
    ]);
  });

  it('of a plan are shown below it', () => {
    const [error] = [failedDetail.error];
    const text = textOf(
      renderPreview({ plan: samplePlan, riskFlags: [], ...(error ? { error } : {}) }, plainLook()),
    );

    expect(text).toContain('Plan\n');
    expect(text).toMatch(/✗ What was done could not be taken back\. \(CompensationFailed\)\n.*why/);
  });

  it('of a tenant come with their remedy, and what is unknown in another colour than what failed', () => {
    const findings = [
      ...samplePlan.findings,
      {
        check: 'pool-permission',
        status: 'failed' as const,
        subject: 'pool corp',
        error: failedDetail.error,
      },
    ] as Parameters<typeof renderDoctor>[0]['findings'];
    const check = { alias: 'northwind', checkedAt: '', ready: false, findings };
    const text = textOf(renderDoctor(check, markedLook()));

    expect(text).toContain('<red>✗ What was done');
    expect(text).toContain('<yellow>? The connection');
    expect(text).toContain('<red>✗ northwind is not ready: 1 passed, 1 failed, 1 unknown.</red>');
  });
});

describe('whatever the width', () => {
  const wide =
    'ein sehr langer Grund mit 網路 und einemWortDasSoLangIstDassEsInKeineZeilePasst '.repeat(4);
  const long = { ...failedDetail, id: 'A'.repeat(64), reason: wide, next: wide, leftovers: [wide] };
  const check = { alias: 'fabrikam', checkedAt: '', ready: false, findings: samplePlan.findings };
  const renderings = {
    detail: (width: number) => renderRequestDetail(long, plainLook(width), now),
    list: (width: number) => renderRequestList([sampleDetail, long], plainLook(width), now),
    outcome: (width: number) => renderOutcome(long, plainLook(width)),
    pool: (width: number) => renderPoolMap(samplePool, plainLook(width)),
    preview: (width: number) =>
      renderPreview({ plan: samplePlan, riskFlags: [] }, plainLook(width)),
    doctor: (width: number) =>
      renderDoctor(check as Parameters<typeof renderDoctor>[0], plainLook(width)),
    'landscape doctor': (width: number) =>
      renderLandscapeDoctor(
        { ready: false, tenants: [check as Parameters<typeof renderDoctor>[0]] },
        plainLook(width),
      ),
    frame: (width: number) =>
      renderLiveFrame(long, plainLook(width), { frame: 0, elapsedMs: 0, rows: 24 }),
  };

  it.each(Object.entries(renderings))('no line of the %s is wider', (_name, render) => {
    for (let width = 20; width <= 140; width += 3) {
      for (const line of render(width)) {
        // A command to copy is never broken.
        if (!line.includes('vnetv '))
          expect(textWidth(line), `${width}: ${line}`).toBeLessThanOrEqual(width);
      }
    }
  });
});
