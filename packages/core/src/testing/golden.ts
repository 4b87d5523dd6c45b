import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import type { CallResult } from '../call/result.ts'
import type { ToolListing } from '../call/surface.ts'
import type { Service } from '../define/service.ts'
import { estimateTokens } from '../present/budget.ts'
import { openSimulatedLab } from './simulated-lab.ts'

/** A call of a transcript. */
export type TranscriptCall = readonly [tool: string, input?: Record<string, unknown>]

/** One step of a transcript: what somebody says, and the call that follows from it. */
export interface TranscriptStep {
  say: string
  /** Tool and input, or what they are once everything before was answered; with `confirm: true` the token of the plan before is sent along. */
  call?: TranscriptCall | ((answers: readonly CallResult[]) => TranscriptCall)
  confirm?: true
}

/** Set to `update`, the goldens are written anew and what changed is printed. */
const variable = 'RACKWARDEN_GOLDENS'

/** Holds what a model sees of a service to the file in its test folder: names, access, schemas, annotations. */
export async function checkToolsGolden(service: Service, file: URL): Promise<void> {
  const lab = await openSimulatedLab(service)
  try {
    const [mount] = lab.catalogue.mounts
    const own = lab.catalogue.list({ caller: { principal: 'local:tester', tier: 'admin' } }).filter(({ name }) => mount?.tools.has(name))
    const golden = own.map((listing) => ({ access: mount?.tools.get(listing.name)?.access, ...listing }))
    await checkGolden(file, `${JSON.stringify(golden, null, 2)}\n`, (before, after) => difference(parsed(before), parsed(after)))
  } finally {
    await lab.close()
  }
}

/** Holds a conversation with a service's simulator to the Markdown file in its test folder. */
export async function checkTranscript(service: Service, file: URL, steps: readonly TranscriptStep[]): Promise<void> {
  const lab = await openSimulatedLab(service)
  try {
    await checkConversation(`${service.title}: a conversation with the simulator`, file, lab.call, steps)
  } finally {
    await lab.close()
  }
}

/** Holds a conversation to a Markdown file; tokens, ids and times are blotted out. */
export async function checkConversation(
  title: string,
  file: URL,
  call: (name: string, input: Record<string, unknown>) => Promise<CallResult>,
  steps: readonly TranscriptStep[],
): Promise<void> {
  const parts = [`# ${title}`]
  const answers: CallResult[] = []
  let confirm = ''
  for (const step of steps) {
    parts.push(step.say)
    if (step.call === undefined) continue
    const [name, input = {}] = typeof step.call === 'function' ? step.call(answers) : step.call
    const result = await call(name, step.confirm === true ? { ...input, confirm } : input)
    answers.push(result)
    if (result.kind === 'plan') confirm = result.plan.confirm
    const shown = Object.entries(step.confirm === true ? { ...input, confirm: '…' } : input).map(
      ([key, value]) => ` ${key}=${String(value)}`,
    )
    parts.push(['```', blotted(`→ ${name}${shown.join('')}`), blotted(result.text), '```'].join('\n'))
  }
  await checkGolden(file, `${parts.join('\n\n')}\n`, () => ['the transcript changed'])
}

/** Holds a text to a file; `told` says what became of it where it is written anew. */
export async function checkGolden(file: URL, text: string, told: (before: string, after: string) => readonly string[]): Promise<void> {
  const golden = await readFile(file, 'utf8').catch(() => '')
  if (golden === text) return
  const name = file.pathname.split('/').slice(-3).join('/')
  if (process.env[variable] === 'update') {
    await writeFile(file, text)
    process.stderr.write(`${name}: ${told(golden, text).join('; ')}\n`)
    return
  }
  assert.equal(text, golden, `${name} is no longer what is produced; if that is meant, run npm run goldens and commit the difference`)
}

function parsed(text: string): Map<string, ToolListing> {
  return new Map((text === '' ? [] : (JSON.parse(text) as ToolListing[])).map((listing) => [listing.name, listing]))
}

/** What a change of the tools means to a model: added, removed, changed, and tokens more or less. */
function difference(before: ReadonlyMap<string, ToolListing>, after: ReadonlyMap<string, ToolListing>): string[] {
  const cost = (listing: ToolListing | undefined) => (listing === undefined ? 0 : estimateTokens(JSON.stringify(listing)))
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted()
  return names.flatMap((name) => {
    const [was, is] = [before.get(name), after.get(name)]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    const tokens = cost(is) - cost(was)
    const verb = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    return [`${name} ${verb} (${tokens < 0 ? '' : '+'}${tokens} tokens)`]
  })
}

function blotted(text: string): string {
  return text
    .replaceAll(/\b[A-Z2-7]{16}\b/g, '…')
    .replaceAll(/\b\d{8}T\d{6}-[a-z0-9]{6}\b/g, '…')
    .replaceAll(/until \d{4}-\d\d-\d\dT[\d:.]+Z/g, 'until …')
    .replaceAll(/verified after [\d.]+ s/g, 'verified')
    .replaceAll(/latency_ms: \d+/g, 'latency_ms: …')
}
