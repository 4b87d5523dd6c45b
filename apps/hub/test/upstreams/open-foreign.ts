import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createRuntime,
  loadConfiguration,
  openCatalogue,
  openOwner,
  type Catalogue,
  type ForeignServers,
  type Runtime,
} from '@rackwarden/core/runtime'
import { stringify } from 'yaml'
import { writeFileSync } from 'node:fs'
import { onTestFinished, vi } from 'vitest'
import { writeAcceptance } from '../../src/upstreams/acceptance.ts'
import { createEraRecords } from '../../src/upstreams/era-record.ts'
import { createForeignServers } from '../../src/upstreams/foreign-servers.ts'
import { createGuard } from '../../src/upstreams/guard.ts'
import { createUpstream } from '../../src/upstreams/upstream.ts'

/** A fixture, as an entry under `upstreams`. */
export function fixture(name: string, ...args: string[]): { command: string; args: string[] } {
  return { command: process.execPath, args: [fileURLToPath(new URL(`fixture/${name}.mjs`, import.meta.url)), ...args] }
}

/** A hub with nothing but foreign servers, and what it wrote to its log. */
export interface ForeignHub {
  catalogue: Catalogue
  foreign: ForeignServers
  runtime: Runtime
  log: string[]
  /** What a caller of the tier configure is listed. */
  readonly names: () => string[]
  /** Accepts all that an upstream offers now, as its owner would. */
  accept(name: string): Promise<void>
  configure(upstreams: Record<string, unknown>): Promise<void>
}

/** Who calls in these tests. */
export const caller = { principal: 'local:tester', tier: 'configure' } as const

/** Opens a hub of the upstreams given; those named are accepted first. */
export async function openForeign(
  upstreams: Record<string, unknown>,
  {
    accepted = Object.keys(upstreams),
    connects = true,
    directory = temporaryDirectory(),
  }: { accepted?: string[]; connects?: boolean; directory?: string } = {},
): Promise<ForeignHub> {
  const log: string[] = []
  const runtime = createRuntime({
    version: '0.0.0',
    stateDirectory: join(directory, 'state'),
    log: (level, message) => log.push(`${level}: ${message}`),
  })
  const load = (entries: Record<string, unknown>) => {
    writeFileSync(join(directory, 'rackwarden.yaml'), stringify({ tier: 'configure', upstreams: entries }))
    return loadConfiguration({ services: [], environment: {}, directory, secrets: runtime.secrets, strict: true })
  }
  const configuration = await load(upstreams)
  const accept = async (name: string) => {
    const entry = (await load(JSON.parse(JSON.stringify(current)) as Record<string, unknown>)).upstreams?.find((one) => one.name === name)
    if (entry?.configuration === undefined) throw entry?.problem ?? new Error(`no upstream ${name}`)
    const guard = createGuard(runtime.log)
    const upstream = createUpstream({
      name,
      configuration: entry.configuration,
      runtime,
      guard,
      eras: createEraRecords(runtime.store, runtime.clock),
      changed: () => undefined,
    })
    try {
      await upstream.session()
      const { tools, prompts, server } = upstream.offered()!
      await writeAcceptance(
        { name, identity: entry.configuration.identity, accepted_at: '2026-11-20T00:00:00Z', server, tools, prompts },
        { store: runtime.store, owner: openOwner(runtime), passphrase: undefined },
      )
    } finally {
      await upstream.close()
      await guard.close()
    }
  }
  let current = upstreams
  for (const name of accepted) await accept(name)
  const foreign = await createForeignServers({ runtime, configuration, services: [], command: (words) => `rackwarden ${words}` })
  const catalogue = openCatalogue({ name: 'test', title: 'Test', services: [], prefixed: true, runtime, configuration, foreign })
  onTestFinished(async () => {
    await catalogue.close(1_000)
    await runtime.close()
  })
  if (connects) {
    foreign.connect()
    await vi.waitFor(() => {
      for (const mount of foreign.mounts()) if (mount.isWithdrawn === true) return
    })
  }
  return {
    catalogue,
    foreign,
    runtime,
    log,
    accept,
    names: () => catalogue.list({ caller }).map(({ name }) => name),
    async configure(next) {
      catalogue.configure(await load(next))
      current = next
    },
  }
}

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-upstreams-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
