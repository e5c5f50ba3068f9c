import { defineConfig } from 'vitest/config'

// Tests of rules alone, tests on a real database through the front door, and journeys with real processes and a browser.
export default defineConfig({
  test: {
    reporters: process.env['CI'] === undefined ? ['default'] : ['dot'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,integrations,cli,web}/**/*.test.ts'],
          exclude: ['**/*.db.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'db',
          include: ['{src,cli,client}/**/*.db.test.ts'],
          globalSetup: ['src/testing/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          expect: { poll: { timeout: 15_000 } }, // jobs begin within 2 s, on a busy machine later
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
})
