import { failure, openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { cappedText } from '../src/capped-text.ts'
import docker, { type SimulatedContainer } from '../src/index.ts'
import { resolved } from '../src/lent-values.ts'
import { recreateContainer } from '../src/tools/recreate.ts'
import { openEngine } from './engine.ts'

const image = 'busybox'
const world = (...containers: SimulatedContainer[]) => ({ containers })

test('the plan of a new container shows all of it but the values of its variables', async () => {
  const { plan } = await openEngine()
  const input = {
    name: 'cache',
    image: 'nginx:1.29',
    command: ['serve', '--password=orchid-lantern-77', '--name', 'two words'],
    environment: { MODE: 'orchid-fast' },
    ports: ['6380:6379'],
    mounts: ['cache:/data', '/srv/media:/media', 'shop_db:/db:ro'],
    labels: { purpose: 'x' },
  }
  expect(await plan('create_container', input)).toMatchInlineSnapshot(`
    {
      "diff": [
        "container cache: (none) → running",
        "image: nginx:1.29",
        "command: serve --password=[redacted] --name 'two words'",
        "port: 6380:6379",
        "volume cache → /data",
        "directory of the host /srv/media → /media",
        "volume shop_db → /db, read-only",
        "variables: MODE (value withheld)",
        "network: bridge",
        "restart policy: unless-stopped",
        "label: purpose=x",
        "volume cache: (none) → new",
      ],
      "summary": "Create cache from nginx:1.29",
      "targets": [
        "docker/container/cache",
        "docker/volume/cache",
        "docker/directory/srv/media",
        "docker/volume/shop_db",
      ],
      "warnings": [
        "Whoever is in it can write to these directories of the host: /srv/media.",
        "It shares volumes with db, backup.",
        "Taking it back deletes the container; volumes with a name stay.",
      ],
    }
  `)
})

test('a port that is taken, a name that is taken and an image that is missing are told before anything happens', async () => {
  const { plan } = await openEngine()
  const refused = async (more: object) => (await failure(plan('create_container', { name: 'new', image: 'nginx:1.29', ...more }))).code
  expect(await refused({ ports: ['8080:1'] })).toBe('conflict')
  expect(await refused({ name: 'web' })).toBe('conflict')
  expect(await refused({ image: 'absent' })).toBe('not_found')
})

test('a secret that is written out is refused by the name of its variable', async () => {
  const lab = await openSimulatedLab(docker)
  onTestFinished(() => lab.close())
  const input = { name: 'cache', image: 'nginx:1.29', environment: { MODE: 'x', DB_PASSWORD: 'orchid' } }
  const { text } = await lab.call('create_container', input)
  expect(text).toMatch(/^invalid_input: environment: DB_PASSWORD speaks of a secret, so it takes a reference: env:NAME/)
  expect(text).not.toContain('orchid')
})

test('only what the owner lends is given to a container', async () => {
  const environment = { ALLOWED: 'yes', OTHER: 'no' }
  expect(await resolved({ A: 'env:ALLOWED', B: 'plain' }, ['env:ALLOWED'], environment)).toEqual({ A: 'yes', B: 'plain' })
  expect(await resolved({ A: 'env:ALLOWED' }, ['env:ALL*'], environment)).toEqual({ A: 'yes' })
  for (const reference of ['env:OTHER', 'file:/etc/shadow', 'file:/lent/../etc/shadow', 'file:lent'])
    expect(await failure(resolved({ A: reference }, ['env:ALLOWED', 'file:/lent/*'], environment))).toMatchObject({ code: 'forbidden' })
  expect(await failure(resolved({ A: 'env:UNSET' }, ['env:UNSET'], environment))).toMatchObject({ code: 'invalid_config' })
})

test('a recreation that ends in a crash brings the old one back, and says why', async () => {
  const { context, plan, snapshot, client } = await openEngine(
    world({ name: 'web', image, onStart: 'crash', log: ['no config'], exitCode: 3 }),
  )
  expect((await plan('recreate_container', { container: 'web' })).targets).toHaveLength(2)
  const { definition } = recreateContainer
  const input = definition.input.parse({ container: 'web' })
  const before = await client.containers(context.signal)
  const state = await definition.state(input, context as never)
  const error = await failure(Promise.resolve(definition.run(input, { ...context, state } as never)))
  expect(error.message).toMatch(/restart loop: no config.*The old web is back/)
  expect((await client.containers(context.signal)).map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id))
  expect(snapshot()).toMatchObject({ containers: [{ name: 'web' }] })
})

