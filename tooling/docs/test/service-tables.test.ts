import { expect, test } from 'vitest'
import { configurationTable } from '../architecture.mjs'
import { environmentExample } from '../environment-example.mjs'
import { prose, table } from '../markdown.mjs'
import { mainVariables, servicesPage } from '../services-page.mjs'
import { pitfallsList } from '../pitfalls.mjs'
import { inversesOf, toolsTable } from '../tools.mjs'
import { variablesTable } from '../variables.mjs'
import { nightWatch } from './night-watch.ts'

const manifest = { name: '@rackwarden/night-watch', version: '1.2.3', description: 'Its lamps.' }
const workspace = {
  root: '/nowhere',
  services: [{ directory: 'packages/night-watch', manifest, service: nightWatch }],
  hub: { directory: 'apps/hub', manifest },
}

test('the variables begin with those of the service, and say what is required, secret and the default', () => {
  expect(variablesTable(nightWatch).split('\n').slice(2)).toEqual([
    '| `NIGHT_WATCH_URL` | Address of it: `http://host:8080`. | | required |',
    '| `NIGHT_WATCH_TOKEN`, or `WATCH_TOKEN` | Token \\| key. | | secret |',
    '| `NIGHT_WATCH_MODE` | How it watches. One of `calm`, `alert`. | `calm` | |',
    '| `NIGHT_WATCH_TLS_FINGERPRINT` | SHA-256 fingerprint of the one certificate to accept; several, comma-separated, where several nodes answer. | | |',
    expect.stringContaining('| `NIGHT_WATCH_TLS_CA`, or `ca.pem` in `WATCH_CERTIFICATES` |') as string,
    expect.stringContaining('| `NIGHT_WATCH_TLS_CERTIFICATE` |') as string,
    expect.stringMatching(/^\| `NIGHT_WATCH_TLS_KEY` .*\| secret \|$/) as string,
    '| `NIGHT_WATCH_TLS_INSECURE` | `true` accepts any certificate; only for a network you trust. | | |',
    '| `NIGHT_WATCH_TIMEOUT_MS` | Limit for one request, in milliseconds; 30,000 when not given. | | |',
  ])
})

test('a service that is found by itself requires nothing', () => {
  const found = { ...nightWatch, discover: () => Promise.resolve({}) }
  expect(variablesTable(found)).not.toContain('required')
  expect(variablesTable(nightWatch)).toContain('required')
})

test('the tools say what takes them back, and what is only ever an inverse is left out', () => {
  expect(toolsTable(nightWatch).split('\n').slice(2)).toEqual([
    '| `list_lamps` | observe | | Every lamp. |',
    '| `start_lamp` | operate | `stop_lamp` | Light it. |',
    '| `stop_lamp` | operate | `start_lamp` | Put it out. |',
    '| `restart_lamp` | operate | transient | Both. |',
    '| `update_lamp` | configure | `update_lamp` | Set it. |',
  ])
})

test('an inverse whose tool cannot be read is refused rather than left out', () => {
  const names = ['start', 'lamp']
  expect(() => inversesOf(nightWatch, 'stop_lamp', () => ({ tool: names.join('_'), input: {} }))).toThrow(
    'the undo of stop_lamp names no tool',
  )
})

test('the page of services has each with its counts, and the tools over all of them with their access', async () => {
  const page = await servicesPage(workspace)
  expect(page).toContain('| service | what it knows | prefix | targets | needs | observe | operate | configure |')
  expect(page).toContain(
    '| [Night Watch](../packages/night-watch/README.md) | Night Watch: its lamps. | `night_watch_` | several | `NIGHT_WATCH_URL` | 1 | 3 | 1 |',
  )
  expect(page).toMatch(/\| `service_health` \| observe \| .+ \|/)
  expect(page).toMatch(/\| `find_asset` \| observe \| .+ \|/)
})

test('the environment example comments out every variable, marks secrets and names their files once', () => {
  const text = environmentExample(workspace)
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
  expect(text).toContain('# Token | key. Secret. Also read from WATCH_TOKEN.\n#NIGHT_WATCH_TOKEN=\n')
  expect(text).toContain('# How it watches. One of calm, alert.\n#NIGHT_WATCH_MODE=calm\n')
  expect(text.match(/_FILE/g)).toHaveLength(1)
})

test('the main variables are addresses and those of the program', () => {
  const text = mainVariables(workspace)
  expect(text).toContain('| `NIGHT_WATCH_URL` | Address of it: `http://host:8080`. |')
  expect(text).toContain('`RACKWARDEN_TIER`')
  expect(text).not.toContain('NIGHT_WATCH_TOKEN')
})

test('the keys of a service name its own fields and the groups it shares', () => {
  const rows = configurationTable(workspace).split('\n')
  expect(rows).toContain('| night-watch | `url`, `token`, `mode` (`calm`, `alert`); the TLS and limit fields |')
})

test('a cell is not ended, nor taken for HTML, by what stands in it', () => {
  expect(table(['a'], [['x | <y> and `<z>`'], ['']])).toBe('| a |\n|---|\n| x \\| \\<y> and `<z>` |\n| |')
})

test('what somebody would type stands as code', () => {
  expect(prose("'local', or ssh://user@host[:port], see ~/.ssh/known_hosts. Or tcp://a:1.")).toBe(
    '`local`, or `ssh://user@host[:port]`, see `~/.ssh/known_hosts`. Or `tcp://a:1`.',
  )
  expect(prose('PEM text, or and/or nothing.')).toBe('PEM text, or and/or nothing.')
})

test('pitfalls are points whose tools stand as code', () => {
  expect(pitfallsList([{ title: 'It is dark', text: 'See list_lamps.' }])).toBe('- **It is dark.** See `list_lamps`.')
})
