import { run } from './run.ts';

/** Debian's own: its modules are not seen by a Python that a version manager put first on `PATH`. */
export const PYTHON = '/usr/bin/python3';

export async function pythonHas(module: string): Promise<boolean> {
  return (await run(PYTHON, ['-c', `import ${module}`], { timeoutMs: 20_000 })).ok;
}