test('what lives in the network of another is told that it must follow', async () => {
  const { plan } = await openEngine()
  const { warnings, targets } = await plan('recreate_container', { container: 'web' })
  expect(warnings?.join('\n')).toContain('must be recreated after it: probe')
  expect(targets).toContain('docker/container/probe')
  expect((await plan('delete_container', { container: 'web' })).warnings?.join('\n')).toContain('cannot start without it: probe')
})

test('a command is planned whole, its secrets withheld', async () => {
  const { plan } = await openEngine()
  const planned = await plan('exec_container', {
    container: 'db',
    command: ['psql', '--password=orchid', '-c', 'select 1'],
    user: 'postgres',
  })
  expect(planned).toMatchInlineSnapshot(`
    {
      "diff": [
        "command: psql --password=[redacted] -c 'select 1'",
        "as: postgres",
        "killed after: 30 seconds",
      ],
      "summary": "Run in db: psql --password=[redacted] -c 'select 1'",
      "targets": [
        "docker/container/db",
      ],
      "warnings": [
        "What it changes is not known, and cannot be taken back from here.",
        "The command is one to be asked about: it runs code of a language the policy does not read.",
      ],
    }
  `)
})

test('a wrong value is answered with what its field is for', async () => {
  const lab = await openSimulatedLab(docker)
  onTestFinished(() => lab.close())
  const { text } = await lab.call('create_container', { name: 'cache', image: 'nginx:1.29', mounts: ['/x'], ports: 80 })
  expect(text.split('\n').slice(1)).toEqual(['ports: 8080:80/tcp', 'mounts: volume:/path or /directory:/path:ro'])
})

test('what is told of a write is a sentence, though nothing was to be done', async () => {
  const lab = await openSimulatedLab(docker)
  onTestFinished(() => lab.close())
  const { text } = await lab.call('start_container', { container: 'web' })
  expect(text).toContain('NOTHING TO DO: web is running already: there is nothing to change')
})

test('deleting everything in a container is refused for what it is', async () => {
  const lab = await openSimulatedLab(docker)
  onTestFinished(() => lab.close())
  const { text } = await lab.call('exec_container', { container: 'db', command: ['rm', '-rf', '/'] })
  expect(text).toMatch(/^protected: The command is refused: .*deletes a tree/)
})

test('a command that does not end is ended when its time is over', async () => {
  const lab = await openSimulatedLab(docker)
  onTestFinished(() => lab.close())
  const input = { container: 'db', command: ['sleep', '1000'], timeout_seconds: 1 }
  const planned = await lab.call('exec_container', input)
  const done = await lab.call('exec_container', { ...input, confirm: planned.kind === 'plan' ? planned.plan.confirm : '' })
  expect(done).toMatchObject({ kind: 'done', output: { timed_out: true, exit_code: 137 } })
})

test('pruning leaves the old one of an interrupted recreation alone', async () => {
  const { plan, client, context } = await openEngine(world({ name: 'web', image, state: 'exited' }))
  const [web] = await client.containers(context.signal)
  await client.rename(web?.Id ?? '', `web.replaced-${web?.Id.slice(0, 12)}`, context.signal)
  expect((await plan('prune', { images: 'unused' })).summary).toContain('nothing to prune')
  expect((await plan('recreate_container', { container: 'web' })).warnings?.[0]).toContain('was interrupted')
})

test('of much text the beginning and the end are kept, wherever it is cut', () => {
  const whole = `7\n${'a'.repeat(20_000)}${'b'.repeat(30_000)}`
  for (const size of [1, 7, 16_384, 100_000]) {
    let first = ''
    const text = cappedText((line) => (first = line))
    for (let at = 0; at < whole.length; at += size) text.add(Buffer.from(whole.slice(at, at + size)))
    expect(first).toBe('7')
    expect(text.text()).toBe(`${'a'.repeat(16_384)}\n[17232 bytes left out]\n${'b'.repeat(16_384)}`)
  }
})
