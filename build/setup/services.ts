import { rm, writeFile } from 'node:fs/promises';
import { findOnPath, run } from './run.ts';

/** Debian's hook: every package asks it before it starts a service, 101 forbids it. Containers often have one already. */
const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Installs packages so that these services of theirs neither start now nor with the system. Name none that were there before: they would
 * no longer start either.
 */
export async function withoutServices<T>(
  services: readonly string[],
  install: () => Promise<T>,
  policy = POLICY,
): Promise<T> {
  if (services.length === 0) return install();
  const isOurs = await forbidStarts(policy);
  try {
    return await install();
  } finally {
    if (isOurs) await rm(policy, { force: true });
    await disable(services);
  }
}

/** Whether the hook is ours now. */
async function forbidStarts(policy: string): Promise<boolean> {
  // Were this process killed, the hook would stay; so it forbids only as long as the process lives.
  const script = `#!/bin/sh\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`;
  return writeFile(policy, script, { mode: 0o755, flag: 'wx' }).then(
    () => true,
    () => false,
  );
}

/** One that was not installed after all is no error. */
async function disable(services: readonly string[]): Promise<void> {
  const systemctl = findOnPath('systemctl');
  for (const service of services) {
    if (systemctl !== null) await run(systemctl, ['disable', `${service}.service`], { timeoutMs: 20_000 });
    else await run('update-rc.d', [service, 'disable'], { timeoutMs: 20_000 });
  }
}
