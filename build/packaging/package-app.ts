import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AfterPackContext,
  Arch,
  build,
  type Configuration,
  DIR_TARGET,
  Platform,
} from 'electron-builder';
import type { ElectronBuild } from '../setup/electron.ts';
import { PROJECT } from '../setup/project.ts';
import { stageBinaries } from './binaries.ts';
import { writeNotices } from './notices.ts';

/** electron-builder's words for systems, in which electron-builder.yml names the staged binaries. */
const OS_NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: 'win', darwin: 'mac', linux: 'linux' };

export interface PackageOptions {
  electron: ElectronBuild;
  /** Only the unpacked app, to try: no installer, nothing to download. Otherwise it is for publishing. */
  directory: boolean;
  /** Default: `dist/` in the project. */
  output?: string;
}

/** Packages the built app for this very system. Resolves with the paths of what it made. */
export async function packageApp({ electron, directory, output }: PackageOptions): Promise<string[]> {
  const os = OS_NAMES[process.platform];
  const arch = Arch[process.arch as keyof typeof Arch];
  if (os === undefined || arch === undefined)
    throw new Error(`Raffi is not packaged for ${process.platform}-${process.arch}.`);
  const staged = join(PROJECT, 'dist', '.binaries', `${os}-${process.arch}`);
  const target = { platform: process.platform, arch: process.arch };
  for (const warning of await stageBinaries(target, staged, { publish: !directory })) {
    console.log(`  !!   ${warning}`);
  }
  await writeNotices(PROJECT, join(PROJECT, 'dist', '.notices', 'third-party-notices.txt'));
  const config: Configuration = {
    extends: join(PROJECT, 'electron-builder.yml'),
    electronDist: electron.folder,
    electronVersion: electron.version,
    afterPack: removeDefaultApp,
    ...(output === undefined ? {} : { directories: { output, buildResources: 'build' } }),
  };
  return build({
    projectDir: PROJECT,
    config,
    targets: Platform.current().createTarget(directory ? DIR_TARGET : null, arch),
    publish: null,
  });
}

/** Electron's own fallback app has no place in a package; electron-builder removes it only from a zipped Electron. */
async function removeDefaultApp({ appOutDir, packager }: AfterPackContext): Promise<void> {
  await rm(join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
}
