import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Service } from '../define/service.ts'
import { variableName } from '../config/variables.ts'

/** Holds the README of a service to its code: every tool with its access, every variable, and a conversation out of the tested transcript. */
export async function checkReadme(service: Service, directory: URL): Promise<void> {
  const readme = await readFile(new URL('README.md', directory), 'utf8')
  const transcript = await readFile(new URL('test/transcript.md', directory), 'utf8')
  const listed = [...readme.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, access]) => `${name} ${access}`)
  const tools = service.tools.map(({ definition }) => `${definition.name} ${definition.access}`)
  assert.deepEqual(listed.toSorted(), tools.toSorted(), 'the README has every tool with its access')
  const variables = Object.keys(service.config).map((key) => variableName(service.name, key))
  assert.deepEqual(
    variables.filter((variable) => !readme.includes(`\`${variable}\``)),
    [],
    'the README has every variable',
  )
  const [, conversation = ''] = /## A conversation\n\n```\n([^]*?)```/.exec(readme) ?? []
  const steps = conversation.split('\n\n').map((step) => step.trim())
  assert.ok(steps.length > 1, 'the README has a conversation')
  assert.deepEqual(
    steps.filter((step) => !transcript.includes(step)),
    [],
    'the conversation of the README is part of the transcript that is tested',
  )
}
