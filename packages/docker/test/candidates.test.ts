import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { candidates } from '../src/candidates.ts'

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-docker-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return directory
}

async function writeContext(home: string, id: string, meta: unknown, ...files: string[]): Promise<void> {
  await mkdir(join(home, '.docker/contexts/meta', id), { recursive: true })
  await writeFile(join(home, '.docker/contexts/meta', id, 'meta.json'), typeof meta === 'string' ? meta : JSON.stringify(meta))
  if (files.length === 0) return
  const material = join(home, '.docker/contexts/tls', id, 'docker')
  await mkdir(material, { recursive: true })
  for (const file of files) await writeFile(join(material, file), 'pem')
}

test('a socket that is reached by two paths is offered once, and nobody connects to it', async () => {
  const directory = await temporaryDirectory()
  let connections = 0
  const server = createServer(() => (connections += 1))
  await new Promise<void>((resolve) => server.listen(join(directory, 'docker.sock'), resolve))
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  await mkdir(join(directory, '.docker/run'), { recursive: true })
  await symlink(join(directory, 'docker.sock'), join(directory, '.docker/run/docker.sock'))
  const found = await candidates({ XDG_RUNTIME_DIR: directory, HOME: directory })
  // A machine that runs an engine of its own has it in the usual place.
  const own = found.filter(({ values }) => values['url'] !== 'unix:///var/run/docker.sock')
  expect(own).toEqual([
    {
      instance: own.length === found.length ? 'default' : 'rootless',
      values: { url: `unix://${directory}/docker.sock` },
      evidence: 'socket of this machine',
    },
  ])
  expect(connections).toBe(0)
})

test('the contexts of the docker command are offered as other machines, with their certificates as files', async () => {
  const home = await temporaryDirectory()
  await writeContext(
    home,
    'b2',
    { Name: 'cellar', Endpoints: { docker: { Host: 'tcp://10.0.0.7:2376' } } },
    'ca.pem',
    'cert.pem',
    'key.pem',
  )
  await writeContext(home, 'a1', { Name: 'attic', Endpoints: { docker: { Host: 'ssh://admin@attic' } } })
  await writeContext(home, 'c3', '{ torn')
  await writeContext(home, 'd4', { Name: 'cluster', Endpoints: { kubernetes: {} } })
  const found = await candidates({ HOME: home })
  const material = join(home, '.docker/contexts/tls/b2/docker')
  expect(found.filter(({ remote }) => remote)).toEqual([
    { instance: 'attic', values: { url: 'ssh://admin@attic' }, evidence: 'context attic of the docker command', remote: true },
    {
      instance: 'cellar',
      values: {
        url: 'tcp://10.0.0.7:2376',
        tlsCa: join(material, 'ca.pem'),
        tlsCertificate: join(material, 'cert.pem'),
        tlsKey: `file:${join(material, 'key.pem')}`,
      },
      evidence: 'context cellar of the docker command',
      remote: true,
    },
  ])
})
