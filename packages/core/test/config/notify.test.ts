import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretFilter, loadConfiguration } from '@rackwarden/core/runtime'
import { describe, expect, onTestFinished, test } from 'vitest'

async function load(yaml: string, environment: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-notify-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'rackwarden.yaml'), yaml)
  const secrets = createSecretFilter()
  const { notify } = await loadConfiguration({
    services: [],
    directory,
    secrets,
    strict: true,
    environment: { HOME: directory, ...environment },
  })
  return { notify, secrets }
}

const under = (...lines: string[]) => ['approval:', '  notify:', ...lines.map((line) => `    ${line}`)].join('\n')
const ntfy = 'channels: [{ ntfy: { url: "https://ntfy.home.example", topic: lab } }]'

describe('approval.notify', () => {
  test('names the page, and every channel with its references resolved and its secrets known', async () => {
    const { notify, secrets } = await load(
      under(
        'url: https://rw.home.example/lab/',
        'channels:',
        '  - ntfy: { url: "https://ntfy.home.example", topic: lab, token: "env:NTFY_TOKEN", tlsFingerprint: "SHA256:AB" }',
        '  - gotify: { url: "http://10.0.0.2", token: gotify-token }',
        '  - telegram: { token: "123:telegram-token", chat: -100200 }',
        '  - discord: { webhook: "https://discord.com/api/webhooks/1/discord-secret-part" }',
        '  - webhook: { url: "https://me:webhook-password@flows.home.example/x" }',
      ),
      { NTFY_TOKEN: 'tk_from_environment' },
    )
    expect(notify).toEqual({
      url: 'https://rw.home.example/lab',
      plainHttp: false,
      channels: [
        { kind: 'ntfy', url: 'https://ntfy.home.example', topic: 'lab', token: 'tk_from_environment', tlsFingerprint: 'SHA256:AB' },
        { kind: 'gotify', url: 'http://10.0.0.2', token: 'gotify-token' },
        { kind: 'telegram', url: 'https://api.telegram.org', token: '123:telegram-token', chat: '-100200' },
        { kind: 'discord', url: 'https://discord.com/api/webhooks/1/discord-secret-part' },
        { kind: 'webhook', url: 'https://me:webhook-password@flows.home.example/x' },
      ],
    })
    for (const value of ['tk_from_environment', 'gotify-token', '123:telegram-token', 'discord-secret-part', 'webhook-password'])
      expect(secrets.text(`says ${value}.`)).toBe('says [redacted].')
  })

  test('is not there where nothing is said', async () => {
    expect((await load('tier: observe')).notify).toBeUndefined()
  })

  test.each([
    ['a key nobody reads', under('url: https://rw.example', ntfy, 'chanels: []'), /yaml:5: 'chanels' is not known here. Did you mean/],
    ['a channel nobody knows', under('url: https://rw.example', 'channels:', '  - ntfi: {}'), /yaml:5: 'ntfi' is not known here/],
    [
      'a field no such channel has',
      under('url: https://rw.example', 'channels:', '  - ntfy:', '      url: https://x.example', '      topik: lab'),
      /yaml:7: 'topik' is not known here/,
    ],
    [
      'a field that is missing',
      under('url: https://rw.example', 'channels:', '  - gotify: { url: "https://x.example" }'),
      /'token' is missing/,
    ],
    ['two in one entry', under('url: https://rw.example', 'channels:', '  - { ntfy: {}, gotify: {} }'), /each channel is one of/],
    ['no channel at all', under('url: https://rw.example', 'channels: []'), /'channels' must be a list/],
    ['no address of the page', under(ntfy), /'url' must be the address a phone opens/],
    ['an address that carries a query', under('url: https://rw.example/?a=b', ntfy), /'url' must be the address a phone opens/],
    [
      'a reference that leads nowhere',
      under('url: https://rw.example', 'channels:', '  - gotify: { url: "https://x.example", token: "env:NONE" }'),
      /yaml:5: token: The environment variable NONE is not set/,
    ],
    [
      'a page over plain HTTP',
      under('url: http://rw.home.example:3005', ntfy),
      /yaml:3: the passphrase is typed on this page, and .* is not encrypted/,
    ],
  ])('refuses %s, and names the line', async (_, yaml, message) => {
    await expect(load(yaml)).rejects.toThrow(message)
  })

  test.each([
    ['https://rw.home.example', '', false],
    ['http://127.0.0.1:3005', '', false],
    ['http://localhost:3005', 'plainHttp: true', false],
    ['http://rw.home.example:3005', 'plainHttp: true', true],
  ])('takes %s (%s), and knows whether the passphrase crosses the network unencrypted', async (url, more, plainHttp) => {
    expect((await load(under(`url: ${url}`, ntfy, more))).notify).toMatchObject({ plainHttp })
  })
})
