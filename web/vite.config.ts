import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
