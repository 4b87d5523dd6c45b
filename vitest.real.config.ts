import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

// Real components share the machine: one file at a time, each in a process of its own, with time to start daemons.
export default mergeConfig(
  { resolve: base.resolve, ssr: base.ssr },
  defineConfig({
    test: {
      include: ['{packages,apps,tooling}/*/test/**/*.real.test.ts'],
      exclude: ['**/node_modules/**', '**/dist/**', '**/dist-test/**'],
      pool: 'forks',
      fileParallelism: false,
      testTimeout: 120_000,
      hookTimeout: 120_000,
      teardownTimeout: 60_000,
    },
  }),
)
