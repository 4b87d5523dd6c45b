import { defineService, ToolError, type Access, type Connection, type Tier } from '@rackwarden/core'
import { describe, expect, test } from 'vitest'
import { createInstance } from '../../src/runtime/instance.ts'

const nobody = () => Promise.reject(new ToolError('unreachable', 'not here'))
const connection: Connection = { fetch: nobody, exec: nobody, dial: nobody }

/** What an instance says of a credential that may do this, each time its client is made anew. */
async function said({
  highest,
  tier,
  answers = [true],
  warns = true,
}: {
  highest: Access
  tier: Tier
  answers?: boolean[]
  warns?: boolean
}) {
  const lines: string[] = []
  let asked = 0
  const service = defineService({
    name: 'keys',
    title: 'Keys',
    description: 'Keys.',
    instances: 'many',
    config: {},
    connect: () => ({}),
    health: () => ({ evidence: 'well' }),
    rights: async () => {
      asked += 1
      if (answers[asked - 1] === false) throw new ToolError('unreachable', 'gone')
      return { highest, evidence: 'it is root' }
    },
    ...(warns && { warnsOfRights: true }),
    simulate: () => Promise.reject(new Error('not simulated')),
    tools: [],
  })
  const log = (level: string, message: string) => lines.push(`${level}: ${message}`)
  const instance = createInstance({ service, configuration: { name: 'home', source: 'test', values: {} }, connection, log, tier })
  for (let round = 0; round < answers.length + 1; round += 1) {
    await instance.client()
    // The first use does not wait for the answer.
    await new Promise((resolve) => setImmediate(resolve))
    instance.dropAfter(new ToolError('unreachable', 'gone'))
  }
  return { lines, asked }
}

describe('a credential that is used for the first time', () => {
  test('is warned of where it may do more than the tier, once', async () => {
    expect(await said({ highest: 'admin', tier: 'observe' })).toEqual({
      lines: ['warn: keys@home: the credential may admin (it is root), and the tier is observe. Give it one that may do no more.'],
      asked: 1,
    })
  })

  test.each(['observe', 'operate'] as const)('is no reason to warn where it may %s and the tier is operate', async (highest) => {
    expect((await said({ highest, tier: 'operate' })).lines).toEqual([])
  })

  test('is asked about again where nobody answered, which breaks nothing', async () => {
    expect(await said({ highest: 'configure', tier: 'observe', answers: [false, true] })).toMatchObject({
      lines: [expect.any(String)],
      asked: 2,
    })
  })

  test('is not asked about where that is not cheap', async () => {
    expect(await said({ highest: 'admin', tier: 'observe', warns: false })).toEqual({ lines: [], asked: 0 })
  })
})
