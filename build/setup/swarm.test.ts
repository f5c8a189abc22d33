import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from './run.ts';
import { withoutServices } from './services.ts';
import { ensureSwarm } from './swarm.ts';

let bin: string;
const path = process.env.PATH;

// Programs are missing because PATH holds only what the test put there.
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'raffi-setup-'));
  vi.stubEnv('PATH', bin);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe.runIf(process.platform === 'linux')("the tests' torrent peers", () => {
  test('that cannot be installed are named with the command, and stop nothing', async () => {
    program('aria2c', 'exit 0');
    const finding = await ensureSwarm();
    expect(finding).toMatchObject({ thing: 'swarm', state: 'skipped' });
    expect(finding.detail).toMatch(/^lacking: transmission-daemon opentracker.*will be skipped$/);
    expect(finding.command).toMatch(/^sudo apt-get .* install -y transmission-daemon opentracker/);
  });

  test('come without their services: none may start meanwhile, none starts with the system', async () => {
    const [policy, log] = [join(bin, 'policy-rc.d'), join(bin, 'log')];
    program('systemctl', `echo "$@" >> ${log}`);
    const asked = () => run(policy, ['aria2', 'start'], { timeoutMs: 10_000, env: { PATH: path } });
    const installing = await withoutServices(
      ['one', 'two'],
      async () => ({ allowed: (await asked()).ok, disabled: existsSync(log) }),
      policy,
    );
    expect(installing).toEqual({ allowed: false, disabled: false });
    expect(existsSync(policy)).toBe(false);
    expect(readFileSync(log, 'utf8')).toBe('disable one.service\ndisable two.service\n');
  });

  test("a machine's own rule about services stays as it is", async () => {
    const policy = join(bin, 'policy-rc.d');
    program('policy-rc.d', 'exit 0');
    const before = readFileSync(policy, 'utf8');
    await withoutServices(['one'], async () => {}, policy);
    expect(readFileSync(policy, 'utf8')).toBe(before);
  });

  test('a rule that was left behind by a killed set-up forbids nothing', async () => {
    const policy = join(bin, 'policy-rc.d');
    const script = await withoutServices(['one'], async () => readFileSync(policy, 'utf8'), policy);
    // No process has this id: it is above Linux's highest.
    writeFileSync(policy, script.replace(String(process.pid), '4194305'), { mode: 0o755 });
    const asked = await run(policy, [], { timeoutMs: 10_000, env: { PATH: path } });
    expect(asked.ok).toBe(true);
  });
});
