import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';

const project = import.meta.dirname;

/** Packages that find their binary beside themselves: they cannot be bundled, and are packaged as they are (electron-builder.yml). */
const NATIVE = ['utp-native', /^node-datachannel(?:$|\/)/];

/**
 * Main, core process, torrent engine, preload and page. Everything else they import is bundled, so that the packaged app carries no
 * other `node_modules`; ffmpeg's and ffprobe's binaries are found at run time.
 */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      target: 'node22',
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          index: resolve(project, 'electron/main/index.ts'),
          core: resolve(project, 'electron/core/index.ts'),
          torrent: resolve(project, 'src/torrent/worker/entry.ts'),
        },
        external: NATIVE,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      target: 'node22',
      outDir: 'out/preload',
      rolldownOptions: {
        input: { index: resolve(project, 'electron/preload/index.ts') },
        // A sandboxed preload is a script, not a module: one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(project, 'renderer'),
    plugins: [svelte({ configFile: false })],
    build: {
      target: 'chrome140',
      minify: true,
      // hls.js and the controls; read from disk once, splitting would only add requests.
      chunkSizeWarningLimit: 1_500,
      outDir: resolve(project, 'out/renderer'),
      // The page's policy allows no data: scripts or fonts; inlining would save nothing on a local protocol anyway.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: resolve(project, 'renderer/index.html') },
    },
  },
});
