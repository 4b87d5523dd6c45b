import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { prefixOf, type Service } from '@rackwarden/core'
import { exposeSimulation, type Fault } from '@rackwarden/core/testing'
import { diagnose, type Catalogue, type InstanceConfiguration } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'
import { services } from '../src/services.ts'
import { openLabHub } from './lab-hub.ts'

const caller = { principal: 'local:tester', tier: 'operate' as const }

/** What may be wrong with a service, and the fault of the wire that makes it so. */
const wrongs: Readonly<Record<string, Fault>> = {
  'a wrong credential': '401',
  'a refused connection': 'refused',
  'a connection nobody answers': 'hang',
  'a wrong certificate': 'wrongCertificate',
  garbage: 'html',
}

/** What stands where an SSH server should: nothing, something silent, something else. */
const greetings: Readonly<Record<string, string | undefined>> = {
  'a refused connection': undefined,
  'a connection nobody answers': '',
  garbage: 'HTTP/1.1 400 Bad Request\r\n\r\n',
}

interface Health {
  services: { service: string; status: string; evidence: string }[]
  not_configured?: string[]
}

/** The hub on the pretend lab, with one service reached by the given instances instead. */
async function openHub(service: Service, instances: readonly InstanceConfiguration[]): Promise<Catalogue> {
  return (await openLabHub('operate', { elsewhere: { service, instances } })).catalogue
}

async function healthOf(catalogue: Catalogue): Promise<Record<string, string>> {
  const result = await catalogue.call({ name: 'service_health', input: {}, caller })
  if (result.kind !== 'done') throw new Error(result.text)
  const { services: rows } = result.output as Health
  const worst = new Map<string, string>()
  for (const { service, status, evidence } of rows)
    if (!worst.has(service)) worst.set(service, status === 'down' ? `down: ${evidence}` : status)
  return Object.fromEntries(worst)
}

/** The others answer, whatever one of them does. */
async function expectOthersWell(catalogue: Catalogue, service: Service): Promise<string | undefined> {
  const { [service.name]: own, ...others } = await healthOf(catalogue)
  expect(new Set(Object.values(others))).toEqual(new Set(services.length > 1 ? ['ok'] : []))
  for (const mount of catalogue.mounts.filter(({ service: name }) => name !== service.name)) {
    const list = [...mount.tools.keys()].find((name) => name.startsWith('list_'))
    if (list === undefined) continue
    const listed = await catalogue.call({ name: `${mount.prefix}${list}`, input: {}, caller })
    expect(listed.kind).toBe('done')
  }
  return own
}

for (const service of services) {
  describe(`with ${service.name}`, () => {
    test('not configured the hub serves the rest, and doctor says which variable is missing', async () => {
      const catalogue = await openHub(service, [])
      expect(await expectOthersWell(catalogue, service)).toBeUndefined()
      expect(catalogue.list({ caller }).some(({ name }) => name.startsWith(prefixOf(service.name)))).toBe(false)
      const told = (await diagnose(catalogue)).find(({ subject }) => subject === service.name)
      expect(told).toMatchObject({ level: 'warning', fix: expect.stringContaining('THE_VARIABLE') as string })
    })

    const overHttp = 'tlsCa' in service.config

    test.each(overHttp ? Object.entries(wrongs) : [])(
      'showing %s the hub says why, serves the rest, and recovers by itself',
      async (_, fault) => {
        const simulation = await (await service.simulate()).default()
        const { proxy, config, close } = await exposeSimulation(simulation, { tls: fault === 'wrongCertificate' })
        onTestFinished(close)
        const { alertmanagerUrl: _other, ...values } = config
        const catalogue = await openHub(service, [{ name: 'default', source: 'test', values }])
        await proxy.setFault(fault)
        expect(await expectOthersWell(catalogue, service)).toMatch(/^down: (?:unauthorized|unreachable|timeout|upstream): \S/)
        await proxy.setFault(null)
        expect(await expectOthersWell(catalogue, service)).not.toMatch(/^down/)
      },
    )

    test.each(overHttp ? [] : Object.entries(greetings))('showing %s the hub says why and serves the rest', async (_, greeting) => {
      const port = greeting === undefined ? await closedPort() : await listen(greeting)
      const values = {
        url: `ssh://root@127.0.0.1:${port}`,
        sshPassword: 'not asked for',
        sshHostKey: `SHA256:${'A'.repeat(43)}`,
        sudo: 'none',
      }
      const catalogue = await openHub(service, [{ name: 'default', source: 'test', values }])
      expect(await expectOthersWell(catalogue, service)).toMatch(/^down: (?:unreachable|timeout|upstream): \S/)
    })
  })
}

async function listen(greeting: string): Promise<number> {
  const sockets = new Set<{ destroy: () => unknown }>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(greeting)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
