import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureFfmpeg } from './ffmpeg.ts';
import { ensureFfplay } from './ffplay.ts';
import { describe as describeFinding } from './finding.ts';
import { PROJECT } from './project.ts';
import { findOnPath, run } from './run.ts';
import { installSubstitute, integrityOf } from './substitute-electron.ts';

/** The paths that this machine does not need: programs are missing because PATH holds only what the test put there. */
const onLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;

let folder: string;
let bin: string;
const path = process.env.PATH;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'raffi-setup-'));
  bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const tool of ['sh', 'cat', 'chmod', 'tar', 'gzip']) {
    const real = findOnPath(tool);
    if (real !== null) symlinkSync(real, join(bin, tool));
  }
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const hasNpmFfmpeg = ((): boolean => {
  try {
    return existsSync(String(createRequire(import.meta.url)('ffmpeg-static')));
  } catch {
    return false;
  }
})();

describe.runIf(onLinux)('ffplay', () => {
  beforeEach(() => {
    process.env.PATH = bin;
  });

  test('is found where it runs', async () => {
    program('ffplay', 'echo ffplay version 7.1 Copyright');
    expect(await ensureFfplay()).toMatchObject({ state: 'found', detail: `7.1 from PATH (${bin}/ffplay)` });
  });

  test.runIf(isRoot)('comes with the ffmpeg package', async () => {
    program('apt-cache', 'echo ffmpeg');
    const made = `printf '#!/bin/sh\\necho ffplay version 9.9\\n' > ${bin}/ffplay; chmod 755 ${bin}/ffplay`;
    program('apt-get', `case "$*" in *install*ffmpeg) ${made};; esac`);
    expect(await ensureFfplay()).toMatchObject({
      state: 'installed',
      detail: `9.9 from PATH (${bin}/ffplay)`,
    });
  });

  test('without apt-get, the command is named', async () => {
    const command = 'sudo apt-get update && sudo apt-get install -y ffmpeg';
    expect(await ensureFfplay()).toMatchObject({ thing: 'ffplay', state: 'missing', command });
  });
});

describe.runIf(onLinux && !hasNpmFfmpeg)('without ffmpeg', () => {
  /** The set-up of the headless core, in a process of its own. */
  const setUp = () => {
    const code = `import { setUp } from './build/setup/set-up.ts'; console.log(await setUp({ electron: false, tests: false }));`;
    const script = join(folder, 'try.mts');
    writeFileSync(script, code.replace('./build', `${PROJECT}/build`));
    const tsx = createRequire(import.meta.url).resolve('tsx/cli');
    return run(process.execPath, [tsx, script], { timeoutMs: 30_000, env: { PATH: bin, HOME: folder } });
  };

  test.runIf(isRoot)('root gets it by apt-get: lists first, then the package', async () => {
    const log = join(folder, 'log');
    program('apt-cache', 'echo ffmpeg');
    program(
      'apt-get',
      `echo "$@" >> ${log}
       case "$*" in *install*) printf '#!/bin/sh\\necho ffmpeg version 9.9\\n' > ${bin}/ffmpeg; chmod 755 ${bin}/ffmpeg;; esac`,
    );
    const { stdout } = await setUp();
    expect(stdout).toMatch(/new +ffmpeg +9\.9 from PATH/);
    expect(stdout).toMatch(/true\n$/);
    const calls = readFileSync(log, 'utf8').trim().split('\n');
    expect(calls).toEqual([
      expect.stringMatching(/ update$/),
      expect.stringMatching(/ install -y .* ffmpeg$/),
    ]);
  });

  test.runIf(isRoot)('a failing apt-get is reported in its own words, with the command', async () => {
    program('apt-cache', '');
    program('apt-get', 'echo "E: Unable to locate package" >&2; exit 100');
    const { stdout } = await setUp();
    expect(stdout).toContain('E: Unable to locate package');
    expect(stdout).toContain('type:      sudo apt-get update && sudo apt-get install -y ffmpeg');
    expect(stdout).toMatch(/false\n$/);
  });

  test('without apt-get, the command is named', async () => {
    const { stdout } = await setUp();
    expect(stdout).toMatch(/!! +ffmpeg +ffmpeg was not found/);
    expect(stdout).toContain('sudo apt-get install -y ffmpeg');
    // npm's: it does for a start, and a person is told what it is.
    expect(stdout).toMatch(/ok +ffprobe +4\.0\.2\S* from npm package .*too old/);
  });
});

describe.runIf(onLinux)('the tools that are reported', () => {
  test('are the pair that the core will run, not an obsolete one of the npm package', async () => {
    process.env.PATH = bin;
    program('ffmpeg', 'echo ffmpeg version 8.0 Copyright');
    program('ffprobe', 'echo ffprobe version 8.0 Copyright');
    expect((await ensureFfmpeg()).map(describeFinding)).toEqual([
      `  ok   ffmpeg     8.0 from PATH (${join(bin, 'ffmpeg')})`,
      `  ok   ffprobe    8.0 from PATH (${join(bin, 'ffprobe')})`,
    ]);
  });

  test('one that was named and does not run is missing: the core would not go past it', async () => {
    process.env.PATH = bin;
    program('ffmpeg', 'echo ffmpeg version 8.0 Copyright');
    program('ffprobe', 'echo ffprobe version 8.0 Copyright');
    program('broken', 'exit 127');
    process.env.RAFFI_FFMPEG_BIN = join(bin, 'broken');
    try {
      const [ffmpeg, ffprobe] = await ensureFfmpeg();
      expect(ffmpeg).toEqual({
        thing: 'ffmpeg',
        state: 'missing',
        detail: expect.stringContaining('RAFFI_FFMPEG_BIN names no working ffmpeg'),
      });
      expect(ffprobe).toMatchObject({ state: 'found' });
    } finally {
      delete process.env.RAFFI_FFMPEG_BIN;
    }
  });
});

describe.runIf(onLinux)('the substitute Electron', () => {
  const target = (): string => join(folder, 'cache', 'electron');

  test('that is not the archive that was examined is refused, and nothing is left', async () => {
    program('npm', `for last; do :; done; echo forged > "$last/package-1.0.0.tgz"`);
    process.env.PATH = bin;
    expect(await installSubstitute(target())).toContain('is not the archive that was examined');
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });

  test('that npm cannot fetch is reported, and nothing is left', async () => {
    program('npm', 'echo "npm error network is unreachable" >&2; exit 1');
    process.env.PATH = bin;
    expect(await installSubstitute(target())).toBe('npm pack: npm error network is unreachable');
    expect(readdirSync(join(folder, 'cache'))).toEqual([]);
  });

  test('is checked by the hash that npm writes', async () => {
    const file = join(folder, 'empty');
    writeFileSync(file, '');
    expect(await integrityOf(file)).toBe(
      'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
    );
  });
});
