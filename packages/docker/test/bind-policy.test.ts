import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failure } from '@rackwarden/core/testing'
import { expect, onTestFinished, test } from 'vitest'
import { ownFileTargets, refuseBind } from '../src/bind-policy.ts'
import { mountOf, portOf } from '../src/creation.ts'
import { openEngine } from './engine.ts'

const bind = (source: string, readOnly = false) => ({ type: 'bind' as const, source, path: '/x', readOnly })

test.each([
  '/',
  '/etc',
  '/etc/nginx',
  '/proc',
  '/dev/sda',
  '/root/.bashrc',
  '/run/user/1000',
  '/var/run/docker.sock',
  '/srv/engine/docker.sock',
  '/var/lib/docker/volumes/x/_data',
  '/home',
  '/home/ann',
  '/home/ann/.ssh',
  '/srv/keys/.ssh',
  '/home/ann/.claude.json',
])('%s of the host is not mounted', async (source) => {
  expect(await failure(refuseBind(bind(source, true), { isLocal: false }))).toMatchObject({ code: 'protected' })
})

test.each(['/srv/media', '/mnt/tank/photos', '/home/ann/apps/web', '/opt/app', '/etcetera', '/var/www'])(
  '%s of the host is mounted',
  async (source) => {
    await expect(refuseBind(bind(source), { isLocal: false })).resolves.toBeUndefined()
  },
)

test('the time zone of the host is mounted to be read', async () => {
  await expect(refuseBind(bind('/etc/localtime', true), { isLocal: false })).resolves.toBeUndefined()
  expect(await failure(refuseBind(bind('/etc/localtime'), { isLocal: false }))).toMatchObject({ code: 'protected' })
})

test('a link is followed where the engine is on this machine', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bind-policy-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  await symlink('/etc', join(directory, 'innocent'))
  expect(await failure(refuseBind(bind(join(directory, 'innocent')), { isLocal: true }))).toMatchObject({ code: 'protected' })
})

test('what this process keeps is a target no write may touch', async () => {
  const { client, context } = await openEngine()
  const environment = { RACKWARDEN_STATE_DIR: '/srv/warden/state', HOME: '/home/ann' }
  const targets = (source: string) => ownFileTargets([bind(source)], client, context.signal, environment)
  expect(await targets('/srv/warden')).toEqual(['rackwarden/file/srv/warden'])
  expect(await targets('/srv/warden/state/approvals')).toEqual(['rackwarden/file/srv/warden/state/approvals'])
  expect(await targets('/home/ann/.config/rackwarden')).toHaveLength(1)
  expect(await targets('/srv/other')).toEqual([])
})

test('a mount or a port that is not written plainly is none', () => {
  expect(mountOf('data:/data')).toEqual({ type: 'volume', source: 'data', path: '/data', readOnly: false })
  expect(mountOf('/srv/x/:/data:ro')).toEqual({ type: 'bind', source: '/srv/x', path: '/data', readOnly: true })
  for (const text of [
    '',
    'data',
    'data:data',
    '/srv/../etc:/x',
    '/srv//x:/x',
    './x:/x',
    'data:/',
    'data:/x:exec',
    'a:/b:ro:c',
    '/a\n:/b',
    '~/x:/x',
  ])
    expect(mountOf(text)).toBeUndefined()
  expect(portOf('127.0.0.1:53:5353/udp')).toEqual({ address: '127.0.0.1', outside: '53', inside: '5353/udp' })
  for (const text of ['80', '0:80', '80:70000', '80:80/sctp', 'x:80', '8000-8010:80']) expect(portOf(text)).toBeUndefined()
})
