import { ToolError } from '@rackwarden/core'
import { isIP } from 'node:net'
import { z } from 'zod'
import {
  changeBetween,
  isHostName,
  ownRecords,
  planOf,
  recordState,
  refuseUnknown,
  valuesText,
  wantedLines,
  type RecordState,
} from '../record-change.ts'
import { canonicalName, linesOf, without, type RecordLines } from '../records.ts'
import { targetOf } from '../targets.ts'
import { defineTool, type StateReader } from './define-tool.ts'

const address = z
  .string()
  // What stands behind % is a network card of this machine.
  .refine((text) => isIP(text) !== 0 && !text.includes('%'), 'not an IP')
  .transform((text) => text.toLowerCase())
const name = z.string().refine(isHostName, 'not a host name').describe('Name.')
const output = z.object({
  name: z.string().describe('Name.'),
  values: z.string().describe('What it stands for now.'),
})

const show = (own: string, { lines }: RecordState): z.input<typeof output> => ({
  name: canonicalName(own),
  values: valuesText(own, lines),
})

const readState: StateReader<{ name: string }, RecordState> = ({ name: own }, { client, signal }) => recordState(client, own, signal)

// A plan rests on the lines, whatever their order, and not on who points at the name.
const basis = ({ lines: { hosts, cnames } }: { lines: RecordLines }) => [hosts.toSorted(), cnames.toSorted()]

/** The call that gives a name, and those it shares lines with, the lines they had. */
const undo = ({ names, lines }: Pick<RecordState, 'names' | 'lines'>) => ({
  tool: 'apply_records',
  input: { names: [...names], hosts: [...lines.hosts], cnames: [...lines.cnames] },
})

/** What the lines of a name become when it is pointed elsewhere: other names on its lines stay as they are. */
function linesAfter(
  own: string,
  state: RecordState,
  { addresses, cname }: { addresses?: string[] | undefined; cname?: string | undefined },
): RecordLines {
  if ((addresses ?? []).length > 0 === (cname !== undefined))
    throw new ToolError('invalid_input', 'A record has either addresses or a cname.', {
      hint: 'Give addresses for A and AAAA, or cname for an alias.',
    })
  if (cname !== undefined && canonicalName(cname) === canonicalName(own))
    throw new ToolError('invalid_input', `${canonicalName(own)} cannot be an alias of itself.`, { hint: 'Name another target.' })
  const wanted = wantedLines(own, { ...(addresses && { addresses }), ...(cname !== undefined && { cname }) })
  const rest = without(own, state.lines)
  // What it has already stays on the line it is on.
  const has = new Set(ownRecords(own, state.lines).map(({ value }) => value))
  const isAlready =
    has.size === (addresses ?? [cname]).length && [...has].every((value) => (addresses ?? [canonicalName(cname ?? '')]).includes(value))
  return isAlready ? state.lines : { hosts: [...rest.hosts, ...wanted.hosts], cnames: [...rest.cnames, ...wanted.cnames] }
}

/** Points a local name at addresses, or at another name. */
export const addRecord = defineTool({
  name: 'add_record',
  title: 'Add a DNS record',
  description: 'Point a local DNS name at IPs, or as CNAME at another; replaces what it had.',
  access: 'configure',
  idempotent: true,
  input: z.object({
    name,
    addresses: z.array(address).optional().describe('All its IPs.'),
    cname: z.string().refine(isHostName, 'not a host name').optional().describe('CNAME.'),
  }),
  output,
  state: readState,
  basis,
  plan(input, { state }) {
    const after = linesAfter(input.name, state, input)
    return planOf(
      input.name,
      `Point ${canonicalName(input.name)} at ${input.addresses?.join(', ') ?? canonicalName(input.cname ?? '')}`,
      state,
      after,
    )
  },
  async run(input, { client, state, signal }) {
    const after = linesAfter(input.name, state, input)
    const { add, remove } = changeBetween(state.lines, after)
    await client.changeLines(add, remove, signal)
    return show(input.name, { ...state, lines: after })
  },
  settled: (after, input) => {
    const has = ownRecords(input.name, after.lines).map(({ value }) => value)
    const wanted = input.addresses ?? [canonicalName(input.cname ?? '')]
    return (wanted.every((value) => has.includes(value)) && has.every((value) => wanted.includes(value))) || 'it does not hold it yet'
  },
  verified: ({ name: own }, after) => show(own, after),
  undo,
})

