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
  async generateBundle(_, bundle) {
    await Promise.all(
      Object.values(bundle).map(async (file) => {
        if (!/\.(js|css|svg|html)$/.test(file.fileName)) {
          return
        }
        const source = file.type === 'chunk' ? file.code : file.source
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: await brotli(source) })
        this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: await zip(source) })
      }),
    )
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
