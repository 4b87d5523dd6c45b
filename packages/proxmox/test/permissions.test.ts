import { accessLevels, ToolError, type Access } from '@rackwarden/core'
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import proxmox from '../src/index.ts'
import { privilegesFor } from '../src/privileges.ts'
import setup from '../src/setup.ts'
import { openCluster } from './cluster.ts'
import { calls } from './tool-calls.ts'

type Check = readonly ['perm', string, readonly string[], ...unknown[]] | readonly ['and' | 'or', ...unknown[]]

const permissions = JSON.parse(readFileSync(new URL('permissions.json', import.meta.url), 'utf8')) as Record<string, Check | string>

const seesGuest: Check = ['perm', '/vms/{vmid}', ['VM.Audit']]
const seesNode: Check = ['perm', '/nodes/{node}', ['Sys.Audit']]

// What the vendor says of these in words alone.
const inWords: Readonly<Record<string, Check | 'anybody'>> = {
  'GET /access/permissions': 'anybody',
  'GET /cluster/replication': seesGuest,
  'GET /nodes/{node}/replication': seesGuest,
  'GET /nodes/{node}/tasks': seesNode,
  'GET /nodes/{node}/tasks/{upid}/status': seesNode,
  'GET /nodes/{node}/tasks/{upid}/log': seesNode,
  // Its own are stopped by whoever began them.
  'DELETE /nodes/{node}/tasks/{upid}': 'anybody',
  'DELETE /nodes/{node}/storage/{storage}/content/{volume}': [
    'and',
    ['perm', '/storage/{storage}', ['Datastore.AllocateSpace']],
    ['perm', '/vms/{vmid}', ['VM.Backup']],
  ],
  // Of the options of a new guest, and of a change, each takes a right of its own; the pretend cluster asks for them.
  'POST /nodes/{node}/qemu': [
    'and',
    ['perm', '/vms/{vmid}', ['VM.Allocate']],
    ['perm', '/storage/{storage}', ['Datastore.AllocateSpace']],
    ['perm', '/sdn/zones/localnetwork/{bridge}', ['SDN.Use']],
  ],
  'POST /nodes/{node}/lxc': [
    'and',
    ['perm', '/vms/{vmid}', ['VM.Allocate']],
    ['perm', '/storage/{storage}', ['Datastore.AllocateSpace']],
    ['perm', '/sdn/zones/localnetwork/{bridge}', ['SDN.Use']],
  ],
  'POST /nodes/{node}/vzdump': ['and', ['perm', '/vms/{vmid}', ['VM.Backup']], ['perm', '/storage/{storage}', ['Datastore.AllocateSpace']]],
}
// To see what a node could be updated by takes the right to modify it, which no tool here is worth: that part is unknown.
const withheld = new Set(['GET /nodes/{node}/apt/update'])

function ruleOf(endpoint: string): Check | 'anybody' {
  const rule = permissions[endpoint]
  if (rule === undefined) throw new Error(`${endpoint} is not in the digest of permissions`)
  if (rule !== 'in words') return rule as Check | 'anybody'
  const read = inWords[endpoint]
  if (read === undefined) throw new Error(`${endpoint}: what the vendor says of it in words is not read here`)
  return read
}

function isMet(rule: Check | 'anybody', held: readonly string[]): boolean {
  if (rule === 'anybody') return true
  if (rule[0] === 'and') return rule.slice(1).every((part) => isMet(part as Check, held))
  if (rule[0] === 'or') return rule.slice(1).some((part) => isMet(part as Check, held))
  const [, , wanted, ...options] = rule as Extract<Check, readonly ['perm', ...unknown[]]>
  const has = (privilege: string) => held.includes(privilege)
  return options.includes('any') ? wanted.some(has) : wanted.every(has)
}

/** The schema is that of 9; in 8 one right stood for all of the agent's. */
function inRelease(rule: Check | 'anybody', release: 8 | 9): Check | 'anybody' {
  return release === 9 ? rule : (JSON.parse(JSON.stringify(rule).replaceAll(/VM\.GuestAgent\.\w+/g, 'VM.Monitor')) as Check | 'anybody')
}

const endpoints = Object.keys(permissions).map((name) => {
  const [method = '', path = ''] = name.split(' ')
  return { name, method, path: new RegExp(`^/api2/json${path.replaceAll(/\{\w+\}/g, '[^/]+')}(?:\\?|$)`) }
})

function endpointOf({ method, target }: { method: string; target: string }): string {
  const found = endpoints.find((endpoint) => endpoint.method === method && endpoint.path.test(target))
  if (found === undefined) throw new Error(`${method} ${target} is in no digest`)
  return found.name
}

const accessOf = (tool: string): Access => proxmox.tools.find(({ definition }) => definition.name === tool)?.definition.access ?? 'admin'

/** Calls a tool with a token of these privileges; gives what came of it and the requests that were let through. */
async function called(tool: string, input: Record<string, unknown>, privileges: readonly string[], release: 8 | 9) {
  const tokens = { 'rackwarden@pve!t': { secret: 'secret-of-the-token', rights: { '/': privileges } } }
  const { read, write, exchanges } = await openCluster({ release, tokens })
  let came: unknown
  try {
    came = accessOf(tool) === 'observe' ? await read(tool, input) : await write(tool, input)
  } catch (error) {
    if (!ToolError.isInstance(error)) throw error
    came = error.code
  }
  const passed = exchanges.filter(({ status }) => status === 200).map(endpointOf)
  const refused = exchanges.filter(({ status }) => status === 403).map(endpointOf)
  return { came: JSON.stringify(came), passed: [...new Set(passed)], refused: [...new Set(refused)] }
}

