import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { PROJECT } from '../setup/project.ts';

const Arguments = z.object({ executableArgs: z.array(z.string()).optional() });
const Configuration = z.looseObject({
  linux: Arguments,
  appImage: Arguments.optional(),
  deb: Arguments.optional(),
  electronFuses: z.record(z.string(), z.boolean()),
});
const configuration = Configuration.parse(parse(readFileSync(join(PROJECT, 'electron-builder.yml'), 'utf8')));

test('the desktop entries start the app in its sandbox', () => {
  const { linux, appImage, deb } = configuration;
  // An absent list means --no-sandbox to electron-builder's AppImage target.
  expect(appImage?.executableArgs ?? linux.executableArgs).toEqual([]);
  expect(deb?.executableArgs ?? linux.executableArgs ?? []).toEqual([]);
});

test('the fuses let nothing but the packaged code run', () => {
  expect(configuration.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
  });
});
