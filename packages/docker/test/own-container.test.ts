import type { Service } from '@rackwarden/core'
import { openSimulatedLab } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { connect } from '../src/client.ts'
import docker from '../src/index.ts'
import { ownContainerIds } from '../src/own-container.ts'
import { idOf } from '../src/simulation/engine.ts'
import { openEngine } from './engine.ts'

const own = idOf('container/web')
const kernel = (files: Record<string, string>) => (path: string) =>
  path in files ? Promise.resolve(files[path] ?? '') : Promise.reject(new Error(`no ${path}`))
const mount = (root: string, point: string) => `812 790 254:1 ${root} ${point} rw,relatime - ext4 /dev/vda1 rw`

test('the container of this process is known by its name, its mounts or its control group', async () => {
  expect(await ownContainerIds(kernel({ '/proc/sys/kernel/hostname': `${own.slice(0, 12)}\n` }))).toEqual([own.slice(0, 12)])
  const mounts = [mount('/', '/'), mount(`/var/lib/docker/containers/${own}/hostname`, '/etc/hostname')].join('\n')
  expect(await ownContainerIds(kernel({ '/proc/self/mountinfo': mounts }))).toEqual([own])
  const podman = mount(`/var/lib/containers/storage/overlay-containers/${own}/userdata/hosts`, '/etc/hosts')
  expect(await ownContainerIds(kernel({ '/proc/self/mountinfo': podman }))).toEqual([own])
  for (const line of [`12:cpu:/docker/${own}`, `0::/system.slice/docker-${own}.scope`, `4:pids:/kubepods/pod1/${own}`])
    expect(await ownContainerIds(kernel({ '/proc/self/cgroup': `${line}\n` }))).toEqual([own])
})

test('a host on which containers run is not taken for one of them', async () => {
  const files = {
    '/proc/sys/kernel/hostname': 'deadbeef-host\n',
    '/proc/self/mountinfo': mount('/', `/var/lib/docker/containers/${own}/mounts/shm`),
    '/proc/self/cgroup': '0::/user.slice/user-1000.slice/session-2.scope\n',
  }
  expect(await ownContainerIds(kernel(files))).toEqual([])
  expect(await ownContainerIds(kernel({}))).toEqual([])
})

test('every plan that would touch it says so, and that of another does not', async () => {
  const { plan } = await openEngine(undefined, { own: [own] })
  const inputs = {
    stop_container: {},
    restart_container: {},
    delete_container: {},
    recreate_container: {},
    exec_container: { command: ['id'] },
  }
  for (const [name, more] of Object.entries(inputs)) {
    expect((await plan(name, { container: 'web', ...more })).targets).toContain('rackwarden/process/container')
    expect((await plan(name, { container: 'db', ...more })).targets).not.toContain('rackwarden/process/container')
  }
})

test('whoever lends it the network is not to be touched either', async () => {
  const { plan } = await openEngine(undefined, { own: [idOf('container/probe')] })
  for (const name of ['stop_container', 'restart_container', 'delete_container', 'recreate_container'])
    expect((await plan(name, { container: 'web' })).targets).toContain('rackwarden/process/container')
})

test('a new container is not given what is mounted into it', async () => {
  const { plan } = await openEngine(undefined, { own: [idOf('container/db')] })
  const targets = async (mounts: string[]) => (await plan('create_container', { name: 'new', image: 'nginx:1.29', mounts })).targets
  expect(await targets(['shop_db:/x:ro'])).toContain('rackwarden/file/shop_db')
  expect((await targets(['other:/x'])).join()).not.toContain('rackwarden')
  const bound = await openEngine(undefined, { own: [own] })
  for (const path of ['/srv', '/srv/shop', '/srv/shop/inner'])
    expect((await bound.plan('create_container', { name: 'new', image: 'nginx:1.29', mounts: [`${path}:/x`] })).targets).toContain(
      `rackwarden/file${path}`,
    )
})

test('no write on it gets past core, whoever calls', async () => {
  const service: Service = { ...docker, connect: (config, way) => connect(config as never, way, () => Promise.resolve([own])) }
  const lab = await openSimulatedLab(service)
  onTestFinished(() => lab.close())
  for (const name of ['stop_container', 'restart_container', 'delete_container', 'recreate_container'])
    expect(await lab.call(name, { container: 'web' })).toMatchObject({ kind: 'error', error: { code: 'protected' } })
  expect(await lab.call('exec_container', { container: 'web', command: ['id'] })).toMatchObject({ error: { code: 'protected' } })
  expect(await lab.call('restart_container', { container: 'db' })).toMatchObject({ kind: 'plan' })
})
