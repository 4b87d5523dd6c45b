import { executablePath, requireComponent, requireNtfy, startNtfy, type Ntfy, type NtfyMessage } from '@rackwarden/lab'
import { createRuntime, openOwner, readAudit } from '@rackwarden/core/runtime'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as listenAnywhere, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium, devices, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { passphrase } from './approval-lab.ts'
import { bundled } from './bundle.ts'
import { clients, type TestClient } from './clients.ts'
import { temporaryDirectory } from './lab.ts'

const missing = requireComponent('chromium') ?? (await requireNtfy())
const bin = await bundled('lamp-bin')

describe.skipIf(missing !== undefined)('a person with a phone', () => {
  let ntfy: Ntfy
  let browser: Browser
  beforeAll(async () => {
    ntfy = await startNtfy()
    browser = await chromium.launch({
      executablePath: executablePath('chromium') ?? '',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
    })
  })
  afterAll(async () => {
    await browser?.close()
    await ntfy?.down()
  })

  async function phone(): Promise<Page> {
    const context = await browser.newContext({ ...devices['iPhone 13'], javaScriptEnabled: false })
    onTestFinished(() => context.close())
    return context.newPage()
  }

  /** The one notification that waits on a topic. */
  async function notified(topic: string): Promise<NtfyMessage & { click: string }> {
    const [first, ...more] = await vi.waitUntil(async () => {
      const messages = await ntfy.messages(topic)
      return messages.length > 0 && messages
    })
    expect(more).toEqual([])
    return { ...first, click: first?.click ?? '' }
  }

  test('approves a write that an assistant asked for, and its token runs it', async () => {
    const { client, level, directory } = await startLamp(ntfy, 'approve')
    const asked = await client.call('set_level', { level: 4 })
    expect(asked.text).toMatch(/^PENDING, nothing has happened yet: Set the level to 4/)
    const confirm = /confirm: (\w+)/.exec(asked.text)?.[1]
    const { title, message, click, actions } = await notified('approve')
    expect(title).toBe('Approval needed: lamp set_level')
    expect(message).toMatch(/^Set the level to 4\nlamp\/bulb\/it\nAsked by local:\S+, until \d\d:\d\d UTC\.$/)
    expect(actions).toMatchObject([{ action: 'view', label: 'Decide', url: click }])
    // Asking again while a person looks tells them nothing twice.
    expect((await client.call('set_level', { level: 4, confirm })).text).toMatch(/^PENDING/)
    const page = await phone()
    await page.goto(click)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('May this be done?')
    expect(await page.locator('.summary').textContent()).toBe('Set the level to 4')
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width)
    for (const name of ['Approve', 'Reject'])
      expect((await page.getByRole('button', { name }).boundingBox())?.height).toBeGreaterThanOrEqual(44)
    await page.getByLabel('Passphrase').fill('not the passphrase')
    await page.getByRole('button', { name: 'Approve' }).click()
    expect(await page.getByRole('alert').textContent()).toContain('The passphrase is wrong.')
    expect((await client.call('set_level', { level: 4, confirm })).text).toMatch(/^PENDING/)
    expect(level()).toBe(1)
    await keepPicture(page, 'wrong')
    await page.getByLabel('Passphrase').fill(passphrase)
    await page.getByRole('button', { name: 'Approve' }).click()
    expect(await page.locator('.summary').textContent()).toBe('Approved')
    expect(level()).toBe(1)
    expect(await client.call('set_level', { level: 4, confirm })).toMatchObject({ isError: false, text: expect.stringMatching(/^DONE/) })
    expect(level()).toBe(4)
    expect(await ntfy.messages('approve')).toHaveLength(1)
    await page.goto(click)
    expect(await page.locator('form').count()).toBe(0)
    await client.close()
    expect(await audited(directory)).toEqual([
      ['approval', 'requested'],
      ['approval', 'announced'],
      ['approval', 'error'],
      ['approval', 'approved'],
      ['intent', 'notify'],
      ['outcome', 'notify'],
    ])
  })

  test('rejects without the passphrase, at a page another process serves than the one that asked', async () => {
    const { client, level, environment, configuration, url } = await startLamp(ntfy, 'reject')
    const overStdio = await clients["the v2 client in mode 'auto'"]?.({
      command: process.execPath,
      args: [bin, 'serve', '--config', configuration],
      env: environment,
    })
    if (overStdio === undefined) throw new Error('no such client')
    const asked = await overStdio.call('set_level', { level: 9 })
    const confirm = /confirm: (\w+)/.exec(asked.text)?.[1]
    const { click } = await notified('reject')
    expect(click.startsWith(`${url}/approvals/`)).toBe(true)
    const page = await phone()
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(click)
    await keepPicture(page, 'dark')
    await page.getByRole('button', { name: 'Reject' }).click()
    expect(await page.locator('.summary').textContent()).toBe('Rejected')
    const refused = await overStdio.call('set_level', { level: 9, confirm })
    expect(refused).toMatchObject({
      isError: true,
      text: expect.stringMatching(/The plan was rejected \(notify:\S+\); nothing was done\./),
    })
    expect(level()).toBe(1)
    await overStdio.close()
    await client.close()
  })
})

