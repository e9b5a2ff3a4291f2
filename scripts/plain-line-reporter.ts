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
  #skipped: readonly string[] = [];
  #counts: RunCounts = { passed: 0, failed: 0, skipped: 0 };
  #waitingForExit = false;

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const ofState = (state: 'passed' | 'failed' | 'skipped' | 'pending') =>
      tests.filter((test) => test.result().state === state);
    // A file that cannot be loaded, a failing hook and an error outside any test are failures without a test.
    const failedOutsideTests =
      unhandledErrors.length + modules.filter((module) => failedByItself(module)).length;

    this.#skipped = ofState('skipped').map((test) => `skipped: ${describe(test)}`);
    this.#counts = {
      passed: ofState('passed').length,
      failed: ofState('failed').length + failedOutsideTests,
      // A test that never ran, because the run was interrupted, must not look as if it did not exist.
      skipped: this.#skipped.length + ofState('pending').length,
    };
    if (this.#waitingForExit) return;
    this.#waitingForExit = true;
    process.once('exit', (code) => this.#print(code));
  }

  #print(exitCode: number): void {
    const { failed } = this.#counts;
    // Vitest failed for a reason of its own, such as a setup file: the line must not look like success.
    const counts = { ...this.#counts, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
    writeSync(1, `${[...this.#skipped, plainLine(counts)].join('\n')}\n`);
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
