import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineService, toolsFor, type Service, type Toolsets } from '../../src/index.ts'
import type { Caller, CallResult, ServiceConfiguration } from '../../src/runtime.ts'
import { surfaceViolations } from '../../src/testing/surface-checks.ts'
import { codeOf, openShelves } from '../open-shelves.ts'

const defineTool = toolsFor<undefined>()

/** A read that says nothing. */
function look(name: string, toolset?: string) {
  return defineTool({
    name,
    title: name,
    description: `Tells of the ${name.split('_')[1]}.`,
    access: 'observe',
    ...(toolset === undefined ? {} : { toolset }),
    input: z.object({}),
    output: z.object({}),
    run: () => ({}),
  })
}

/** A service of three toolsets, one of which is on only where somebody asks for it. */
function grouped(tools = [look('list_boats', 'harbour'), look('list_lamps', 'light'), look('get_fog', 'weather')]): Service {
  return defineService({
    name: 'pier',
    title: 'Pier',
    description: 'A pier.',
    instances: 'single',
    config: {},
    connect: () => undefined,
    health: () => ({ evidence: 'it stands' }),
    simulate: () => Promise.reject(new Error('not simulated')),
    toolsets: {
      harbour: { description: 'Boats.' },
      light: { description: 'Lamps.' },
      weather: { description: 'Fog.', byDefault: false },
    },
    tools,
  })
}

interface Asked {
  toolsets?: Toolsets
  granted?: Toolsets
  configuration?: Partial<ServiceConfiguration>
}

async function pier({ toolsets, granted, configuration }: Asked = {}) {
  const { catalogue } = await openShelves({}, { beside: [grouped()], besideConfiguration: configuration ?? {} })
  const caller: Caller = { principal: 'local:tester', tier: 'configure', ...(granted === undefined ? {} : { toolsets: granted }) }
  const view = { caller, ...(toolsets === undefined ? {} : { toolsets }) }
  return {
    names: catalogue
      .list(view)
      .map(({ name }) => name)
      .filter((name) => name.startsWith('pier_')),
    call: (name: string, input: Record<string, unknown> = {}): Promise<CallResult> => catalogue.call({ name, input, ...view }),
  }
}

const [boats, lamps, fog] = ['pier_list_boats', 'pier_list_lamps', 'pier_get_fog']

describe('a service with toolsets', () => {
  test('lists those that are on by default', async () => {
    expect((await pier()).names).toEqual([boats, lamps])
  })

  test('lists those the owner named instead', async () => {
    expect((await pier({ configuration: { toolsetsOn: ['weather'] } })).names).toEqual([fog])
    expect((await pier({ configuration: { toolsetsOn: [] } })).names).toEqual([])
  })

  test('lists those the address names, among those the owner lets on', async () => {
    expect((await pier({ toolsets: { pier: ['light', 'weather'] } })).names).toEqual([fog, lamps])
    expect((await pier({ toolsets: { pier: ['light', 'weather'] }, configuration: { toolsetsOn: ['weather'] } })).names).toEqual([fog])
    expect((await pier({ toolsets: { other: ['light'] } })).names).toEqual([boats, lamps])
  })

  test('lists no more to a token than it is limited to, whatever the address names', async () => {
    expect((await pier({ granted: { pier: ['light'] } })).names).toEqual([lamps])
    expect((await pier({ granted: { pier: ['light'] }, toolsets: { pier: ['light', 'weather'] } })).names).toEqual([lamps])
    expect((await pier({ granted: { pier: ['weather', 'light'] }, configuration: { toolsetsOn: ['weather'] } })).names).toEqual([fog])
  })

  test.each([
    [{}, fog, 'weather', /It is on at an address with \?toolsets=pier\.weather, or the owner adds 'weather' to services\.pier\.toolsets/],
    [
      { configuration: { toolsetsOn: ['light'] } },
      boats,
      'harbour',
      /^The owner adds 'harbour' to services\.pier\.toolsets in rackwarden\.yaml\.$/m,
    ],
    [{ granted: { pier: ['light'] } }, boats, 'harbour', /The owner grants it to a token with 'token create --toolsets pier\.harbour'/],
    [{ toolsets: { pier: ['light'] } }, boats, 'harbour', /It is on at an address whose toolsets have pier\.harbour/],
  ] as const)('says of a tool that is off how it is switched on: found, described and called (%#)', async (asked, name, toolset, told) => {
    const { call } = await pier(asked)
    const found = await call('search_tools', { query: name })
    expect(found.text).toMatch(new RegExp(`^${name} \\(needs the toolset ${toolset}\\): `))
    expect(found.text.replaceAll(`the toolset ${toolset}: `, '')).toMatch(told)
    expect((await call('describe_tool', { tool: name })).text).toMatch(new RegExp(`^needs the toolset ${toolset}\\. `, 'm'))
    const refused = await call(name)
    expect(codeOf(refused)).toBe('denied')
    expect(refused.text).toMatch(told)
    expect(codeOf(await call('call_observe', { tool: name }))).toBe('denied')
  })
})

describe('the definition of a service', () => {
  test('refuses a tool of a toolset it does not have, or of none where it has some', () => {
    expect(() => grouped([look('list_boats', 'habour')])).toThrow('pier: list_boats belongs to none of its toolsets')
    expect(() => grouped([look('list_boats')])).toThrow('pier: list_boats belongs to none of its toolsets')
    const { toolsets: _, ...ungrouped } = grouped()
    expect(() => defineService(ungrouped as never)).toThrow('pier: list_boats belongs to none of its toolsets')
  })

  test('wants what has more than 14 tools grouped, and every toolset to hold some', () => {
    const tools = Array.from({ length: 15 }, (_, index) => look(`get_pile${index}`))
    const { toolsets: _, ...service } = grouped([])
    expect(surfaceViolations(defineService({ ...service, tools } as never))).toEqual([
      'pier has 15 tools; more than 14 are grouped into toolsets.',
    ])
    expect(surfaceViolations(grouped([look('list_boats', 'harbour'), look('list_lamps', 'light')]))).toEqual([
      "The toolset 'weather' has no tool.",
    ])
  })
})
