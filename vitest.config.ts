import { defineConfig } from 'vitest/config'

const conditions = ['@rackwarden/source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps,tooling,examples}/*/test/**/*.test.ts', 'tooling/create-service/template-*/test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/dist-test/**', '**/*.real.test.ts'],
    testTimeout: 20_000,
  },
})
