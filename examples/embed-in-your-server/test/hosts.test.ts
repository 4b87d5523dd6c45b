import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import docker from '@rackwarden/docker'
import linux from '@rackwarden/linux'
import { openService, registerTools, verifyAudit, readAudit, type RegisterToolsOptions, type ToolHost } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { clients, type TestClient } from './clients.ts'
import { hosts } from './hosts.ts'
import { temporaryDirectory, tokenIn } from './places.ts'
import { vaultService, type Vault } from './vault.ts'

const password = 'hunter2hunter2'

describe.for(Object.keys(hosts).flatMap((host) => Object.keys(clients).map((client) => [host, client] as const)))(
  '%s and %s',
  ([host, kind]) => {
    const client = async (add: (server: ToolHost) => Promise<unknown>): Promise<TestClient> =>
      clients[kind]!({ transport: await hosts[host]!(add) })

    async function withDocker(options: RegisterToolsOptions = {}) {
      const stateDirectory = temporaryDirectory()
      const simulation = await (await docker.simulate()).default()
      const service = await openService(docker, {
        environment: {},
        tier: 'operate',
        prefix: 'docker_',
        stateDirectory,
        simulation,
        log: () => undefined,
      })
      onTestFinished(() => service.close(0))
      return { service, stateDirectory, simulation, client: await client((server) => registerTools(server, service, options)) }
    }

    async function withVault(options: Partial<RegisterToolsOptions> = {}) {
      const vault: Vault = { opened: 0, waiting: 0, aborted: 0 }
      const stateDirectory = temporaryDirectory()
      const log: string[] = []
      const service = await openService(vaultService(vault), {
        environment: {},
        tier: 'operate',
        configuration: { password },
        stateDirectory,
        log: (level, message) => log.push(`${level}: ${message}`),
      })
      onTestFinished(() => service.close(0))
      return { vault, log, stateDirectory, client: await client((server) => registerTools(server, service, options)) }
    }

    test('list the tools with the lean schemas of the hub, and the tool of the host as it was', async () => {
      const { client: connected, service } = await withDocker()
      const [first, ...ours] = await connected.tools()
      expect(first).toMatchObject({ name: 'get_greeting', description: 'A tool of the host.', inputSchema: { required: ['name'] } })
      expect(ours.map(({ name, description, inputSchema, annotations }) => ({ name, description, inputSchema, annotations }))).toEqual(
        service.tools(),
      )
      expect(ours.every(({ outputSchema }) => outputSchema === undefined)).toBe(true)
      expect(await connected.call('get_greeting', { name: 'you' })).toEqual({ text: 'Hello you.', isError: false })
    })

    test('read, plan, confirm, and are told of a replay, with every call in the audit', async () => {
      const { client: connected, simulation, stateDirectory, service } = await withDocker()
      expect((await connected.call('docker_list_containers')).text).toContain('api')
      const before = simulation.snapshot()
      const plan = await connected.call('docker_restart_container', { container: 'api' })
      expect(plan).toMatchObject({ isError: false, text: expect.stringContaining('then call docker_restart_container again') as string })
      expect(simulation.snapshot()).toEqual(before)
      const confirmed = { container: 'api', confirm: tokenIn(plan.text) }
      expect(await connected.call('docker_restart_container', confirmed)).toMatchObject({
        isError: false,
        text: expect.stringMatching(/^DONE/) as string,
      })
      expect((await connected.call('docker_restart_container', confirmed)).text).toMatch(/^Already carried out/)
      await service.close()
      expect((await verifyAudit(stateDirectory)).problems).toEqual([])
      const lines = await readAudit(stateDirectory, {})
      expect(lines.map((line) => [line.kind, line.tool, line.result])).toEqual([
        ['read', 'docker_list_containers', 'done'],
        ['read', 'docker_restart_container', 'plan'],
        ['intent', 'docker_restart_container', undefined],
        ['outcome', 'docker_restart_container', 'done'],
        ['read', 'docker_restart_container', 'already done'],
      ])
    })

    test('are refused in our words, as results', async () => {
      const { client: connected } = await withDocker()
      expect(await connected.call('docker_get_container', { container: 'nowhere' })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^not_found: /) as string,
      })
      expect(await connected.call('docker_get_container', { name: 'api' })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^invalid_input: /) as string,
      })
      expect(await connected.call('docker_restart_container', { container: 'api', confirm: 'A'.repeat(16) })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^denied: /) as string,
      })
    })

    test('may be sent the typed result alone', async () => {
      const { client: connected } = await withDocker({ results: 'structured' })
      const listed = (await connected.tools()).find(({ name }) => name === 'docker_get_container')
      expect(listed?.outputSchema).toMatchObject({ properties: { kind: { type: 'string' } }, required: ['kind'] })
      const answer = await connected.call('docker_get_container', { container: 'api' })
      expect(answer).toMatchObject({ text: '', structured: { kind: 'done', output: { name: 'api' } } })
      expect((await connected.call('docker_restart_container', { container: 'api' })).structured).toMatchObject({ kind: 'plan' })
      expect(await connected.call('docker_get_container', { container: 'nowhere' })).toMatchObject({
        isError: true,
        text: expect.stringMatching(/^not_found/) as string,
      })
    })

    test('hear of progress, and stop what they no longer want', async () => {
      const { client: connected, vault } = await withVault()
      const seen: { progress: number; message?: string }[] = []
      await connected.call('check_vault', { rounds: 3 }, { onprogress: (progress) => seen.push(progress) })
      expect(seen[0]).toMatchObject({ progress: 1, total: 3 })
      expect(JSON.stringify(seen)).not.toContain(password)
      const cancel = new AbortController()
      const failure = connected.call('check_vault', {}, { signal: cancel.signal }).catch((error: unknown) => error)
      await vi.waitFor(() => expect(vault.waiting).toBe(2), { timeout: 5000 })
      cancel.abort('changed my mind')
      expect(await failure).toBeInstanceOf(Error)
      await vi.waitFor(() => expect(vault.aborted).toBe(1), { timeout: 5000 })
    })

    test('never see a secret, and it is not written down', async () => {
      const { client: connected, stateDirectory } = await withVault()
      expect((await connected.call('get_vault')).text).not.toContain('hunter2')
      expect((await connected.call('restart_vault', { seconds: 9, note: password })).text).not.toContain('hunter2')
      await vi.waitFor(async () => expect(await readdir(join(stateDirectory, 'audit'))).toHaveLength(1), { timeout: 5000 })
      const [file = ''] = await readdir(join(stateDirectory, 'audit'))
      await vi.waitFor(async () => expect(await readFile(join(stateDirectory, 'audit', file), 'utf8')).toContain('restart_vault'), {
        timeout: 5000,
      })
      expect(await readFile(join(stateDirectory, 'audit', file), 'utf8')).not.toContain('hunter2')
    })

    test('are who the host says, and a plan is for nobody else', async () => {
      let caller = 'token:anna'
      const { client: connected, vault } = await withVault({ principal: () => caller })
      const confirm = tokenIn((await connected.call('restart_vault', { seconds: 1 })).text)
      caller = 'token:bert'
      expect((await connected.call('restart_vault', { seconds: 1, confirm })).text).toMatch(/^denied: .*another principal/)
      caller = 'token:anna'
      await connected.call('restart_vault', { seconds: 1, confirm })
      expect(vault.opened).toBe(1)
    })

    test('are refused where the host knows nobody', async () => {
      const { client: connected, log } = await withVault({ principal: (clientId) => clientId as string })
      expect(await connected.call('get_vault')).toMatchObject({ isError: true })
      expect(log).toEqual(["error: get_vault: 'principal' names nobody for this request."])
    })

    test('learn nothing of a fault in the host but that there is one', async () => {
      const { client: connected, log } = await withVault({
        principal: () => {
          throw new Error('the session store says hunter3')
        },
      })
      expect(await connected.call('get_vault')).toEqual({ text: 'The call failed inside the server; its log says why.', isError: true })
      expect(log).toEqual(['error: get_vault: the session store says hunter3'])
    })

    test('find two services side by side, each under its prefix', async () => {
      const options = async (service: typeof docker) => ({
        environment: {},
        stateDirectory: temporaryDirectory(),
        log: () => undefined,
        simulation: await (await service.simulate()).default(),
      })
      const engines = await openService(docker, { ...(await options(docker)), prefix: 'docker_' })
      const machines = await openService(linux, { ...(await options(linux)), prefix: 'linux_', runtime: engines.runtime })
      onTestFinished(async () => {
        await machines.close(0)
        await engines.close(0)
      })
      const connected = await client(async (server) => {
        await registerTools(server, engines)
        await registerTools(server, machines)
      })
      const names = (await connected.tools()).map(({ name }) => name)
      expect(names).toEqual(['get_greeting', ...engines.tools().map(({ name }) => name), ...machines.tools().map(({ name }) => name)])
      expect((await connected.call('docker_service_health')).text).toContain('docker')
      expect((await connected.call('linux_list_hosts')).isError).toBe(false)
    })
  },
)
