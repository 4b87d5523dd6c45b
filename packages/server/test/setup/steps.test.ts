import { ToolError, type Command, type SetupStep } from '@rackwarden/core'
import * as fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { flawOf } from '../../src/cli/setup/proof.ts'
import { broughtBack, fingerprintIn, scriptOf } from '../../src/cli/setup/script.ts'
import { runSteps } from '../../src/cli/setup/steps.ts'
import { openSafe, quote } from './safe.ts'

const line = (command: Command) => command.join(' ')
const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')

test('whatever fails, what was done before it is taken back, the last first, and nothing else', async () => {
  const step = fc.record({ ways: fc.integer({ min: 1, max: 3 }), works: fc.integer({ min: 0, max: 3 }), mayFail: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (plan) => {
      const held: string[] = []
      const steps = plan.map(({ ways, mayFail }, index): SetupStep => ({
        title: `do ${index}`,
        ways: Array.from({ length: ways }, (_, way): Command => ['do', String(index), String(way)]) as [Command, ...Command[]],
        takeBack: [['undo', String(index)]],
        mayFail,
      }))
      const run = ([verb, index = '', way]: Command) => {
        if (verb === 'undo') {
          // The last that was done, or nothing at all.
          if (held.at(-1) !== index) throw new Error(`${index} is not the last of ${held.join()}`)
          held.pop()
        } else if (plan[Number(index)]?.works === Number(way)) held.push(index)
        else return Promise.reject(new ToolError('upstream', 'no'))
        return Promise.resolve('')
      }
      const works = ({ ways, works: way }: { ways: number; works: number }) => way < ways
      const first = plan.findIndex((one) => !works(one) && !one.mayFail)
      const ran = await runSteps(steps, run, line).catch((error: unknown) => error)
      expect(ran instanceof Error).toBe(first >= 0)
      const done = plan.flatMap((one, index) => (works(one) ? [String(index)] : []))
      expect(held).toEqual(first >= 0 ? [] : done)
      if (!(ran instanceof Error)) await (ran as Awaited<ReturnType<typeof runSteps>>).takeBack()
      expect(held).toEqual([])
    }),
  )
})

test('what was cut off is taken back as well, for nobody knows how far it came', async () => {
  const called: string[] = []
  const steps: SetupStep[] = [{ title: 'make it', ways: [['make']], takeBack: [['unmake']] }]
  const run = (command: Command) => {
    called.push(line(command))
    return command[0] === 'make' ? Promise.reject(new ToolError('unreachable', 'The connection was lost.')) : Promise.resolve('')
  }
  await expect(runSteps(steps, run, line)).rejects.toMatchObject({
    code: 'unreachable',
    message: 'It could not make it: The connection was lost. What was done before it is taken back.',
  })
  expect(called).toEqual(['make', 'unmake'])
})

test('a script means exactly the arguments of its steps, in their order, and prints what is asked for', () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(fc.array(word, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), word, (all, told) => {
      const steps: SetupStep[] = [
        ...all.map((argv): SetupStep => ({ title: 'say', ways: [['printf', '[%s]', ...argv]] })),
        { title: 'print', ways: [['false'], ['printf', '%s', told]], prints: 'token' },
        { title: 'try', ways: [['false']], mayFail: true },
      ]
      const output = execFileSync('sh', ['-c', `${scriptOf(steps, { quote }, 'me@safe!t')}\necho open`], { encoding: 'utf8' })
      const expected = all.map((argv) => (argv.length === 0 ? '[]' : argv.map((text) => `[${text}]`).join(''))).join('')
      expect(output).toBe(`${expected}\nrackwarden me@safe!t ${`${told} `.replaceAll('\n', '')}\n\nopen\n`)
    }),
    { numRuns: 40 },
  )
})

test('a script ends at what fails, and says nothing that could be taken for its end', () => {
  const steps: SetupStep[] = [
    { title: 'fail', ways: [['false']] },
    { title: 'print', ways: [['echo', 'x']], prints: 'token' },
  ]
  const output = execFileSync('sh', ['-c', `${scriptOf(steps, { quote }, 'me@safe!t')}; echo "ended with $?"`], { encoding: 'utf8' })
  expect(output).toBe('ended with 1\n')
})

test('what is brought back is read wherever it stands, and anything else is refused without being repeated', async () => {
  const { default: setup } = await (await openSafe()).service.setup!()
  const right = `rackwarden me@safe!t {"value":"the-secret"} sha256 Fingerprint=${fingerprint.toLowerCase()} `
  const read = { tokenId: 'me@safe!t', tokenSecret: 'the-secret', fingerprint: `SHA256:${fingerprint}` }
  for (const text of [right, `\r\n  ${right}\r\n`, `root@pve:~# ls\n${right}\nroot@pve:~#`]) expect(broughtBack(text, setup)).toEqual(read)
  const wrong = ['', 'rackwarden', right.replace('AB'.toLowerCase(), 'A'), right.replace('!t', ''), 'the-secret', 'x'.repeat(10_000_000)]
  for (const text of wrong) {
    expect(() => broughtBack(text, setup)).toThrow(/not the line the script ends with/)
    expect(() => broughtBack(text, setup)).not.toThrow(/the-secret/)
  }
  expect(fingerprintIn(`SHA1 ${fingerprint.slice(0, 59)}`)).toBeUndefined()
})

test('a proof has a flaw where anything was let through, is too much or is missing', () => {
  const refused = { call: 'crack it', isRefused: true, said: 'no' }
  expect(flawOf({ missing: [], beyond: [], calls: [refused] }, 'observe')).toBeUndefined()
  expect(flawOf({ missing: [], beyond: [], calls: [{ ...refused, isRefused: false }] }, 'observe')).toMatchObject({
    code: 'denied',
    message: expect.stringContaining('THE TARGET DID NOT REFUSE to crack it (no)'),
  })
  expect(flawOf({ missing: [], beyond: ['Sys.Modify on /'], calls: [refused] }, 'observe')).toMatchObject({ code: 'denied' })
  expect(flawOf({ missing: ['VM.Audit on /'], beyond: [], calls: [refused] }, 'observe')).toMatchObject({ code: 'forbidden' })
})
