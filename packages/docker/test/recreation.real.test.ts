import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forever, openRealEngine, until, type Inspected } from './real-engine.ts'

const missing = requireComponent('docker')
const second = 1_000_000_000

describe.skipIf(missing !== undefined)('recreating containers of a real engine', () => {
  let real: Awaited<ReturnType<typeof openRealEngine>>
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'recreation-'))
    real = await openRealEngine()
  })

  afterAll(async () => {
    await real?.close()
    await rm(directory, { recursive: true, force: true })
  })

  test('carries over everything the engine says of a rich container', async () => {
    const networked = real.engine.networked
    if (networked)
      for (const [name, subnet] of [
        ['front', '10.77.1.0/24'],
        ['back', '10.77.2.0/24'],
      ])
        await real.engine.request('POST', '/networks/create', { Name: name, IPAM: { Config: [{ Subnet: subnet }] } })
    await real.run('rich', `touch /tmp/well; ${forever}`, {
      Hostname: 'richie',
      Domainname: 'lab.test',
      User: '0:0',
      WorkingDir: '/tmp',
      Entrypoint: ['env', 'INNER=1'],
      Env: ['TOKEN_OF_IT=orchid-lantern-77', 'PLAIN=x=y'],
      Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'rich', purpose: 'a b' },
      Healthcheck: { Test: ['CMD-SHELL', 'test -f /tmp/well'], Interval: second / 2, Timeout: second * 5, Retries: 2 },
      ExposedPorts: { '80/tcp': {}, '53/udp': {} },
      Volumes: { '/scratch': {} },
      StopSignal: 'SIGTERM',
      StopTimeout: 4,
      ...(networked ? { MacAddress: '02:42:0a:4d:01:07' } : {}),
      host: {
        ...(networked ? { NetworkMode: 'front', PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '18081' }] } } : {}),
        Binds: ['rich_data:/data', `${directory}:/lent:ro`],
        Mounts: [
          { Type: 'volume', Target: '/unnamed' },
          { Type: 'tmpfs', Target: '/quick', TmpfsOptions: { SizeBytes: 1_048_576 } },
        ],
        Tmpfs: { '/fast': 'size=64k' },
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        CapAdd: ['NET_ADMIN'],
        CapDrop: ['MKNOD'],
        Devices: [{ PathOnHost: '/dev/null', PathInContainer: '/dev/mine', CgroupPermissions: 'rw' }],
        Ulimits: [{ Name: 'nofile', Soft: 512, Hard: 1024 }],
        LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
        ...(networked ? { ExtraHosts: ['nas:10.0.0.9'], Dns: ['10.0.0.2'] } : {}),
        Memory: 64 * 1_048_576,
        CpuShares: 256,
        PidsLimit: 100,
        ShmSize: 2_097_152,
        GroupAdd: ['44'],
        SecurityOpt: ['no-new-privileges'],
        OomScoreAdj: 10,
      },
    })
    if (networked)
      await real.engine.request('POST', '/networks/back/connect', {
        Container: 'rich',
        EndpointConfig: { Aliases: ['richest'], IPAMConfig: { IPv4Address: '10.77.2.50' } },
      })
    await until(async () => (await real.inspect('rich')).State.Health?.Status === 'healthy')
    const before = await real.inspect('rich')
    const plan = await real.plan('recreate_container', { container: 'rich' })
    expect(plan.warnings?.join('\n')).toContain('the next up of the project shop changes nothing')
    expect(plan.targets).toContain(`docker/container/rich.replaced-${before.Id.slice(0, 12)}`)
    const done = await real.lab.call('recreate_container', { container: 'rich', confirm: plan.confirm })
    expect(done).toMatchObject({ kind: 'done' })
    const after = await real.inspect('rich')
    expect(after.Id).not.toBe(before.Id)
    expect(after.State.Health?.Status).toBe('healthy')
    expect(lasting(after)).toEqual(lasting(before))
    expect(await real.exists(before.Id)).toBe(false)
    // What is written out the first time stays as it is the second.
    const again = await real.confirmed('recreate_container', { container: 'rich' })
    expect(again).toMatchObject({ kind: 'done' })
    expect(lasting(await real.inspect('rich'))).toEqual(lasting(before))
  })

  test('takes the newer image of its tag, with its own settings and without the old image’s', async () => {
    await real.engine.importBusybox('moving', 'latest')
    await real.run('follower', forever, { Image: 'moving:latest', Env: ['OWN=1'], Labels: { 'com.docker.compose.image': 'sha256:old' } })
    const old = await real.inspect('follower')
    const committed = await real.engine.request(
      'POST',
      '/commit?container=follower&repo=moving&tag=latest&pause=0&changes=ENV%20GIVEN=2',
      {},
    )
    expect(committed.status).toBe(201)
    const { Id } = committed.body as { Id: string }
    const still = await real.plan('recreate_container', { container: 'follower' })
    expect(still.warnings?.join('\n')).toContain('names a newer image')
    const done = await real.confirmed('recreate_container', { container: 'follower', update_image: true })
    expect(done).toMatchObject({ kind: 'done' })
    const made = (await real.inspect('follower')) as Inspected & { Image: string }
    expect(made.Image).toBe(Id)
    expect(made.Config).toMatchObject({ Image: 'moving:latest', Labels: { 'com.docker.compose.image': Id } })
    expect(made.Config['Env']).toEqual(expect.arrayContaining(['OWN=1', 'GIVEN=2']))
    expect(old.Config['Env']).not.toContain('GIVEN=2')
  })

  test('brings the old one back, itself and running, where the new one ends at once', async () => {
    const script = `[ -f /data/first ] || hostname > /data/first; [ "$(cat /data/first)" = "$(hostname)" ] || { echo not me; exit 3; }; ${forever}`
    const id = await real.run('loyal', script, { host: { Binds: ['loyal_data:/data'] } })
    const failed = await real.confirmed('recreate_container', { container: 'loyal' })
    expect(failed).toMatchObject({ kind: 'error', text: expect.stringMatching(/exit code 3.*not me.*is back/s) })
    const back = await real.inspect('loyal')
    expect([back.Id, back.State.Status]).toEqual([id, 'running'])
    expect((await real.names()).filter((name) => name?.startsWith('loyal'))).toEqual(['loyal'])
  })

  test('makes a stopped one anew without starting it, and refuses one that is deleted when it ends', async () => {
    await real.run('idle', 'exit 0')
    await until(async () => (await real.inspect('idle')).State.Status === 'exited')
    const { Id } = await real.inspect('idle')
    const done = await real.confirmed('recreate_container', { container: 'idle' })
    expect(done).toMatchObject({ kind: 'done' })
    expect(await real.inspect('idle')).toMatchObject({ State: { Status: 'created' } })
    expect((await real.inspect('idle')).Id).not.toBe(Id)
    await real.run('fleeting', forever, { host: { AutoRemove: true } })
    expect(await real.failed('recreate_container', { container: 'fleeting' })).toMatchObject({ code: 'conflict' })
    await real.engine.request('DELETE', '/containers/fleeting?force=1')
  })
})

