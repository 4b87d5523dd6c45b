import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { requireComponent, startSystemdHost, type SystemdHost } from '@rackwarden/lab'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe.skipIf(requireComponent('host') !== undefined)('the hub as a service of a real systemd', () => {
  let host: SystemdHost
  const directory = mkdtempSync(join(tmpdir(), 'rackwarden-unit-'))

  beforeAll(async () => {
    host = await startSystemdHost()
    const dist = join(directory, 'opt/rackwarden/dist')
    await mkdir(join(directory, 'usr/bin'), { recursive: true })
    await mkdir(dist, { recursive: true })
    await mkdir(join(directory, 'etc/systemd/system'), { recursive: true })
    await cp(process.execPath, join(directory, 'usr/bin/node'), { dereference: true })
    for (const name of ['bin.cjs', 'bin-chunks']) await cp(join(root, 'apps/hub/dist', name), join(dist, name), { recursive: true })
    await cp(join(root, 'examples/systemd/rackwarden.service'), join(directory, 'etc/systemd/system/rackwarden.service'))
    await send(directory)
    await inside('install -d -m 0755 /etc/rackwarden; groupadd --force docker')
    await inside('head -c 32 /dev/urandom | base64 | install -m 0600 /dev/stdin /etc/rackwarden/token')
  })

  afterAll(async () => {
    await host?.down()
    rmSync(directory, { recursive: true, force: true })
  })

  /** Unpacks a directory over the root of the host. */
  async function send(from: string): Promise<void> {
    const options = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR', '-i', host.keyFile]
    const tar = spawn('tar', ['-C', from, '-c', 'usr', 'opt', 'etc'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const unpack = ['-p', String(host.port), `${host.user}@${host.address}`, 'tar -C / -x --no-same-owner --keep-directory-symlink']
    const ssh = spawn('ssh', [...options, ...unpack], { stdio: [tar.stdout, 'ignore', 'inherit'] })
    const [code] = (await once(ssh, 'exit')) as [number]
    expect(code).toBe(0)
  }

  async function inside(script: string): Promise<string> {
    const { code, stdout, stderr } = await host.run(['sh', '-c', script])
    if (code !== 0) throw new Error(`${script}: ${stdout}${stderr}`)
    return stdout
  }

  test('starts under a user that exists only while it runs, and keeps its state', async () => {
    await inside('systemctl daemon-reload && systemctl start rackwarden')
    const health = `node -e "fetch('http://127.0.0.1:3005/health').then((answer) => answer.text()).then(console.log)"`
    await vi.waitFor(async () => expect(await inside(health)).toContain('"status":"ok"'), { timeout: 20_000, interval: 500 })
    const pid = (await inside('systemctl show -p MainPID --value rackwarden')).trim()
    const status = await inside(`cat /proc/${pid}/status`)
    expect(/^Uid:\s+(\d+)/m.exec(status)?.[1]).not.toBe('0')
    expect(status).toMatch(/^CapEff:\s+0+$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'service_health', arguments: {} } }
    const ask = `const headers = { authorization: 'Bearer ' + process.argv[1], 'content-type': 'application/json' }
      fetch('http://127.0.0.1:3005/mcp', { method: 'POST', headers, body: process.argv[2] }).then((answer) => answer.text()).then(console.log)`
    expect(await inside(`node -e "${ask}" "$(cat /etc/rackwarden/token)" '${JSON.stringify(request)}'`)).toContain('"result"')
    await vi.waitFor(async () => expect(await inside('ls /var/lib/rackwarden/audit')).toContain('.jsonl'), { timeout: 10_000 })
    expect(await inside('stat -L -c %a /var/lib/rackwarden')).toBe('700\n')
  })

  test('the command of its README looks at it as the same user', async () => {
    const readme = readFileSync(join(root, 'examples/systemd/README.md'), 'utf8')
    const command = /`sudo (systemd-run [^`]*doctor)`/.exec(readme)?.[1] ?? 'false'
    const { stdout } = await host.run(['sh', '-c', command])
    expect(stdout).toMatch(/^ok +state directory +\/var\/lib\/rackwarden$/m)
  })

  test('ends in order, and starts again with the audit it had', async () => {
    await inside('systemctl restart rackwarden && systemctl is-active rackwarden && systemctl stop rackwarden')
    expect(await inside('systemctl show -p Result --value rackwarden')).toBe('success\n')
  })
})
