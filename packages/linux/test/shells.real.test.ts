import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '@rackwarden/core'
import { createConnection } from '@rackwarden/core/runtime'
import { openToolbox } from '@rackwarden/core/testing'
import { requireComponent } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import linux from '../src/index.ts'

const missing = requireComponent('sshd')

interface Page {
  port: number
  url: string
  close(): Promise<void>
}

/** A web page on a port of this machine. */
async function servePage(): Promise<Page> {
  const server = createServer((_, response) => response.end('well'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** This machine, with another program in the place of its shell. */
function through(shell: readonly string[]): Connection {
  const base = createConnection({}, { log: () => undefined })
  return { ...base, exec: (argv, options) => base.exec([...shell, ...argv.slice(1)], options) }
}

describe.skipIf(missing !== undefined).each([
  { name: 'dash', shell: ['dash'] },
  { name: 'bash', shell: ['bash', '--posix'] },
  { name: 'bash as it is', shell: ['bash'] },
  { name: 'busybox sh', shell: ['busybox', 'sh'] },
])('this machine as it is, through $name', async ({ shell }) => {
  const { read } = await openToolbox(linux, through(shell))
  let page: Page
  beforeAll(async () => {
    page = await servePage()
  })
  afterAll(() => page.close())

  test('the host tells what it is, and is judged', async () => {
    const info = await read('get_host_info')
    expect(info).toMatchObject({
      name: expect.stringMatching(/./),
      kernel: expect.stringMatching(/^\d+\.\d+/),
      up: expect.stringMatching(/\d/),
    })
    expect(info).toMatchObject({ memory_gib: expect.any(Number), clock: expect.stringContaining('agrees with ours') })
    expect((info['storage'] as { filesystems: { point: string }[] }).filesystems).toContainEqual(expect.objectContaining({ point: '/' }))
    expect(await read('list_hosts')).toMatchObject({ hosts: [{ way: 'local', name: info['name'] }] })

    const { checks } = (await read('check_host')) as { checks: { section: string; probe: string; verdict: string }[] }
    expect(new Set(checks.map(({ section }) => section))).toEqual(new Set(['node', 'storage', 'units', 'updates']))
    expect(checks).toContainEqual(expect.objectContaining({ probe: 'clock', verdict: 'ok' }))
  })

  test('interfaces, disks, pools and updates are read', async () => {
    const { interfaces } = (await read('get_interfaces', { virtual: true })) as { interfaces: { name: string }[] }
    expect(interfaces).toContainEqual(
      expect.objectContaining({ name: 'lo', kind: 'loopback', addresses: expect.stringContaining('127.0.0.1/8'), mtu: 65536 }),
    )
    expect(await read('check_disks')).toHaveProperty('disks')
    expect(await read('check_pools')).toHaveProperty('pools')
    const updates = await read('check_updates', { limit: 1 }).catch((error: { code: string }) => error)
    expect(updates).toSatisfy((answer: Record<string, unknown>) => 'manager' in answer || answer['code'] === 'not_found')
  })

  test('a port is open, refused, or not there; a web address answers or says why not', async () => {
    expect(await read('probe_tcp', { address: '127.0.0.1', tcp_port: page.port })).toMatchObject({ outcome: 'open' })
    expect(await read('probe_tcp', { address: '127.0.0.1', tcp_port: 1 })).toMatchObject({ outcome: 'refused' })
    await expect(read('probe_tcp', { address: '-e', tcp_port: 1 })).rejects.toThrow(/no name or address/)
    expect(await read('probe_http', { url: page.url })).toMatchObject({ status: 200 })
    expect(await read('probe_http', { url: 'http://127.0.0.1:1/' })).toMatchObject({ error: expect.stringMatching(/connect|refused/i) })
  })
})

const rooted = process.getuid?.() === 0 && missing === undefined

describe.skipIf(!rooted)('a machine with nothing but busybox', async () => {
  const root = mkdtempSync(join(tmpdir(), 'rw-busybox-'))
  const enter = 'mount -t proc proc "$0/proc" && mount --rbind /sys "$0/sys" && exec chroot "$0" /bin/busybox sh "$@"'
  const { read, health, findings } = await openToolbox(
    linux,
    through(['unshare', '--mount', '--propagation', 'private', 'sh', '-c', enter, root]),
  )

  beforeAll(() => {
    for (const directory of ['bin', 'proc', 'sys', 'dev', 'etc', 'lib/modules/0.0.1']) mkdirSync(join(root, directory), { recursive: true })
    copyFileSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'))
    for (const applet of execFileSync('busybox', ['--list'], { encoding: 'utf8' }).split('\n'))
      if (applet !== '' && applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet))
    writeFileSync(join(root, 'etc/os-release'), 'NAME="Small Linux"\nPRETTY_NAME="Small Linux 1"\n')
    writeFileSync(join(root, 'dev/null'), '')
  })
  afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }))

  test('tells what it is and how it does', async () => {
    expect(await read('get_host_info')).toMatchObject({
      system: 'Small Linux 1',
      processor: expect.stringMatching(/^\d/),
      clock: 'agrees with ours',
    })
    expect(await health()).toMatchObject({
      version: expect.stringContaining('Small Linux 1'),
      evidence: expect.stringContaining('no systemd'),
    })
    const { checks } = (await read('check_host')) as { checks: { section: string; verdict: string }[] }
    expect(checks).toContainEqual({ section: 'units', probe: 'systemd', verdict: 'unknown', evidence: 'this host has no systemd' })
    const { interfaces } = (await read('get_interfaces', { virtual: true })) as { interfaces: unknown[] }
    expect(interfaces).toContainEqual(expect.objectContaining({ name: 'lo', addresses: expect.stringContaining('127.0.0.1/8') }))
    expect(await findings()).toSatisfy(Array.isArray)
  })

  test('probes with what it has', async () => {
    const page = await servePage()
    try {
      expect(await read('probe_tcp', { address: '127.0.0.1', tcp_port: page.port })).toMatchObject({ outcome: 'open' })
      expect(await read('probe_tcp', { address: '127.0.0.1', tcp_port: 1 })).toMatchObject({ outcome: 'refused' })
      expect(await read('probe_http', { url: page.url })).toMatchObject({ status: 200, with: 'wget' })
      expect(await read('probe_http', { url: 'http://127.0.0.1:1/' })).toMatchObject({ error: expect.stringMatching(/refused|connect/i) })
    } finally {
      await page.close()
    }
  })

  test('has no units and no packages, and says so', async () => {
    await expect(read('list_units')).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('no systemd') })
    await expect(read('get_unit', { unit: 'ssh' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(read('get_unit_logs', { unit: 'ssh' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(read('check_updates')).rejects.toMatchObject({ code: 'not_found' })
  })
})
