import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { PROJECT } from './project.ts';

const read = <T>(file: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readFileSync(join(PROJECT, file), 'utf8')));

/**
 * npm 11 warns of each dependency with an install script that package.json says nothing of. Only ffmpeg-static's is of use: it
 * downloads the binary. esbuild's merely checks its platform package, electron-winstaller's serves an installer we do not make.
 */
test('each install script of a dependency is allowed or denied, and no other is named', () => {
  const { packages } = read(
    'package-lock.json',
    z.object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) }),
  );
  const { allowScripts } = read(
    'package.json',
    z.object({ allowScripts: z.record(z.string(), z.boolean()) }),
  );
  const withScripts = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(Object.keys(allowScripts).sort()).toEqual(withScripts.sort());
  expect(allowScripts['ffmpeg-static']).toBe(true);
});