/** What lasts of a container: everything the engine says but its ids, its times and what the two address it by. */
function lasting({ Config, HostConfig, Mounts, NetworkSettings }: Inspected) {
  const volumes = Mounts.map(({ Type, Name, Destination, RW }) => ({ Type, Name, Destination, RW }))
  const networks = Object.entries(NetworkSettings.Networks).map(([name, endpoint]) => {
    const { IPAMConfig, Links, DriverOpts, IPAddress, MacAddress } = endpoint
    const isChosen = IPAMConfig !== null && Object.keys(IPAMConfig ?? {}).length > 0
    const aliases = ((endpoint['Aliases'] ?? []) as string[]).filter((alias) => !/^[0-9a-f]{12}$/.test(alias))
    return [
      name,
      {
        IPAMConfig: isChosen ? IPAMConfig : null,
        Links,
        DriverOpts,
        aliases,
        ...(isChosen ? { IPAddress } : {}),
        ...(name === 'front' ? { MacAddress } : {}),
      },
    ]
  })
  // Written out, a volume without a name is a bind of the name the engine gave it.
  const { Binds, Mounts: given, ...host } = HostConfig
  const sources = (given as { Target: string; Type: string }[] | undefined)?.map(({ Target, Type }) => `${Type} ${Target}`)
  return {
    Config,
    host: { ...host, Links: null },
    binds: (Binds ?? []).filter((bind) => !/^[0-9a-f]{64}:/.test(bind)),
    sources,
    volumes: volumes.toSorted((first, other) => (first.Destination < other.Destination ? -1 : 1)),
    networks: Object.fromEntries(networks) as unknown,
  }
}
