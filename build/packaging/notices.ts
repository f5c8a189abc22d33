import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Bundled into the window, for which all packages are devDependencies. */
const IN_THE_WINDOW = ['svelte', 'hls.js', 'media-chrome', '@fontsource-variable/inter'];

export interface Notice {
  name: string;
  version: string;
  /** As the package says, usually an SPDX identifier. */
  license: string;
  /** Where its source is, where it says. */
  source: string | null;
  /** Its licence files, and where it has none, who made it. */
  text: string;
}

interface Manifest {
  name: string;
  version: string;
  license?: string | { type?: string };
  licenses?: { type?: string }[];
  author?: string | { name?: string };
  repository?: string | { url?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** The licences of everything that a packaged app carries and that is not ours: they ask to go with every copy. In the order of names. */
export async function collectNotices(project: string): Promise<Notice[]> {
  const { dependencies = {}, optionalDependencies = {} } = await manifestOf(project);
  const names = [...Object.keys({ ...dependencies, ...optionalDependencies }), ...IN_THE_WINDOW];
  const found = new Map<string, Notice>();
  await visit(project, project, names, found);
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Writes them into one file. */
export async function writeNotices(project: string, file: string): Promise<void> {
  const notices = await collectNotices(project);
  const blocks = notices.map(({ name, version, license, source, text }) => {
    const head = [
      `${name} ${version}`,
      `Licence: ${license}`,
      ...(source === null ? [] : [`Source: ${source}`]),
    ];
    return `${head.join('\n')}\n\n${text}\n`;
  });
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `Raffi is made of these packages, too.\n\n${blocks.join(`\n${'-'.repeat(80)}\n\n`)}`);
}

async function visit(
  project: string,
  from: string,
  names: readonly string[],
  found: Map<string, Notice>,
): Promise<void> {
  for (const name of names) {
    const folder = resolve(project, from, name);
    // An optional one for another platform.
    if (folder === null || found.has(folder)) continue;
    const manifest = await manifestOf(folder);
    found.set(folder, await noticeOf(folder, manifest));
    const { dependencies, optionalDependencies } = manifest;
    await visit(project, folder, Object.keys({ ...dependencies, ...optionalDependencies }), found);
  }
}

/** As Node looks a package up. */
function resolve(project: string, from: string, name: string): string | null {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return from === project ? null : resolve(project, dirname(from), name);
}

async function manifestOf(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

async function noticeOf(folder: string, manifest: Manifest): Promise<Notice> {
  const { name, version, license, licenses, author, repository } = manifest;
  const said = license ?? licenses?.[0];
  const maker = typeof author === 'string' ? author : author?.name;
  const files = (await readdir(folder)).filter((file) => /^(?:licen[sc]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return {
    name,
    version,
    license: (typeof said === 'string' ? said : said?.type) ?? 'not said',
    source: (typeof repository === 'string' ? repository : repository?.url) ?? null,
    text: texts.join('\n').trim() || `Copyright: ${maker ?? `the authors of ${name}`}`,
  };
}
