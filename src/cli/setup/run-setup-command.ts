import { Administration } from '../../setup/administration.ts';
import { stepsOf } from '../../setup/all-steps.ts';
import { askAsApplication } from '../../setup/ask-as-application.ts';
import { attemptBeside } from '../../setup/attempt.ts';
import { checkOptions } from '../../setup/check-options.ts';
import type { SetupContext, SetupOptions } from '../../setup/context.ts';
import { credentialOf, readAccounts, signInRemedy } from '../../setup/credentials.ts';
import { chooseEndpoints } from '../../setup/endpoints.ts';
import { holdsOf } from '../../setup/holds.ts';
import { readLandscape, writeClientId } from '../../setup/read-landscape.ts';
import { changes, isComplete, type StepReport } from '../../setup/report.ts';
import { planSetup, type RunOptions, runSetup } from '../../setup/run-setup.ts';
import { planUndo, undoSetup } from '../../setup/run-undo.ts';
import { SetupError } from '../../setup/setup-error.ts';
import { StoppedError } from '../../setup/stopped-error.ts';
import { CliError, usageError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { confirm } from '../input/confirm.ts';
import type { Session } from '../session.ts';
import { renderProgress, renderSetup, type SetupMode } from './render-setup.ts';

export interface SetupCommandOptions {
  readonly landscape?: string;
  readonly pool: Readonly<Record<string, readonly string[]>>;
  readonly tenant?: readonly string[];
  readonly roles: 'custom' | 'built-in';
  readonly location?: string;
  readonly applicationName: string;
  readonly managedIdentity?: string;
  readonly signInApplication?: string;
  readonly redirectUri?: string;
  readonly accounts?: string;
  readonly cloud?: string;
  readonly dryRun?: boolean;
  readonly undo?: boolean;
  readonly deleteResourceGroup?: boolean;
  readonly yes?: boolean;
}

/** `vnetv setup`: plan, ask, do; each as far as the options say. */
export async function runSetupCommand(
  session: Session,
  options: SetupCommandOptions,
): Promise<void> {
  const stop = new AbortController();
  const release = session.world.onInterrupt(() => stop.abort());
  try {
    await planAndRun(session, options, stop.signal);
  } catch (error) {
    if (error instanceof StoppedError) throw stopped(options);
    if (error instanceof SetupError) throw toldBySetup(error);
    throw error;
  } finally {
    release();
  }
}

async function planAndRun(
  session: Session,
  options: SetupCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const context = await contextOf(session, options, signal);
  const all = stepsOf(context, options.undo);
  const { shared, managed } = all;
  // Whoever takes one tenant off leaves to the others what they share.
  const steps = options.undo && options.tenant ? managed : [...shared, ...managed];
  const running: RunOptions = { isStopped: () => signal.aborted };
  const mode = { undo: options.undo === true };
  if (options.undo && !options.dryRun && !options.yes && !session.isInteractive) {
    throw usageError(
      '--undo deletes, and nobody can be asked here.',
      'Look with --dry-run, then give --yes.',
    );
  }
  const holds = options.undo ? await holdsOf(context, all) : undefined;
  // Planning asks Azure for everything: only where somebody looks at the plan.
  if (options.dryRun || (session.isInteractive && !options.yes)) {
    const plan = options.undo
      ? await planUndo(steps, running, holds)
      : await planSetup(context, steps, running);
    if (options.dryRun || changes(plan).length === 0) {
      answer(session, { ...mode, dryRun: options.dryRun === true }, context, plan);
      return;
    }
    await askAbout(session, mode, plan);
  }
  const telling: RunOptions = {
    ...running,
    onReport: (report) => {
      for (const line of renderProgress(report)) session.note(line);
    },
  };
  const done = options.undo
    ? await undoSetup(context, steps, telling, holds)
    : await runSetup(context, steps, telling);
  answer(session, { ...mode, dryRun: false }, context, done);
}

async function askAbout(
  session: Session,
  mode: { readonly undo: boolean },
  plan: readonly StepReport[],
): Promise<void> {
  const shown = renderSetup({ ...mode, dryRun: true }, plan, session.errorLook);
  // Beside the result, which may be read by a program.
  session.world.stderr.write(`${shown.join('\n')}\n`);
  await confirm(session, mode.undo ? 'Take this back?' : 'Make these changes?');
}

function answer(
  session: Session,
  mode: SetupMode,
  { application }: SetupContext,
  steps: readonly StepReport[],
): void {
  const complete = isComplete(steps);
  const result = { ...mode, complete, clientId: application.clientId, steps };
  session.answer(result, ({ steps: shown }, look) => renderSetup(mode, shown, look));
  if (!complete) session.exitCode = exitCodes.endedBadly;
}

async function contextOf(
  session: Session,
  options: SetupCommandOptions,
  signal: AbortSignal,
): Promise<SetupContext> {
  const { env, sleep } = session.world;
  const file = options.landscape ?? (env['VNETV_LANDSCAPE_FILE'] || 'landscape.json');
  const landscape = await readLandscape(file);
  const asked: SetupOptions = {
    landscape,
    poolPrefixes: options.pool,
    roles: options.roles,
    location: options.location,
    tenants: options.tenant,
    applicationName: options.applicationName,
    managedIdentity: options.managedIdentity,
    signInApplication: options.signInApplication,
    redirectUri: options.redirectUri,
    deleteResourceGroup: options.deleteResourceGroup,
  };
  checkOptions(asked);
  const accounts =
    options.accounts === undefined ? undefined : await readAccounts(options.accounts);
  const { endpoints, disableInstanceDiscovery } = chooseEndpoints({
    cloud: options.cloud,
    env,
    accounts,
  });
  const signIn = {
    way: wayOf(session),
    accounts,
    authority: endpoints.authority,
    disableInstanceDiscovery,
    env,
    tell: (text: string) => session.note(text),
  };
  const application = { clientId: landscape.application.clientId };
  return {
    ...asked,
    administration: new Administration({
      endpoints,
      credentialOf: (tenant) => credentialOf(signIn, tenant),
      signInRemedy: (tenant) => signInRemedy(signIn, tenant),
    }),
    endpoints,
    application,
    attempt: attemptBeside(file, 'attempt'),
    signInAttempt: attemptBeside(file, 'sign-in-attempt'),
    seen: options.undo ? undefined : new Map(),
    keepClientId: (clientId) => writeClientId(file, application.clientId, clientId),
    permissionsOfApplication: askAsApplication({ ...signIn, landscape, application, endpoints }),
    waiting: {
      async sleep(milliseconds) {
        await sleep(milliseconds, signal);
        if (signal.aborted) throw new StoppedError('The set-up was stopped.');
      },
      pollSeconds: 5,
      connectionSeconds: 300,
      replicationSeconds: 180,
      propagationSeconds: 600,
    },
  };
}

function wayOf({ options }: Session): 'chain' | 'interactive' | 'device-code' {
  const { interactive = false, deviceCode = false, as } = options;
  if (as !== undefined || (interactive && deviceCode)) {
    throw usageError(
      as === undefined
        ? '--interactive and --device-code exclude one another.'
        : '--as is for people of a local platform; setup speaks for you in Azure.',
      'Give one of --interactive, --device-code and --accounts, or none.',
    );
  }
  if (interactive) return 'interactive';
  return deviceCode ? 'device-code' : 'chain';
}

const stopped = ({ undo }: SetupCommandOptions): CliError =>
  new CliError(exitCodes.interrupted, 'Stopped between two steps.', {
    remedy: undo
      ? 'Run it again to take back the rest.'
      : 'Run it again to go on; what was made is found.',
  });

const toldBySetup = ({ message, why, remedy, code }: SetupError): CliError =>
  new CliError(code === 'InputMissing' ? exitCodes.usage : exitCodes.endedBadly, message, {
    cause: why,
    remedy,
    code,
  });
