import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candidate } from '@rackwarden/core'
import { z } from 'zod'
import { engineSockets } from './discover.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What is used of a context of the Docker command line. */
const contextFile = z.object({ Name: z.string(), Endpoints: z.object({ docker: z.object({ Host: z.string() }) }) })

/** The engines `init` can offer: sockets of this machine, and the contexts the Docker command line knows. Nobody is contacted. */
export async function candidates(environment: Environment): Promise<Candidate[]> {
  const sockets = await ownSockets(environment)
  const known = new Set(sockets.map(({ values }) => values['url']))
  return [...sockets, ...(await contexts(environment)).filter(({ values }) => !known.has(values['url']))]
}

async function ownSockets(environment: Environment): Promise<Candidate[]> {
  const byPlace = new Map<string, Candidate>()
  for (const { instance, path } of await engineSockets(environment)) {
    // The usual place is often a link to another one.
    const place = await realpath(path)
    if (!byPlace.has(place))
      byPlace.set(place, {
        instance: byPlace.size === 0 ? 'default' : instance,
        values: { url: `unix://${path}` },
        evidence: 'socket of this machine',
      })
  }
  return [...byPlace.values()]
}

async function contexts({ DOCKER_CONFIG: configured, HOME: home }: Environment): Promise<Candidate[]> {
  const directory = configured || (home ? join(home, '.docker') : undefined)
  if (directory === undefined) return []
  const names = await readdir(join(directory, 'contexts/meta')).catch(() => [])
  const found = await Promise.all(names.map((name) => contextOf(directory, name)))
  return found.flat().toSorted((first, second) => (first.instance < second.instance ? -1 : 1))
}

async function contextOf(directory: string, id: string): Promise<Candidate[]> {
  const read = (path: string) => readFile(join(directory, path), 'utf8')
  const context = contextFile.safeParse(
    await read(`contexts/meta/${id}/meta.json`)
      .then(JSON.parse)
      .catch(() => undefined),
  )
  if (!context.success || !/^[\w.-]+$/.test(context.data.Name)) return []
  const { Name: instance, Endpoints } = context.data
  const material = join('contexts/tls', id, 'docker')
  const files = { tlsCa: 'ca.pem', tlsCertificate: 'cert.pem', tlsKey: 'key.pem' }
  const present = await Promise.all(
    Object.entries(files).map(async ([field, name]) => {
      const path = join(material, name)
      const readable = await read(path).then(
        () => true,
        () => false,
      )
      return readable ? [[field, `${field === 'tlsKey' ? 'file:' : ''}${join(directory, path)}`] as const] : []
    }),
  )
  const url = Endpoints.docker.Host
  const values = { url, ...Object.fromEntries(present.flat()) }
  return [{ instance, values, evidence: `context ${instance} of the docker command`, ...(url.startsWith('unix:') ? {} : { remote: true }) }]
}
