import type { EffectivePermission } from '../../azure/azure.ts';
import { allows } from '../../azure/permissions.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Finding, PrerequisiteCheck } from '../../model/plan.ts';

export interface CheckResult {
  readonly finding: Finding;
  /** Set when the check could not be made for now. */
  readonly retry?: VendingError;
}

/** A check that needs a token of its tenant. */
export interface DependentCheck {
  readonly run: () => Promise<CheckResult>;
  readonly check: PrerequisiteCheck;
  readonly subject: string;
}

/** All findings; fails when a check could not be made for now, so that the whole step is tried again. */
export function findingsOf(results: readonly CheckResult[]): Outcome<readonly Finding[]> {
  const passing = results.find((result) => result.retry !== undefined)?.retry;
  return passing ? failure(passing) : success(results.map((result) => result.finding));
}

/** Without a token nothing else of that tenant can be looked at: each check says so. */
export async function runDependent(
  hasToken: boolean,
  tenant: string,
  checks: readonly DependentCheck[],
): Promise<readonly CheckResult[]> {
  if (hasToken) return await Promise.all(checks.map(({ run }) => run()));
  return checks.map(({ check, subject }) => ({
    finding: {
      check,
      subject,
      status: 'unknown',
      error: vendingError(
        'TokenUnavailable',
        `Not checked, for want of a token of the ${tenant}.`,
        {
          kind: 'operator',
          cause: 'Every look into a tenant needs a token of that tenant.',
          remedy: 'Cure the finding about the token first.',
        },
      ),
    },
  }));
}

export function judgePermissions(
  check: PrerequisiteCheck,
  subject: string,
  permissions: Outcome<readonly EffectivePermission[]>,
  actions: readonly string[],
  remedy: string,
): CheckResult {
  return judge(check, subject, permissions, (granted) => {
    const missing = actions.filter((action) => !allows(granted, action));
    if (missing.length === 0) return undefined;
    return vendingError(
      'PermissionMissing',
      `The application lacks ${missing.join(', ')} on the ${subject}.`,
      { remedy },
    );
  });
}

/** Makes a finding of what was read; a refusal to let us look is `unknown`, not missing. */
export function judge<T>(
  check: PrerequisiteCheck,
  subject: string,
  read: Outcome<T>,
  fault: (value: T) => VendingError | undefined = () => undefined,
): CheckResult {
  if (read.ok) {
    const error = fault(read.value);
    return {
      finding: error
        ? { check, subject, status: 'failed', error }
        : { check, subject, status: 'passed' },
    };
  }
  const { error } = read;
  const isToken = check === 'management-token' || check === 'managed-token';
  const status = !isToken && unreadable.has(error.code) ? 'unknown' : 'failed';
  return {
    finding: { check, subject, status, error },
    ...(error.kind === 'retryable' ? { retry: error } : {}),
  };
}

/** Errors that say only that Azure does not let us look, or that there is nothing to look at. */
const unreadable: ReadonlySet<string> = new Set(['PermissionMissing', 'NotFound']);

/** One error for all findings that stop the request; undefined when none does. */
export function prerequisitesNotMet(findings: readonly Finding[]) {
  const failed = findings.filter((finding) => finding.status === 'failed');
  if (failed.length === 0) return undefined;
  return vendingError(
    'PrerequisitesNotMet',
    `${failed.length === 1 ? 'A prerequisite is' : `${failed.length} prerequisites are`} missing: ${failed
      .map((finding) => finding.error?.message ?? finding.check)
      .join(' ')}`,
    { remedy: failed.map((finding) => finding.error?.remedy ?? '').join('\n') },
  );
}
