import { isDeepStrictEqual } from 'node:util'
import type { Node } from 'jsonc-parser'
import { isRecord } from '../../json-rpc.ts'

/** Where something stands in settings: keys, and places in lists. */
export type SettingsPath = readonly (string | number)[]

type Parser = typeof import('jsonc-parser')

interface Edit {
  from: number
  to: number
  text: string
}

/** Changes one value in JSON, with or without comments, and no character of anything else. */
export async function changeJson(text: string, { at, value }: { at: SettingsPath; value: unknown }): Promise<string> {
  const parser = await import('jsonc-parser')
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const plain = text.slice(mark.length)
  const whole = plain.trim() === '' ? '{}\n' : plain
  const after = changed(parser, whole, at, value)
  return after === whole ? text : mark + after
}

/** What is changed of a record is changed key by key, so that what stands between the keys stays. */
function changed(parser: Parser, text: string, at: SettingsPath, value: unknown): string {
  const root = parser.parseTree(text, [], { allowTrailingComma: true })
  const node = root && parser.findNodeAtLocation(root, [...at])
  const before: unknown = node && parser.getNodeValue(node)
  if (node !== undefined && isRecord(before) && isRecord(value)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(value)])]
    return keys
      .filter((key) => !isDeepStrictEqual(before[key], value[key]))
      .reduce((current, key) => changed(parser, current, [...at, key], value[key]), text)
  }
  if (root === undefined || at.length === 0) return text
  const style = styleOf(text)
  if (node !== undefined && value !== undefined)
    return edited(text, [{ from: node.offset, to: end(node), text: rendered(value, at.length, style) }])
  if (node !== undefined) return withoutMember(parser, text, node.parent?.type === 'property' ? node.parent : node)
  if (value === undefined) return text
  return withMember(parser, text, root, at, value, style)
}

/** Puts a member at the end of what holds it, made with it where it is not there. */
function withMember(parser: Parser, text: string, root: Node, at: SettingsPath, value: unknown, style: Style): string {
  let depth = at.length - 1
  let holder = parser.findNodeAtLocation(root, at.slice(0, depth))
  while (holder === undefined && depth > 0) {
    depth -= 1
    holder = parser.findNodeAtLocation(root, at.slice(0, depth))
  }
  if (holder?.type !== 'object' && holder?.type !== 'array') return text
  const inner = at.slice(depth + 1).reduceRight((whole: unknown, key) => (typeof key === 'number' ? [whole] : { [key]: whole }), value)
  const name = holder.type === 'object' ? `${JSON.stringify(at[depth])}: ` : ''
  const member = name + rendered(inner, depth + 1, style)
  const [open, close] = [holder.offset + 1, end(holder) - 1]
  const [line, lastLine] = [style.eol + style.indent.repeat(depth + 1), style.eol + style.indent.repeat(depth)]
  const last = holder.children?.at(-1)
  if (last === undefined) {
    const between = text.slice(open, close).trimEnd()
    return edited(text, [{ from: open + between.length, to: close, text: line + member + lastLine }])
  }
  const { comma, lineEnd, closes } = afterMember(parser, text, end(last), close)
  const tail = closes ? lastLine : ''
  if (comma !== undefined) return edited(text, [{ from: lineEnd, to: lineEnd, text: `${line}${member},${tail}` }])
  return edited(text, [
    { from: end(last), to: end(last), text: ',' },
    { from: lineEnd, to: lineEnd, text: line + member + tail },
  ])
}

function withoutMember(parser: Parser, text: string, member: Node): string {
  const holder = member.parent
  if (holder === undefined) return text
  const all = holder.children ?? []
  const index = all.indexOf(member)
  const [before, next] = [all[index - 1], all[index + 1]]
  const [open, close] = [holder.offset + 1, end(holder) - 1]
  const { comma } = afterMember(parser, text, end(member), next?.offset ?? close)
  let [from, to] = [member.offset, comma === undefined ? end(member) : comma + 1]
  const isAlone = /\n[ \t]*$/.test(text.slice(0, from)) && /^[ \t]*(?:\r?\n|$)/.test(text.slice(to))
  if (isAlone) {
    from = text.slice(0, from).replace(/\r?\n[ \t]*$/, '').length
    to += /^[ \t]*/.exec(text.slice(to))![0].length
  } else if (next !== undefined) to += /^[ \t]*/.exec(text.slice(to))![0].length
  const edits = [{ from, to, text: '' }]
  // What stands last has no comma after it, unless it had one before.
  const earlier = comma === undefined && before !== undefined ? afterMember(parser, text, end(before), member.offset).comma : undefined
  if (earlier !== undefined) edits.unshift({ from: earlier, to: earlier + 1, text: '' })
  const left = edited(text, edits)
  if (all.length > 1) return left
  const rest = left.slice(open, close - (to - from))
  return rest.trim() === '' ? edited(left, [{ from: open, to: open + rest.length, text: '' }]) : left
}

/** What follows a member: its comma, the end of what is said of it on its line, and whether the closing bracket is on that, too. */
function afterMember(
  parser: Parser,
  text: string,
  from: number,
  to: number,
): { comma: number | undefined; lineEnd: number; closes: boolean } {
  const { SyntaxKind } = syntax
  const scanner = parser.createScanner(text, false)
  scanner.setPosition(from)
  let comma: number | undefined
  let lineEnd = from
  for (let kind = scanner.scan() as number; scanner.getTokenOffset() < to; kind = scanner.scan()) {
    if (kind === SyntaxKind.lineBreak) return { comma, lineEnd, closes: false }
    if (kind === SyntaxKind.comma) comma ??= scanner.getTokenOffset()
    else if (kind === SyntaxKind.trivia) continue
    lineEnd = scanner.getTokenOffset() + scanner.getTokenLength()
  }
  return { comma, lineEnd, closes: true }
}

/** Kinds of tokens, as jsonc-parser numbers them; its own list is a constant that is not there at run time. */
const syntax = { SyntaxKind: { comma: 5, lineBreak: 14, trivia: 15 } } as const

interface Style {
  indent: string
  eol: string
}

function styleOf(text: string): Style {
  return { indent: /^\s*\{[^\n]*\n([ \t]+)/.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' }
}

function rendered(value: unknown, depth: number, { indent, eol }: Style): string {
  return JSON.stringify(value, null, indent).replaceAll('\n', eol + indent.repeat(depth))
}

function end({ offset, length }: Node): number {
  return offset + length
}

function edited(text: string, edits: readonly Edit[]): string {
  return edits.toReversed().reduce((current, { from, to, text: put }) => current.slice(0, from) + put + current.slice(to), text)
}
