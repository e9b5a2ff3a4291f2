import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../scripts/sources.ts';

function runOnNode(version: string): { status: number | null; stderr: string } {
  const pretend = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`;
  return spawnSync(
    process.execPath,
    [
      `--import=data:text/javascript,${encodeURIComponent(pretend)}`,
      join(projectRoot, 'scripts/require-node.mjs'),
    ],
    { encoding: 'utf8' },
  );
}

describe('a script that finds itself on another Node', () => {
  it('says what to do on one that is too old', () => {
    const { status, stderr } = runOnNode('20.20.2');

    expect(status).toBe(1);
    expect(stderr).toContain('This is Node 20.20.2');
    expect(stderr).toContain('run "npm ci"');
  });

  it('says nothing on one that is new enough', () => {
    expect(runOnNode('24.0.0')).toMatchObject({ status: 0, stderr: '' });
  });
});
