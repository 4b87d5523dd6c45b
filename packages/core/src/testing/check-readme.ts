import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import type { Service } from '../define/service.ts'

/** Holds the conversation in the README of a service to the transcript that is tested. */
export async function checkReadme(service: Service, directory: URL): Promise<void> {
  const readme = await readFile(new URL('README.md', directory), 'utf8')
  const transcript = await readFile(new URL('test/transcript.md', directory), 'utf8')
  const [, conversation = ''] = /## A conversation\n\n```\n([^]*?)```/.exec(readme) ?? []
  const steps = conversation.split('\n\n').map((step) => step.trim())
  assert.ok(steps.length > 1, `the README of ${service.title} has a conversation`)
  assert.deepEqual(
    steps.filter((step) => !transcript.includes(step)),
    [],
    'These steps of the conversation in README.md are not in test/transcript.md: copy them from there.',
  )
}
