import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)]

/** Writes what browsers load compressed as well, once, so that the desk never has to. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  // After everything else has had its hand in them: what is compressed must be what is served.
  writeBundle: {
    order: 'post',
    sequential: true,
    async handler({ dir = '' }, bundle) {
      const names = Object.keys(bundle).filter((name) => /\.(js|css|svg)$/.test(name))
      await Promise.all(
        names.map(async (name) => {
          const path = join(dir, name)
          const content = await readFile(path)
          await writeFile(`${path}.br`, await brotli(content))
          await writeFile(`${path}.gz`, await zip(content))
        }),
      )
    },
  },
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), compressed],
  // From here on browsers know light-dark(); rewritten for older ones it would need a color-scheme that Mantine sets only as it runs.
  build: {
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    outDir: 'dist',
    emptyOutDir: true,
    chunkSizeWarningLimit: 1500,
    assetsInlineLimit: 0,
  },
  server: { proxy: Object.fromEntries(['/v1', '/auth', '/docs'].map((path) => [path, 'http://localhost:8080'])) },
})