test('every tool is called here', () => {
  const listed = proxmox.tools.flatMap(({ definition }) => ('internal' in definition && definition.internal ? [] : [definition.name]))
  expect(Object.keys(calls).toSorted()).toEqual(listed.toSorted())
})

describe.each([8, 9] as const)('on %i', (release) => {
  const whole: Record<string, { came: string; passed: string[]; refused: string[] }> = {}

  beforeAll(async () => {
    for (const [tool, input] of Object.entries(calls))
      whole[tool] = await called(tool, input, [...privilegesFor('admin', release), 'Sys.Modify'], release)
  }, 60_000)

  const known = new Map<string, ReturnType<typeof called>>()
  const withAll = async (tool: string, tier: Access) => {
    const asked = known.get(tool) ?? called(tool, calls[tool] ?? {}, privilegesFor(tier, release), release)
    known.set(tool, asked)
    return asked
  }

  test.each(Object.keys(calls))('the role of its tier lacks nothing %s needs, by the schema of the vendor', async (tool) => {
    const held = privilegesFor(accessOf(tool), release)
    expect(whole[tool]?.refused).toEqual([])
    const lacking = (whole[tool]?.passed ?? []).filter((name) => !withheld.has(name) && !isMet(inRelease(ruleOf(name), release), held))
    // In 8 the agent is asked by a right that runs commands, which below admin nobody has.
    expect(lacking.filter((name) => release === 9 || !name.includes('/agent/'))).toEqual([])
  })

  test.each(accessLevels.flatMap((tier) => newIn(tier, release).map((privilege) => [privilege, tier] as const)))(
    '%s is of use to a tool of %s',
    async (privilege, tier) => {
      const held = privilegesFor(tier, release)
      const differing: string[] = []
      // Below, nobody has it, and nothing may need it.
      for (const [tool, input] of Object.entries(calls).filter(([name]) => accessOf(name) === tier)) {
        const lacking = differing.length > 0 ? undefined : await called(tool, input, without(held, privilege), release)
        if (lacking !== undefined && lacking.came !== (await withAll(tool, tier)).came) differing.push(tool)
      }
      expect(differing).not.toEqual([])
    },
    60_000,
  )

  test.each(accessLevels.slice(0, 2))(
    'the pretend cluster lets a token of %s do nothing the vendor’s schema forbids',
    async (tier) => {
      const held = privilegesFor(tier, release)
      for (const [tool, input] of Object.entries(calls)) {
        const { passed } = await called(tool, input, held, release)
        expect({ tool, forbidden: passed.filter((name) => !isMet(inRelease(ruleOf(name), release), held)) }).toEqual({
          tool,
          forbidden: [],
        })
      }
    },
    60_000,
  )

  test.each(accessLevels)('a token of %s is refused by the cluster itself what its tier forbids, and proven to be', async (tier) => {
    const tokens = { 'rackwarden@pve!t': { secret: 'secret-of-the-token', rights: { '/': privilegesFor(tier, release) } } }
    const { client, signal } = await openCluster({ release, tokens })
    const proof = await setup.prove(client, tier, { instance: 'default', signal })
    expect(proof).toMatchObject({ missing: [], beyond: [] })
    expect(proof.calls.length).toBeGreaterThan(0)
    expect(proof.calls.filter(({ isRefused }) => !isRefused)).toEqual([])
  })

  test.each(accessLevels.slice(0, -1))('a token that can do more than %s is found out', async (tier) => {
    const more = accessLevels[accessLevels.indexOf(tier) + 1] ?? 'admin'
    const held = [...privilegesFor(more, release), 'Sys.Modify']
    const tokens = { 'rackwarden@pve!t': { secret: 'secret-of-the-token', rights: { '/': held } } }
    const { client, signal, cluster } = await openCluster({ release, tokens })
    const before = JSON.stringify(cluster.snapshot())
    const proof = await setup.prove(client, tier, { instance: 'default', signal })
    expect(proof.beyond).not.toEqual([])
    expect(proof.calls.filter(({ isRefused }) => !isRefused)).not.toEqual([])
    // Looking for it changes nothing.
    expect(JSON.stringify(cluster.snapshot())).toBe(before)
  })
})

const without = (held: readonly string[], privilege: string) => held.filter((other) => other !== privilege)

function newIn(tier: Access, release: 8 | 9): string[] {
  const below = accessLevels[accessLevels.indexOf(tier) - 1]
  const held = below === undefined ? [] : privilegesFor(below, release)
  return privilegesFor(tier, release).filter((privilege) => !held.includes(privilege))
}

test('the README tells the privileges of each tier, all of them and no others', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const tier of accessLevels) {
    const row = new RegExp(`^\\| \`${tier}\` \\| (.*) \\|$`, 'm').exec(readme)?.[1] ?? ''
    const told = [...row.matchAll(/`(\w+\.[\w.]+)`/g)].map(([, name = '']) => name)
    expect({ tier, told: told.toSorted() }).toEqual({ tier, told: [...new Set([...newIn(tier, 8), ...newIn(tier, 9)])].toSorted() })
  }
})
