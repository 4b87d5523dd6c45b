import { openSimulatedLab } from '@rackwarden/core/testing'
import { startDockerEngine, type DockerEngine } from '@rackwarden/lab'
import { expect } from 'vitest'
import docker from '../src/index.ts'

/** What the tests read of an inspected container. */
export interface Inspected {
  Id: string
  Name: string
  Config: Record<string, unknown> & { Image: string }
  HostConfig: Record<string, unknown> & { Binds: string[] | null }
  State: { Status: string; StartedAt: string; ExitCode: number; Health?: { Status: string } }
  Mounts: { Type: string; Name?: string; Destination: string; RW: boolean }[]
  NetworkSettings: { Networks: Record<string, Record<string, unknown>> }
}

/** A shell script that never ends, and ends at once when told to. */
export const forever = 'trap exit TERM; while :; do sleep 0.2; done'

/** A real engine, and the service on it at the tier admin, where a token agrees. */
export async function openRealEngine(configuration: Record<string, unknown> = {}) {
  const engine = await startDockerEngine()
  await engine.importBusybox()
  const lab = await openSimulatedLab(docker, { configuration: { url: `unix://${engine.socketPath}`, ...configuration } })
  return {
    engine,
    lab,
    ...actionsOn(engine),
    ...callsOn(lab),
    async close() {
      await lab.close()
      await engine.down()
    },
  }
}

function actionsOn(engine: DockerEngine) {
  const inspect = async (name: string) => (await engine.request('GET', `/containers/${name}/json`)).body as Inspected
  return {
    inspect,
    exists: async (name: string) => (await engine.request('GET', `/containers/${name}/json`)).status === 200,
    names: async () =>
      ((await engine.request('GET', '/containers/json?all=1')).body as { Names: string[] }[])
        .map(({ Names: [name = ''] }) => name.slice(1))
        .toSorted(),
    volumes: async () =>
      ((await engine.request('GET', '/volumes')).body as { Volumes: { Name: string }[] | null }).Volumes?.map(({ Name }) => Name) ?? [],
    async run(
      name: string,
      script: string,
      { host, ...more }: Record<string, unknown> & { host?: Record<string, unknown> } = {},
    ): Promise<string> {
      const made = await engine.request('POST', `/containers/create?name=${name}`, {
        Image: 'busybox:test',
        Cmd: ['sh', '-c', script],
        ...more,
        HostConfig: { Init: true, ...(engine.networked ? {} : { NetworkMode: 'none' }), ...host },
      })
      expect(made).toMatchObject({ status: 201 })
      expect(await engine.request('POST', `/containers/${name}/start`)).toMatchObject({ status: 204 })
      return (made.body as { Id: string }).Id
    },
  }
}

function callsOn(lab: Awaited<ReturnType<typeof openSimulatedLab>>) {
  const plan = async (name: string, input: Record<string, unknown>) => {
    const planned = await lab.call(name, input)
    expect(planned).toMatchObject({ kind: 'plan' })
    if (planned.kind !== 'plan') throw new Error(planned.text)
    return planned.plan
  }
  return {
    plan,
    confirmed: async (name: string, input: Record<string, unknown>) => {
      const { confirm } = await plan(name, input)
      return lab.call(name, { ...input, confirm })
    },
    failed: async (name: string, input: Record<string, unknown>) => {
      const result = await lab.call(name, input)
      expect(result).toMatchObject({ kind: 'error' })
      return result.kind === 'error' ? result.error : undefined
    },
  }
}

/** Waits until something holds. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
}
