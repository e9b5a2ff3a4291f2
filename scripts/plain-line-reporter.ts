import { writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

export interface RunCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The one line that continuous integration reads: `N passed, N failed`, and `, N skipped` when there were any. */
export function plainLine(counts: RunCounts): string {
  const line = `${counts.passed} passed, ${counts.failed} failed`;
  return counts.skipped === 0 ? line : `${line}, ${counts.skipped} skipped`;
}

/**
 * Lists the skipped tests with their reasons and ends the output with the plain line. The line is written
 * when the process exits, because other reporters and Vitest itself still print after the run ended.
 */
// biome-ignore lint/style/noDefaultExport: Vitest loads a reporter by the default export of its file.
export default class PlainLineReporter implements Reporter {
  #lines: string[] = [];
  #waitingForExit = false;

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const ofState = (state: 'passed' | 'failed' | 'skipped') =>
      tests.filter((test) => test.result().state === state);
    const skipped = ofState('skipped');
    // A file that cannot be loaded, a failing hook and an error outside any test are failures without a test.
    const failedOutsideTests =
      unhandledErrors.length + modules.filter((module) => failedByItself(module)).length;

    this.#lines = skipped.map((test) => `skipped: ${describe(test)}`);
    this.#lines.push(
      plainLine({
        passed: ofState('passed').length,
        failed: ofState('failed').length + failedOutsideTests,
        // A test that never ran, because the run was interrupted, must not look as if it had not existed.
        skipped: skipped.length + tests.filter((test) => test.result().state === 'pending').length,
      }),
    );
    this.#printAtExit();
  }

  #printAtExit(): void {
    if (this.#waitingForExit) return;
    this.#waitingForExit = true;
    process.once('exit', () => writeSync(1, `${this.#lines.join('\n')}\n`));
  }
}

function failedByItself(module: TestModule): boolean {
  if (module.errors().length > 0) return true;
  return [...module.children.allSuites()].some((suite) => suite.errors().length > 0);
}

function describe(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  const reason = note ?? (test.options.mode === 'todo' ? 'to do' : 'no reason given');
  return `${test.module.relativeModuleId} > ${test.fullName} (${reason})`;
}
