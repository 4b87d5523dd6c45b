import { readFileSync } from 'node:fs'
import { variableName } from '@rackwarden/core/runtime'
import { expect, test } from 'vitest'
import prometheus from '../src/index.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the README has every tool with its access', () => {
  const listed = [...readme.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, access]) => `${name} ${access}`)
  expect(listed.toSorted()).toEqual(prometheus.tools.map(({ definition }) => `${definition.name} ${definition.access}`).toSorted())
})

test('the README has every variable', () => {
  const variables = Object.keys(prometheus.config).map((key) => variableName(prometheus.name, key))
  expect(variables.filter((variable) => !readme.includes(`\`${variable}\``))).toEqual([])
})

test('the conversation of the README is part of the transcript that is tested', () => {
  const transcript = readFileSync(new URL('transcript.md', import.meta.url), 'utf8')
  const [, conversation = ''] = /## A conversation\n\n```\n([^]*?)```/.exec(readme) ?? []
  const steps = conversation.split('\n\n').map((step) => step.trim())
  expect(steps.length).toBeGreaterThan(1)
  expect(steps.filter((step) => !transcript.includes(step))).toEqual([])
})
