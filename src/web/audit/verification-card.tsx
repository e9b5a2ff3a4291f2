import { useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import type { AuditVerification } from '../../model/audit.ts';
import { problemOf } from '../api/api-error.ts';
import { getJson } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { Notice } from '../components/notice.tsx';
import { auditHref, auditPageSize } from './audit-path.ts';
import { writeHead } from './noted-head.ts';
import { NotedHeadField } from './noted-head-field.tsx';

type State =
  | { readonly status: 'none' | 'running' }
  | { readonly status: 'failed'; readonly problem: Problem }
  | { readonly status: 'done'; readonly verification: AuditVerification };

/** The API exports no more in one answer. */
const exportedEntries = 50_000;

/** Follows the chain of the trail, and compares it with a head that was noted earlier. */
export function VerificationCard() {
  const [state, setState] = useState<State>({ status: 'none' });
  const verify = async (): Promise<void> => {
    setState({ status: 'running' });
    try {
      const verification = await getJson<AuditVerification>('/api/audit/verification');
      setState({ status: 'done', verification });
    } catch (error) {
      setState({ status: 'failed', problem: problemOf(error) });
    }
  };
  const isRunning = state.status === 'running';
  return (
    <Card
      title="Verification"
      beside={
        <Button busy={isRunning} onClick={() => void verify()}>
          {isRunning ? 'Following the chain…' : 'Verify the trail'}
        </Button>
      }
    >
      <p class="muted">
        Every entry carries the hash of the one before it: who changes, takes out or inserts an
        entry breaks the chain. Who cuts off its end is found by a head that was noted before. The
        command <code>vnetv audit verify</code> does the same without trusting this service.
      </p>
      {state.status === 'failed' && (
        <ErrorState problem={state.problem} onRetry={() => void verify()} />
      )}
      {state.status === 'done' && <Verdict verification={state.verification} />}
      <NotedHeadField />
    </Card>
  );
}

function Verdict({ verification }: { verification: AuditVerification }) {
  const { intact, entries, head, problems } = verification;
  if (!intact) {
    return (
      <Notice tone="bad" role="alert" title="The trail is not intact">
        <ul>
          {problems.map((problem) => (
            <li key={problem}>
              <bdi>{problem}</bdi>
            </li>
          ))}
        </ul>
        <p>
          <strong>What to do:</strong> export the trail now, keep the file, and tell your security
          team before anything else is changed.
        </p>
      </Notice>
    );
  }
  return (
    <Notice
      tone="good"
      role="status"
      title={
        entries === 1 ? 'The trail is intact: 1 entry' : `The trail is intact: ${entries} entries`
      }
    >
      {entries > 0 && (
        <>
          <p>Note its head, and compare it next time:</p>
          <p class="audit-head">
            <code>{writeHead(head)}</code>
            <CopyButton text={writeHead(head)} label="head of the trail" />
          </p>
          {entries > exportedEntries && (
            <p>
              A file of the page holds the first {exportedEntries.toLocaleString('en')} entries;{' '}
              <code>vnetv audit export</code> writes all of them.
            </p>
          )}
          <p>
            <a href={auditHref({ after: Math.max(0, head.sequence - auditPageSize), request: '' })}>
              Go to the newest entries
            </a>
          </p>
        </>
      )}
    </Notice>
  );
}