/** Takes the records of a local name out. */
export const removeRecord = defineTool({
  name: 'remove_record',
  title: 'Remove a DNS record',
  description: 'Take a local DNS name out, or only one of its values.',
  access: 'configure',
  idempotent: true,
  input: z.object({ name, value: z.string().optional().describe('Value.') }),
  output,
  state: readState,
  basis,
  async plan({ name: own, value }, { client, state, signal }) {
    await refuseUnknown(client, own, state, signal)
    const values = ownRecords(own, state.lines).map((record) => record.value)
    if (value !== undefined && !values.includes(canonicalName(value)))
      throw new ToolError('not_found', `${canonicalName(own)} has no '${value}'.`, { hint: `It has ${values.join(', ')}.` })
    const after = without(own, state.lines, value)
    return planOf(own, `Remove ${value === undefined ? '' : `${value} of `}${canonicalName(own)}`, state, after)
  },
  async run({ name: own, value }, { client, state, signal }) {
    const after = without(own, state.lines, value)
    const { add, remove } = changeBetween(state.lines, after)
    await client.changeLines(add, remove, signal)
    return show(own, { ...state, lines: after })
  },
  settled: (after, { name: own, value }) =>
    !ownRecords(own, after.lines).some((record) => value === undefined || record.value === canonicalName(value)) || 'it is still there',
  verified: ({ name: own }, after) => show(own, after),
  undo,
})

type Lines = Pick<RecordState, 'names' | 'lines'>

const readLines: StateReader<{ names: string[] }, Lines> = async ({ names }, { client, signal }) => ({
  names,
  lines: linesOf(names, await client.lines(signal)),
})

const everyValue = (names: readonly string[], lines: RecordLines) => names.map((own) => `${own}: ${valuesText(own, lines)}`)

/** Gives names exactly these lines: how the writes above are taken back. */
export const applyRecords = defineTool({
  name: 'apply_records',
  title: 'Give DNS records their lines',
  description: 'Give local names exactly the lines they had.',
  access: 'configure',
  internal: true,
  idempotent: true,
  input: z.object({
    names: z.array(name).min(1).describe('Names.'),
    hosts: z.array(z.string()).describe('Lines with their addresses.'),
    cnames: z.array(z.string()).describe('Lines with their aliases.'),
  }),
  output: z.object({ records: z.array(z.string()).describe('What they stand for now.') }),
  state: readLines,
  basis,
  plan({ names: [own = '', ...others], hosts, cnames }, { state }) {
    const after = { hosts, cnames }
    const plan = planOf(own, `Give ${own} back what it had`, { ...state, pointedAtBy: [] }, after)
    const moved = others.filter((other) => valuesText(other, state.lines) !== valuesText(other, after))
    const told = moved.map((other) => `${other}: ${valuesText(other, state.lines)} → ${valuesText(other, after)}`)
    return { ...plan, targets: [own, ...others].map((one) => targetOf('record', one)), diff: [...plan.diff, ...told] }
  },
  async run({ names, ...lines }, { client, state, signal }) {
    const { add, remove } = changeBetween(state.lines, lines)
    await client.changeLines(add, remove, signal)
    return { records: everyValue(names, lines) }
  },
  settled: (after, { hosts, cnames }) =>
    JSON.stringify(basis(after)) === JSON.stringify(basis({ lines: { hosts, cnames } })) || 'it does not hold them yet',
  undo,
})
