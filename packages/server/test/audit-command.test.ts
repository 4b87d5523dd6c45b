import { writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { applicationOf } from '../src/application.ts'
import { commandLine } from '../src/run.ts'
import { lamp } from './fixture-service.ts'
import { temporaryDirectory } from './lab.ts'
import { shell } from './shell.ts'

const application = applicationOf(lamp, '4.5.6')

function parsed(text: string): unknown {
  return JSON.parse(text)
}

describe('audit', () => {
  test('keeps an audit of every call and checks it', async () => {
    const run = await shell()
    expect(await run('audit')).toMatchObject({ code: 0, output: 'Nothing was called yet.' })
    await run('call', 'get_level', 'precise=true', '--demo')
    await run('call', 'get_fuse', 'name=main', '--demo')
    const plan = await run('call', 'set_level', 'level=7', '--demo', '--tier', 'operate', '--json')
    const { confirm } = (parsed(plan.output) as { plan: { confirm: string } }).plan
    await run('call', 'set_level', 'level=7', '--demo', '--tier', 'operate', `confirm=${confirm}`)
    const { output } = await run('audit')
    expect(output.split('\n').map((line) => line.split(/ {2,}/).slice(2, 5))).toEqual([
      ['tool', 'result', 'what'],
      ['get_level', 'done', 'precise=true'],
      ['get_fuse', 'error', "not_found: There is no fuse 'main'"],
      ['set_level', 'plan', 'Set the level to 7'],
      ['set_level', 'done', 'Set the level to 7'],
    ])
    const some = await run('audit', '--tool', 'set_level', '--limit', '1', '--since', '1h', '--json')
    expect(parsed(some.output)).toEqual([expect.objectContaining({ kind: 'outcome', tool: 'set_level', approval: 'token' })])
    expect(await run('audit', '--verify')).toMatchObject({ code: 0, output: expect.stringContaining('every chain is whole') })
    expect(await run('audit', '--since', 'yesterday-ish')).toMatchObject({ code: 2 })
    expect(await run('audit', '--limit', 'many')).toMatchObject({ code: 2 })
  })

  test('prints heads to keep, and compares the audit with those that were kept', async () => {
    const run = await shell()
    const directory = await temporaryDirectory()
    await run('call', 'get_level', '--demo')
    const heads = await run('audit', '--heads')
    expect(parsed(heads.output)).toEqual({
      name: expect.any(String),
      bytes: expect.any(Number),
      head: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    await writeFile(`${directory}/kept`, heads.output)
    expect(await run('audit', '--verify', '--anchors', `${directory}/kept`)).toMatchObject({
      code: 0,
      output: expect.stringContaining('every chain is whole. Compared with 1 kept heads.'),
    })
    await writeFile(`${directory}/kept`, heads.output.replace(/"head":".{4}/, '"head":"0000'))
    expect(await run('audit', '--verify', '--anchors', `${directory}/kept`)).toMatchObject({
      code: 1,
      output: expect.stringContaining('is not what the anchor saw of it'),
    })
    expect(await run('audit', '--anchors', `${directory}/kept`)).toMatchObject({ code: 2 })
    expect(await run('audit', '--verify', '--anchors', `${directory}/none`)).toMatchObject({ code: 2 })
  })

  test('follows what is called until it is told to end', async () => {
    const directory = await temporaryDirectory()
    const output: string[] = []
    const print = (text: string) => void output.push(text)
    const terminal = { print, complain: print, environment: { HOME: directory, RACKWARDEN_STATE_DIR: `${directory}/state` }, directory }
    const following = commandLine(application, ['audit', '--follow', '--json', '--tool', 'get_level'], terminal)
    const quiet = { ...terminal, print: () => undefined }
    while (output.length === 0) {
      await commandLine(application, ['call', 'get_fuse', 'name=main', '--demo'], { ...quiet, complain: () => undefined })
      await commandLine(application, ['call', 'get_level', '--demo'], quiet)
    }
    process.emit('SIGHUP', 'SIGHUP')
    expect(await following).toBe(0)
    expect(output.map((line) => (parsed(line) as { tool: string }).tool)).toEqual(output.map(() => 'get_level'))
  })
})
