import { accessLevels, allows, ToolError, type Access } from '@rackwarden/core'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import pbs from '../src/index.ts'
import { roles } from '../src/roles.ts'
import { givenTo, type Given } from '../src/setup/given.ts'
import setup from '../src/setup.ts'
import { createPrivileges } from '../src/simulation/privileges.ts'
import { openServer, tokenWith } from './server.ts'

interface Check {
  check: { path: readonly string[]; privs: readonly string[]; partial: boolean }
}
type Has = (path: string, ...any: readonly string[]) => boolean

const permissions = JSON.parse(readFileSync(new URL('permissions.json', import.meta.url), 'utf8')) as Record<string, Check | string>

const store = '/datastore/main'
const anybody = () => true
// What the vendor says of these in words alone; the token of these tests owns no backup.
const inWords: Readonly<Record<string, (has: Has) => boolean>> = {
  'GET /access/permissions': anybody,
  'GET /admin/datastore/{store}/groups': (has) => has(store, 'Datastore.Audit'),
  'GET /admin/datastore/{store}/snapshots': (has) => has(store, 'Datastore.Audit'),
  'DELETE /admin/datastore/{store}/snapshots': (has) => has(store, 'Datastore.Modify'),
  'GET /admin/datastore/{store}/namespace': (has) => has(store, 'Datastore.Audit', 'Datastore.Modify', 'Datastore.Backup'),
  'PUT /admin/datastore/{store}/protected': (has) => has(store, 'Datastore.Modify'),
  'POST /admin/datastore/{store}/verify': (has) => has(store, 'Datastore.Verify'),
  'POST /admin/datastore/{store}/prune': (has) => has(store, 'Datastore.Modify'),
  'GET /admin/gc': (has) => has(store, 'Datastore.Audit', 'Datastore.Modify'),
  'GET /admin/prune': (has) => has(store, 'Datastore.Audit', 'Datastore.Modify'),
  'GET /admin/sync': (has) => has(store, 'Datastore.Audit') && has('/remote/attic', 'Remote.Audit'),
  'POST /admin/sync/{id}/run': (has) => has(store, 'Datastore.Backup') && has('/remote/attic', 'Remote.Read'),
  'GET /admin/verify': (has) => has(store, 'Datastore.Audit', 'Datastore.Verify'),
  'GET /nodes/{node}/tasks': (has) => has('/system/tasks', 'Sys.Audit'),
  'GET /nodes/{node}/tasks/{upid}/status': (has) => has('/system/tasks', 'Sys.Audit'),
  'GET /nodes/{node}/tasks/{upid}/log': (has) => has('/system/tasks', 'Sys.Audit'),
}

function ruleOf(endpoint: string): (has: Has) => boolean {
  const rule = permissions[endpoint]
  if (rule === 'anybody') return anybody
  if (typeof rule === 'object') {
    const path = `/${rule.check.path.join('/')}`.replace('{store}', 'main')
    return (has) => (rule.check.partial ? has(path, ...rule.check.privs) : rule.check.privs.every((one) => has(path, one)))
  }
  const read = inWords[endpoint]
  if (read === undefined) throw new Error(`${endpoint}: what the vendor says of it in words is not read here`)
  return read
}

const endpoints = Object.keys(permissions).map((name) => {
  const [method = '', path = ''] = name.split(' ')
  return { name, method, path: new RegExp(`^/api2/json${path.replaceAll(/\{[\w-]+\}/g, '[^/]+')}(?:\\?|$)`) }
})

const keeps = { keep_last: 1, keep_daily: 1 }
const backup = 'main:lab/vm/900/2026-06-01T02:00:00Z'
const calls: Readonly<Record<string, Record<string, unknown>>> = {
  get_status: {},
  list_datastores: {},
  list_backups: { scope: 'main:vm/101', all: true },
  list_tasks: { since: '7d' },
  get_task: {},
  list_jobs: {},
  audit_freshness: {},
  get_verify_coverage: {},
  protect_backup: { backup },
  run_verify: { scope: 'main' },
  run_sync: { job: 'to-attic' },
  run_garbage_collection: { datastore: 'main' },
  prune_backups: { scope: 'main:vm/100', ...keeps },
  delete_backup: { backup: 'main:vm/100/2026-05-23T02:00:00Z' },
}
// What protects others' backups deletes them, too, so below admin it is not given.
const withheld: readonly string[] = ['protect_backup']

const accessOf = (tool: string): Access => pbs.tools.find(({ definition }) => definition.name === tool)?.definition.access ?? 'admin'
const asRoles = (given: readonly Given[]): Record<string, string[]> =>
  Object.fromEntries(given.map(({ path }) => [path, given.filter((one) => one.path === path).map(({ role }) => role)]))

