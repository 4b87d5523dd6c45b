import { fileURLToPath } from 'node:url'
import { describe, test } from 'vitest'
import { layeringViolations } from '../layering.ts'
import { packageDirectories, serviceNames } from '../packages.mjs'
import { importsOf, readSources } from '../source-file.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const services = serviceNames(root)
const directories = packageDirectories(root)

describe('the layers of the house', () => {
  test('hold in every source file', ({ expect }) => {
    expect(layeringViolations(readSources(root, directories), services)).toEqual([])
  })

  test.for<[path: string, text: string]>([
    ['packages/core/src/a.ts', `import { run } from '@rackwarden/server'`],
    ['packages/core/src/a.ts', `import { Agent } from 'undici'`],
    ['packages/core/src/connect/a.ts', `import { Agent } from '../libraries/undici.ts'`],
    ['packages/docker/src/client.ts', `import { io } from './libraries/socket-io-client.ts'`],
    ['packages/ssh/src/session.ts', `import ssh2 from './libraries/ssh2.ts'`],
    ['packages/server/src/a.ts', `import docker from '@rackwarden/docker'`],
    ['packages/docker/src/tools.ts', `import { run } from '@rackwarden/server'`],
    ['packages/docker/src/tools.ts', `import pihole from '@rackwarden/pihole'`],
    ['packages/docker/src/index.ts', `import { overSsh } from '@rackwarden/ssh'`],
    ['packages/docker/src/client.ts', `import Docker from 'dockerode'`],
    ['packages/docker/src/client.ts', `import { x } from '@rackwarden/core/testing'`],
    ['packages/docker/src/client.ts', `import { x } from '@rackwarden/core/src/define/tool.ts'`],
    ['packages/docker/src/client.ts', `import { x } from '../../core/src/index.ts'`],
    ['packages/docker/test/a.test.ts', `import { x } from '../../core/src/index.ts'`],
    ['packages/docker/test/a.test.ts', `import { x } from '@rackwarden/core/src/index.ts'`],
    ['packages/simlab/src/a.ts', `export { x } from '@rackwarden/server'`],
    ['apps/hub/src/a.ts', `import { createLab } from '@rackwarden/simlab'`],
    ['packages/docker/src/client.ts', `import {\n  a,\n  b,\n} from 'rackwarden'`],
  ])('are broken by %s with %s', ([path, text], { expect }) => {
    expect(layeringViolations([{ path, text }], ['docker', 'pihole'])).toHaveLength(1)
  })

  test.for<[path: string, text: string]>([
    ['packages/docker/src/bin.ts', `import { run } from '@rackwarden/server'\nimport docker from './index.ts'`],
    ['packages/docker/src/index.ts', `const { overSsh } = await import('@rackwarden/ssh')`],
    ['packages/docker/src/index.ts', `import type Docker from 'dockerode'\nimport { z } from 'zod'\nimport { join } from 'node:path'`],
    ['packages/docker/test/a.test.ts', `import { testService } from '@rackwarden/core/testing'`],
    ['apps/hub/src/hub.ts', `const { createLab } = await import('@rackwarden/simlab')`],
    ['packages/core/src/connect/a.ts', `const { Agent } = await import('../libraries/undici.ts')`],
    ['packages/core/src/libraries/undici.ts', `export { Agent } from 'undici'`],
    ['packages/docker/src/libraries/socket-io-client.ts', `export { io } from 'socket.io-client'`],
    ['packages/docker/src/client.ts', `const { io } = await import('./libraries/socket-io-client.ts')`],
    ['packages/docker/test/client.test.ts', `import { Server } from '../src/libraries/socket-io.ts'`],
    ['packages/core/src/a.ts', `// import { run } from '@rackwarden/server'`],
  ])('allow %s to have %s', ([path, text], { expect }) => {
    expect(layeringViolations([{ path, text }], ['docker'])).toEqual([])
  })

  test('see every way of importing', ({ expect }) => {
    const text = `import a from 'a'\nimport type { B } from 'b'\nimport 'c'\nexport * from 'd'\nconst e = () => import('e')\nimport { f, type F } from "f"`
    const sites = importsOf(text).map(({ specifier, kind }) => `${specifier} ${kind}`)
    expect(sites).toEqual(['a static', 'b type', 'c static', 'd static', 'f static', 'e dynamic'])
  })
})
