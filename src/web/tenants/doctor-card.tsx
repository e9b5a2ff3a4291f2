import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import type { TenantCheck } from '../../model/api/tenant-views.ts';
import { isAbort, problemOf } from '../api/api-error.ts';
import { getJson } from '../api/client.ts';
import { Button } from '../components/button.tsx';
import { Card } from '../components/card.tsx';
import { ErrorState } from '../components/error-state.tsx';
import { LoadingState } from '../components/loading-state.tsx';
import { announce } from '../shell/announce.ts';
import { checkWords } from './check-summary.ts';
import { DoctorFindings } from './doctor-findings.tsx';

/** Checks the prerequisites of a tenant when somebody asks for it: every check is a dozen calls of Azure. */
export function DoctorCard({ alias }: { alias: string }) {
  const { check, problem, isRunning, run } = useTenantCheck(alias);
  const label = check === undefined ? 'Check now' : 'Check again';
  return (
    <Card
      title="Prerequisites"
      beside={
        <Button kind={check === undefined ? 'primary' : 'secondary'} busy={isRunning} onClick={run}>
          {isRunning ? 'Checking…' : label}
        </Button>
      }
    >
      {problem !== undefined && <ErrorState problem={problem} onRetry={run} />}
      {check !== undefined && <DoctorFindings check={check} />}
      {check === undefined && isRunning && (
        <LoadingState label="Both tenants are being looked at" lines={6} />
      )}
      {check === undefined && !isRunning && problem === undefined && (
        <p class="muted">
          Checks that the application can sign in to both tenants, that it may use the pools and
          make VNets, and that the network managers are connected. Nothing is changed.
        </p>
      )}
    </Card>
  );
}

interface RunningCheck {
  readonly check: TenantCheck | undefined;
  readonly problem: Problem | undefined;
  readonly isRunning: boolean;
  readonly run: () => void;
}

function useTenantCheck(alias: string): RunningCheck {
  const [state, setState] = useState<Omit<RunningCheck, 'run'>>({
    check: undefined,
    problem: undefined,
    isRunning: false,
  });
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const run = async (): Promise<void> => {
    const controller = new AbortController();
    abort.current = controller;
    setState((before) => ({ ...before, problem: undefined, isRunning: true }));
    try {
      const path = `/api/tenants/${encodeURIComponent(alias)}/check`;
      const check = await getJson<TenantCheck>(path, controller.signal);
      setState({ check, problem: undefined, isRunning: false });
      announce(
        `${check.ready ? 'The tenant is ready' : 'The tenant is not ready'}: ${checkWords(check)}.`,
      );
    } catch (error) {
      if (isAbort(error)) return;
      setState((before) => ({ ...before, problem: problemOf(error), isRunning: false }));
    }
  };
  return { ...state, run: () => void run() };
}
