import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecretFilter, loadConfiguration } from '@rackwarden/core/runtime'
import { expect, onTestFinished, test } from 'vitest'

async function load(yaml: string, environment: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'rackwarden-http-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  await writeFile(join(directory, 'rackwarden.yaml'), yaml)
  const secrets = createSecretFilter()
  return loadConfiguration({ services: [], directory, secrets, strict: true, environment: { HOME: directory, ...environment } })
}

test('says where clients reach the server, and who may stand in between', async () => {
  const { http } = await load(
    [
      'http:',
      '  publicUrl: https://home.example/rackwarden/',
      '  address: 3010',
      '  allowedHosts: [rackwarden, "rackwarden.lan:3010", "[fd00::1]:3010"]',
      '  allowedOrigins: [https://chat.home.example, chat.lan]',
      '  trustProxy: [loopback, 172.18.0.0/16, "fd00::/8", 10.0.0.2]',
    ].join('\n'),
  )
  expect(http).toEqual({
    publicUrl: 'https://home.example/rackwarden',
    address: '3010',
    allowedHosts: ['rackwarden', 'rackwarden.lan:3010', '[fd00::1]:3010'],
    allowedOrigins: ['https://chat.home.example', 'chat.lan'],
    trustProxy: ['loopback', '172.18.0.0/16', 'fd00::/8', '10.0.0.2'],
  })
})

test('takes one name without brackets, a reference for the address, and nothing where nothing is said', async () => {
  const { http } = await load('http: { publicUrl: "env:WHERE", trustProxy: loopback }', { WHERE: 'http://10.0.0.9:8080' })
  expect(http).toEqual({ publicUrl: 'http://10.0.0.9:8080', allowedHosts: [], allowedOrigins: [], trustProxy: ['loopback'] })
  expect((await load('tier: observe')).http).toBeUndefined()
})

test('is where the approval page is, unless the page is said to be elsewhere', async () => {
  const notify = '{ channels: [{ ntfy: { url: "https://ntfy.example", topic: lab } }] }'
  const text = (page: string) => `http: { publicUrl: "https://home.example/lab" }\napproval: { notify: ${page} }`
  expect((await load(text(notify))).notify).toMatchObject({ url: 'https://home.example/lab' })
  expect((await load(text(notify.replace('{', '{ url: "https://page.example",')))).notify).toMatchObject({ url: 'https://page.example' })
  await expect(load(text(notify).replace('https://home', 'http://home'))).rejects.toThrow(/is not encrypted/)
})

test.each([
  ['http: { publicURL: "https://x.example" }', /yaml:1: 'publicURL' is not known here. Did you mean 'publicUrl'/],
  ['http: [1]', /yaml:1: 'http' must hold keys and values/],
  ['http:\n  publicUrl: rackwarden.home.example', /yaml:2: 'publicUrl' must be the address/],
  ['http: { publicUrl: "https://me:secret-word@x.example" }', /'publicUrl' must be the address/],
  ['http: { publicUrl: "https://x.example/?a=b" }', /'publicUrl' must be the address/],
  ['http: { publicUrl: "https://x.example/mcp" }', /must end before '\/mcp'/],
  ['http: { publicUrl: "env:NOT_SET" }', /NOT_SET is not set/],
  ['http: { address: "http://0.0.0.0:3005" }', /'address' must be host:port/],
  ['http: { allowedHosts: ["https://x.example"] }', /'allowedHosts' must be a list of names .*; 'https:\/\/x.example' is none/],
  ['http: { allowedHosts: ["*.example"] }', /'\*\.example' is none/],
  ['http: { allowedHosts: { a: b } }', /'allowedHosts' must be a list/],
  ['http: { allowedOrigins: ["https://x.example/page"] }', /'https:\/\/x.example\/page' is none/],
  ['http: { trustProxy: [caddy] }', /'trustProxy' must be a list of addresses .*; 'caddy' is none/],
  ['http: { trustProxy: [0.0.0.0/0] }', /'0.0.0.0\/0' is none/],
  ['http: { trustProxy: [10.0.0.0/33] }', /'10.0.0.0\/33' is none/],
  ['http: { trustProxy: [1] }', /'trustProxy' must be a list/],
])('refuses %j', async (yaml, why) => {
  const refused = load(yaml)
  await expect(refused).rejects.toThrow(why)
  await expect(refused).rejects.not.toThrow(/secret-word/)
})
