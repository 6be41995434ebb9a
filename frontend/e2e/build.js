// Builds the program once for all workers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function build() {
  if (process.env.BASE_URL || process.env.E2E_PROGRAM) return;
  const program = join(mkdtempSync(join(tmpdir(), 'gobua-e2e-')), 'gobua');
  const root = new URL('../..', import.meta.url).pathname;
  for (const [command, ...args] of [
    ['make', '-s', 'frontend/verifier/verifier.json'],
    ['go', 'build', '-o', program, './cmd/gobua'],
  ]) {
    const { status } = spawnSync(String(command), args, { cwd: root, stdio: 'inherit' });
    if (status !== 0) throw new Error(`${command} failed`);
  }
  process.env.E2E_PROGRAM = program;
}
