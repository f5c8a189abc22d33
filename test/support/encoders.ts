import { vi } from 'vitest';
import { processTree } from './processes.ts';

/** The processes of an app that encode something now. */
export function encodersOf(appPid: number): number[] {
  return processTree(appPid)
    .filter(({ commandLine }) => /-c:[av] .*pipe:1/.test(commandLine))
    .map(({ pid }) => pid);
}

/** Until nothing of an app encodes any more. */
export async function untilNoEncoder(appPid: number): Promise<void> {
  await vi.waitFor(
    () => {
      const left = encodersOf(appPid);
      if (left.length > 0) throw new Error(`Still encoding: ${left.join(', ')}`);
    },
    { timeout: 5_000 },
  );
}
