import { defineConfig } from 'vitest/config'

// Not 'import' as well: Node would take it to hold for what libraries require(), too.
const conditions = ['@rackwarden/source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps,tooling,examples}/*/test/**/*.test.ts', 'tooling/create-service/template-*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/dist-test/**', '**/*.real.test.ts'],
    testTimeout: 20_000,
    // What is waited for comes in a moment, and on a busy machine later.
    expect: { poll: { timeout: 15_000 } },
    // Otherwise one processor is kept free, which of two is half: much of the time a test waits for a process of its own.
    maxWorkers: '100%',
  },
})
