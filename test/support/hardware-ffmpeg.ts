import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realFfmpeg } from './ffmpeg-gate.ts';

/** An ffmpeg of a machine with a graphics processor: its NVENC is x264 underneath, with its options put into x264's. */
export interface HardwareFfmpeg {
  /** For `RAFFI_FFMPEG_BIN`. */
  path: string;
  /** From now on its hardware behaves: as it should; fails at once; dies after some pictures; turns them over; forgets keyframes. */
  behave(how: 'well' | 'fails' | 'dies' | 'turned' | 'keyless'): Promise<void>;
  dispose(): Promise<void>;
}

export async function hardwareFfmpeg(): Promise<HardwareFfmpeg> {
  const ffmpeg = await realFfmpeg();
  const folder = await mkdtemp(join(tmpdir(), 'raffi-hardware-'));
  const path = join(folder, 'ffmpeg');
  const behaviour = join(folder, 'behaviour');
  const script = `#!${process.execPath}
const { spawn } = require('node:child_process');
const how = require('node:fs').readFileSync(${JSON.stringify(behaviour)}, 'utf8');
const given = process.argv.slice(2);
const at = given.indexOf('h264_nvenc');
if (at >= 0 && how === 'fails') {
  console.error('[h264_nvenc @ 0x1] Cannot load libcuda.so.1');
  process.exit(1);
}
let args = given;
if (at >= 0) {
  const dropped = new Set(['-rc', '-cq', '-forced-idr', '-no-scenecut']);
  args = given.filter((arg, n) => !dropped.has(arg) && !dropped.has(given[n - 1]));
  args = args.map((arg) => (arg === 'h264_nvenc' ? 'libx264' : arg === 'p4' ? 'ultrafast' : arg));
  const extra = ['-tune', 'zerolatency', '-sc_threshold', '0'];
  if (how === 'dies') extra.push('-frames:v', '60');
  args.splice(args.length - (args.includes('-y') ? 2 : 1), 0, ...extra);
  if (how === 'turned') args = args.map((arg, n) => (args[n - 1] === '-vf' ? arg + ',vflip' : arg));
  if (how === 'keyless') args = args.map((arg, n) => (args[n - 1] === '-force_key_frames' ? '0' : arg));
}
const child = spawn(${JSON.stringify(ffmpeg)}, args, { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill('SIGKILL'));
child.on('exit', (code) => process.exit(at >= 0 && how === 'dies' ? 187 : (code ?? 1)));
`;
  // Electron's ELECTRON_RUN_AS_NODE is not needed: this process is Node's own.
  await writeFile(path, script, { mode: 0o755 });
  const behave = (how: string) => writeFile(behaviour, how);
  await behave('well');
  return { path, behave, dispose: () => rm(folder, { recursive: true, force: true }) };
}
