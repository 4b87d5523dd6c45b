import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forever, openRealEngine, until } from './real-engine.ts'

const missing = requireComponent('docker')

describe.skipIf(missing !== undefined)('changes to the containers of a real engine', () => {
  let real: Awaited<ReturnType<typeof openRealEngine>>
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'container-changes-'))
    await writeFile(join(directory, 'password'), 'orchid-lantern-77\n')
    real = await openRealEngine({ containerSecrets: `file:${directory}/password` })
  })

  afterAll(async () => {
    await real?.close()
    await rm(directory, { recursive: true, force: true })
  })

  describe('create_container', () => {
    const network = () => (real.engine.networked ? {} : { network: 'none' })
    const basic = (name: string, script = forever) => ({ name, image: 'busybox:test', command: ['sh', '-c', script], ...network() })

    test('makes what was asked for, verified, with the secret in no record; undoing it leaves the named volume', async () => {
      const input = {
        ...basic('made'),
        environment: { DATABASE_PASSWORD: `file:${directory}/password`, MODE: 'fast' },
        mounts: ['made_data:/data', `${directory}:/lent:ro`],
        labels: { purpose: 'test' },
        ...(real.engine.networked ? { ports: ['127.0.0.1:18080:80'] } : {}),
      }
      const done = await real.confirmed('create_container', input)
      expect(done).toMatchObject({ kind: 'done' })
      const made = await real.inspect('made')
      expect(made.State.Status).toBe('running')
      expect(made.Config['Env']).toContain('DATABASE_PASSWORD=orchid-lantern-77')
      expect(made.Mounts.map(({ Destination, RW }) => `${Destination} ${RW}`).toSorted()).toEqual(['/data true', '/lent false'])
      expect(made.HostConfig['RestartPolicy']).toMatchObject({ Name: 'unless-stopped' })
      await real.lab.catalogue.runtime.audit.flush()
      expect(await recordsOf(real.lab.stateDirectory)).not.toContain('orchid-lantern')

      expect(await real.failed('create_container', basic('made'))).toMatchObject({ code: 'conflict' })
      const undone = await real.confirmed('undo_change', { change: done.kind === 'done' ? done.change : '' })
      expect(undone).toMatchObject({ kind: 'done' })
      expect(await real.exists('made')).toBe(false)
      expect(await real.volumes()).toContain('made_data')
      const again = await real.confirmed('undo_change', { change: undone.kind === 'done' ? undone.change : '' })
      expect(again).toMatchObject({ kind: 'done' })
      expect((await real.inspect('made')).Id).not.toBe(made.Id)
      await real.engine.request('DELETE', '/containers/made?force=1')
    })

    test('does not undo what became somebody else’s', async () => {
      const done = await real.confirmed('create_container', basic('lent'))
      expect(done).toMatchObject({ kind: 'done' })
      await real.engine.request('POST', '/containers/lent/rename?name=kept')
      const refused = await real.failed('undo_change', { change: done.kind === 'done' ? done.change : '' })
      expect(refused).toMatchObject({ code: 'conflict' })
      expect(await real.exists('kept')).toBe(true)
      await real.engine.request('DELETE', '/containers/kept?force=1')
    })

    test('refuses what is missing, what is not lent, and what would be the host itself', async () => {
      await real.engine.request('POST', '/volumes/create', { Name: 'disguised', DriverOpts: { type: 'none', o: 'bind', device: '/etc' } })
      const refused: [Record<string, unknown>, string][] = [
        [{ image: 'absent:1' }, 'not_found'],
        [{ network: 'absent' }, 'not_found'],
        [{ network: 'host' }, 'protected'],
        [{ network: 'container:web' }, 'invalid_input'],
        [{ mounts: ['/:/host'] }, 'protected'],
        [{ mounts: ['/etc:/x:ro'] }, 'protected'],
        [{ mounts: ['/var/run/docker.sock:/s'] }, 'protected'],
        [{ mounts: [`${real.engine.socketPath}:/s`] }, 'protected'],
        [{ mounts: ['/srv/../etc:/x'] }, 'invalid_input'],
        [{ mounts: ['/home/ann/.ssh:/x'] }, 'protected'],
        [{ mounts: ['disguised:/x'] }, 'protected'],
        [{ environment: { X: 'file:/etc/shadow' } }, 'forbidden'],
        [{ environment: { X: `file:${directory}/../../etc/shadow` } }, 'forbidden'],
        [{ environment: { X: 'env:HOME' } }, 'forbidden'],
        [{ environment: { API_TOKEN: 'literal' } }, 'invalid_input'],
        [{ labels: { 'com.docker.compose.project': 'x' } }, 'invalid_input'],
        [{ privileged: true }, 'invalid_input'],
      ]
      for (const [part, code] of refused)
        expect(await real.failed('create_container', { ...basic('never'), ...part })).toMatchObject({ code })
      expect(await real.exists('never')).toBe(false)
    })

    test('leaves nothing behind where it cannot be started', async () => {
      const failed = await real.confirmed('create_container', { ...basic('never'), command: ['/no/such/program'] })
      expect(failed).toMatchObject({ kind: 'error', error: { message: expect.stringContaining('no such file') } })
      expect(await real.exists('never')).toBe(false)
    })

    test('is told as not settled where the container ends at once', async () => {
      const failed = await real.confirmed('create_container', { ...basic('brief', 'echo no config; exit 4'), restart_policy: 'no' })
      expect(failed).toMatchObject({ kind: 'error', text: expect.stringMatching(/exit code 4.*no config/) })
      await real.engine.request('DELETE', '/containers/brief?force=1')
    })
  })

  describe('delete_container', () => {
    test('says what is lost, stops in order, and keeps every volume', async () => {
      await real.run(
        'doomed',
        `trap 'echo bye > /data/bye; exit' TERM; dd if=/dev/zero of=/big bs=1M count=3; ${forever.replace('trap exit TERM; ', '')}`,
        {
          Volumes: { '/scratch': {} },
          Labels: { 'com.docker.compose.project': 'shop' },
          host: { Binds: ['doomed_data:/data'] },
        },
      )
      await until(
        async () => ((await real.engine.request('GET', '/containers/doomed/json?size=1')).body as { SizeRw: number }).SizeRw >= 3_000_000,
      )
      const plan = await real.plan('delete_container', { container: 'doomed' })
      expect(plan.diff?.join('\n')).toMatch(/wrote beside its volumes: 3\.\d MB → gone/)
      expect(plan.warnings?.join('\n')).toMatch(/volumes stay: doomed_data, [0-9a-f]{64}/)
      expect(plan.warnings?.join('\n')).toContain('Compose makes it again')
      const done = await real.lab.call('delete_container', { container: 'doomed', confirm: plan.confirm })
      expect(done).toMatchObject({ kind: 'done' })
      expect(await real.exists('doomed')).toBe(false)
      const kept = (done.kind === 'done' ? (done.output as { volumes_kept: string[] }) : undefined)?.volumes_kept
      expect(await real.volumes()).toEqual(expect.arrayContaining(kept ?? ['none']))
      await real.run('reader', 'cat /data/bye', { host: { Binds: ['doomed_data:/data'] } })
      await until(async () => (await real.inspect('reader')).State.Status === 'exited')
      expect((await real.inspect('reader')).State.ExitCode).toBe(0)
    })

    test('kills what does not end, and takes volumes without a name along only when told', async () => {
      await real.run('stubborn', 'trap "" TERM; while :; do sleep 1; done', {
        Volumes: { '/scratch': {} },
        host: { Binds: ['stubborn_data:/data'] },
      })
      const anonymous = (await real.inspect('stubborn')).Mounts.find(({ Destination }) => Destination === '/scratch')?.Name
      const done = await real.confirmed('delete_container', { container: 'stubborn', force: true, volumes: true })
      expect(done).toMatchObject({ kind: 'done', output: { volumes_kept: ['stubborn_data'], volumes_deleted: [anonymous] } })
      expect(await real.volumes()).not.toContain(anonymous)
      expect(await real.volumes()).toContain('stubborn_data')
      expect(await real.failed('delete_container', { container: 'stubborn' })).toMatchObject({ code: 'not_found' })
    })
  })
})

/** All that is kept in a directory, as one text. */
async function recordsOf(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))).join('\n')
}