/** Kept where somebody asks for it, to be looked at. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const directory = process.env['RACKWARDEN_PICTURES']
  if (directory) await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true })
}

async function audited(directory: string): Promise<(string | undefined)[][]> {
  const lines = (await readAudit(directory)).filter(({ kind }) => kind !== 'read')
  return lines
    .toSorted((first, second) => (first.at < second.at ? -1 : 1))
    .map(({ kind, result, approval }) => [kind, kind === 'approval' ? result : approval?.replace(/:.*/, '')])
}

interface ServedLamp {
  client: TestClient
  level: () => number
  directory: string
  environment: Record<string, string>
  configuration: string
  /** Where the page is. */
  url: string
}

/** A lamp, served over HTTP by the program, whose owner is told by ntfy of everything that would change it. */
async function startLamp(ntfy: Ntfy, topic: string): Promise<ServedLamp> {
  const home = await temporaryDirectory()
  let level = 1
  const upstream = createServer((request, response) => {
    if (request.method === 'PUT') level = Number(request.url?.slice(1))
    response.end(JSON.stringify({ level }))
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  onTestFinished(() => void upstream.close())
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const directory = join(home, 'state')
  const lines = [
    'tier: operate',
    `services: { lamp: { url: "http://127.0.0.1:${(upstream.address() as AddressInfo).port}", password: "hunter2hunter2" } }`,
    'approval:',
    '  tiers: { operate: human }',
    '  notify:',
    `    url: ${url}`,
    `    channels: [{ ntfy: { url: "${ntfy.url}", topic: ${topic}, token: "env:NTFY_TOKEN" } }]`,
  ]
  const configuration = join(home, 'rackwarden.yaml')
  await writeFile(configuration, lines.join('\n'))
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory: directory })
  await openOwner(runtime).setPassphrase(passphrase)
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'none'),
    RACKWARDEN_STATE_DIR: directory,
    NTFY_TOKEN: ntfy.token,
  }
  const child = spawn(process.execPath, [bin, 'serve', '--config', configuration, '--http', `127.0.0.1:${port}`], {
    env: environment,
    cwd: home,
  })
  onTestFinished(async () => {
    const gone = once(child, 'exit')
    child.kill()
    await gone
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await vi.waitUntil(() => said.includes('/mcp'), { timeout: 20_000 })
  const client = await clients["the v2 client in mode 'auto'"]?.({ url: `${url}/mcp` })
  if (client === undefined) throw new Error('no such client')
  return { client, level: () => level, directory, environment, configuration, url }
}

async function freePort(): Promise<number> {
  const server = listenAnywhere().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
