import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createWorkplace, lockService, usualFile } from '../workplace.ts'

const here = { instance: 'default', values: { url: 'http://127.0.0.1:1' }, evidence: 'a socket' }
const gate = lockService('gate', [here])
const vault = lockService('vault', [])

describe('a file that is there', () => {
  const before = [
    '# my lab',
    'tier: observe # careful',
    'services:',
    '  # the front one',
    '  gate: { url: http://10.0.0.1, tlsFingerprint: SHA256:AA } # keep',
    '  vault:',
    '    instances:',
    '      # upstairs',
    '      upper: { url: http://10.0.0.2 } # second',
    '',
  ].join('\n')

  test('keeps its comments and its order, and what stood alone becomes an instance', async () => {
    const { home, run, text, mode } = await createWorkplace([gate, vault])
    await mkdir(dirname(join(home, usualFile)), { recursive: true })
    await writeFile(join(home, usualFile), before)
    await chmod(join(home, usualFile), 0o644)
    const ran = await run(undefined, 'init', '--yes', '--service', 'gate@back=http://10.0.0.8', '--tier', 'gate=operate')
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect(await text(usualFile)).toMatchInlineSnapshot(`
      "# my lab
      tier: operate # careful
      services:
        # the front one
        gate:
          tier: operate
          instances:
            default: { url: http://10.0.0.1, tlsFingerprint: SHA256:AA } # keep
            back:
              url: http://10.0.0.8
        vault:
          tier: observe
          instances:
            # upstairs
            upper: { url: http://10.0.0.2 } # second
      "
    `)
    expect(await mode(usualFile)).toBe('600')
    expect(await run(undefined, 'tools')).toMatchObject({ code: 0 })
  })

  test('does not count where another one is named that is not there yet', async () => {
    const { run, text } = await createWorkplace([gate])
    await run(undefined, 'init', '--yes')
    expect(await run(undefined, 'init', '--yes', '--config', 'other.yaml')).toMatchObject({ code: 0 })
    expect(await text('other.yaml')).toBe(await text(usualFile))
  })

  test('keeps the tier of a service that is there when another instance joins it', async () => {
    const { home, run, text } = await createWorkplace([gate])
    await writeFile(join(home, 'rackwarden.yaml'), 'tier: configure\nservices: { gate: { url: http://10.0.0.1 } }\n')
    const ran = await run(undefined, 'init', '--yes', '--service', 'gate@back=http://10.0.0.8', '--tier', 'observe')
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect((await text('rackwarden.yaml')).match(/tier/g)).toHaveLength(1)
  })

  test('is not added to where what stands there is wrong', async () => {
    const { home, run, text } = await createWorkplace([gate])
    const broken = 'services: { gate: { url: http://127.0.0.1:1, password: file:/nowhere } }\n'
    await writeFile(join(home, 'rackwarden.yaml'), broken)
    const { output } = await run(undefined, 'init', '--yes')
    expect(output).toContain('gate: configured, but not rightly: ')
    expect(await text('rackwarden.yaml')).toBe(broken)
  })

  test('that cannot be read is left as it is', async () => {
    const { home, run, text } = await createWorkplace([gate])
    await writeFile(join(home, 'rackwarden.yaml'), 'services: [')
    expect(await run(undefined, 'init', '--yes')).toMatchObject({ code: 1, errors: expect.stringContaining('rackwarden.yaml') })
    expect(await text('rackwarden.yaml')).toBe('services: [')
  })

  test('is not added to where a service is switched off or set by the environment', async () => {
    const { home, run, text } = await createWorkplace([gate, lockService('door', [here])], { GATE_URL: 'http://10.0.0.5' })
    await writeFile(join(home, 'rackwarden.yaml'), 'services:\n  door: false\n')
    const { code, output } = await run(undefined, 'init', '--yes')
    expect(code).toBe(0)
    expect(output).toContain('gate: configured by the environment')
    expect(output).toContain('door: switched off in the file')
    expect(await text('rackwarden.yaml')).toBe('services:\n  door: false\n')
  })
})
