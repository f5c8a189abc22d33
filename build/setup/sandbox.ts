import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { run } from './run.ts';

/**
 * Whether Chromium's sandbox can work for this user. It needs unprivileged user namespaces (which Ubuntu 24.04 and most
 * containers restrict), or its own helper owned by root with the setuid bit. Linux only; root runs without it (`--no-sandbox`).
 */
export async function checkSandbox(electronFolder: string): Promise<Finding[]> {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return [];
  const helper = join(electronFolder, 'chrome-sandbox');
  const namespaces = await run('unshare', ['--user', '--map-root-user', 'true'], { timeoutMs: 5_000 });
  if (namespaces.ok || isSetuidRoot(helper)) return [];
  return [
    {
      thing: 'sandbox',
      state: 'missing',
      detail: "this system allows no user namespaces, and Chromium's helper is not set up",
      command: `sudo chown root:root '${helper}' && sudo chmod 4755 '${helper}'`,
    },
  ];
}

const SETUID = 0o4000;

function isSetuidRoot(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.uid === 0 && (stat.mode & SETUID) !== 0;
}