/** Calls a tool with a token that was given this; gives what came of it, and the requests that were let through. */
async function called(tool: string, input: Record<string, unknown>, given: readonly Given[]) {
  const { client, read, write, exchanges } = await openServer({ token: tokenWith(asRoles(given)) })
  let came: unknown
  try {
    const [first] = tool === 'get_task' ? await client.tasks({ limit: 1 }, AbortSignal.timeout(5_000)) : []
    const whole = first === undefined ? input : { ...input, task: first.upid }
    came = accessOf(tool) === 'observe' ? await read(tool, whole) : await write(tool, whole)
  } catch (error) {
    if (!ToolError.isInstance(error) && !(error instanceof Error && error.name === 'ZodError')) throw error
    came = ToolError.isInstance(error) ? error.code : 'nothing to name'
  }
  const nameOf = ({ method, target }: { method: string; target: string }) =>
    endpoints.find((endpoint) => endpoint.method === method && endpoint.path.test(target))?.name ?? `${method} ${target}`
  const of = (status: number) => [...new Set(exchanges.filter((exchange) => exchange.status === status).map(nameOf))]
  return { came: JSON.stringify(came), passed: of(200), refused: of(403) }
}

test('every tool is called here', () => {
  expect(Object.keys(calls).toSorted()).toEqual(pbs.tools.map(({ definition }) => definition.name).toSorted())
})

test.each(Object.keys(calls))('what a token of its tier is given lacks nothing %s needs', async (tool) => {
  const access = accessOf(tool)
  const { passed } = await called(tool, calls[tool] ?? {}, [{ path: '/', role: 'Admin' }])
  expect(passed).not.toEqual([])
  const { has } = createPrivileges(asRoles(givenTo[withheld.includes(tool) ? 'admin' : access]))
  expect(passed.filter((name) => !ruleOf(name)(has))).toEqual([])
  const { came, refused } = await called(tool, calls[tool] ?? {}, givenTo[access])
  expect(refused).toEqual([])
  expect(came === '"forbidden"').toBe(withheld.includes(tool))
})

describe.each(accessLevels)('of what a token of %s is given', (tier) => {
  test.each(givenTo[tier].map(({ role, path }) => [role, path] as const))(
    '%s on %s is of use, and no smaller role would do',
    async (role, path) => {
      const held = roles[role] ?? []
      const smaller = Object.keys(roles).filter((name) => {
        const own = roles[name] ?? []
        return own.length < held.length && own.every((privilege) => held.includes(privilege))
      })
      const others = givenTo[tier].filter((given) => given.path !== path || given.role !== role)
      const enough: string[] = []
      for (const instead of [[], ...smaller.map((name) => [{ path, role: name }])]) {
        let isMissed = false
        for (const [tool, input] of Object.entries(calls)) {
          if (isMissed || !allows(tier, accessOf(tool)) || (withheld.includes(tool) && tier !== 'admin')) continue
          const [having, lacking] = [await called(tool, input, givenTo[tier]), await called(tool, input, [...others, ...instead])]
          isMissed = having.came !== lacking.came
        }
        if (!isMissed) enough.push(instead[0]?.role ?? 'nothing')
      }
      expect(enough).toEqual([])
    },
    60_000,
  )

  test('the pretend server lets it do nothing the vendor’s schema forbids', async () => {
    const { has } = createPrivileges(asRoles(givenTo[tier]))
    for (const [tool, input] of Object.entries(calls)) {
      const { passed } = await called(tool, input, givenTo[tier])
      const forbidden = passed.filter((name) => !ruleOf(name)(has))
      expect({ tool, forbidden }).toEqual({ tool, forbidden: [] })
    }
  })

  test('the server itself refuses what the tier forbids, and that is proven', async () => {
    const { client, signal } = await openServer({ token: tokenWith(asRoles(givenTo[tier])) })
    const proof = await setup.prove(client, tier, { instance: 'default', signal })
    expect(proof).toMatchObject({ missing: [], beyond: [] })
    expect(proof.calls.length).toBeGreaterThan(0)
    expect(proof.calls.filter(({ isRefused }) => !isRefused)).toEqual([])
  })

  test('a token that can do more is found out', async () => {
    const { client, signal, simulation } = await openServer({ token: tokenWith({ '/': 'Admin' }) })
    const before = JSON.stringify(simulation.snapshot())
    const proof = await setup.prove(client, tier, { instance: 'default', signal })
    expect(proof.beyond).not.toEqual([])
    expect(proof.calls.filter(({ isRefused }) => !isRefused)).not.toEqual([])
    expect(JSON.stringify(simulation.snapshot())).toBe(before)
  })
})
