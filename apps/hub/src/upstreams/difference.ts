import type { PromptDefinition, ToolDefinition } from './definitions.ts'
import { visibleText } from './visible-text.ts'

/** Beyond this many lines on a side, what is between equal ends is told as taken out and put in. */
const mostCompared = 400

/** A definition in lines, whole, with everything that hides in it made visible. */
export function definitionLines(definition: ToolDefinition | PromptDefinition): string[] {
  const { name, title, description, ...rest } = definition
  return [
    `name: ${name}`,
    ...(title === undefined ? [] : [`title: ${title}`]),
    ...(description === undefined ? [] : ['description:', ...description.split('\n').map((line) => `  ${line}`)]),
    ...Object.entries(rest).flatMap(([key, value]) => [`${key}:`, ...dataLines(value).map((line) => `  ${line}`)]),
  ].map(visibleText)
}

/** What is not alike in two definitions: lines with `-` were accepted, lines with `+` are offered, lines with neither are both. */
export function differenceLines(before: readonly string[], now: readonly string[]): string[] {
  let start = 0
  while (start < before.length && start < now.length && before[start] === now[start]) start += 1
  let end = 0
  while (end < before.length - start && end < now.length - start && before.at(-1 - end) === now.at(-1 - end)) end += 1
  const [was, is] = [before.slice(start, before.length - end), now.slice(start, now.length - end)]
  const middle = was.length > mostCompared || is.length > mostCompared ? [...was.map(out), ...is.map(into)] : aligned(was, is)
  return [...before.slice(0, start).map(both), ...middle, ...before.slice(before.length - end).map(both)]
}

/** The same with only what stands near a difference. */
export function shortDifference(lines: readonly string[], around = 2): string[] {
  const isNear = (index: number) => lines.slice(Math.max(0, index - around), index + around + 1).some((line) => !line.startsWith('  '))
  return lines.flatMap((line, index) => (isNear(index) ? [line] : index > 0 && isNear(index - 1) ? ['  …'] : []))
}

const out = (line: string) => `- ${line}`
const into = (line: string) => `+ ${line}`
const both = (line: string) => `  ${line}`

/** The longest lines both have in the same order stay; the rest is taken out or put in. */
function aligned(was: readonly string[], is: readonly string[]): string[] {
  const common = was.map(() => Array.from<number>({ length: is.length + 1 }).fill(0))
  common.push(Array.from<number>({ length: is.length + 1 }).fill(0))
  for (let row = was.length - 1; row >= 0; row -= 1)
    for (let column = is.length - 1; column >= 0; column -= 1)
      common[row]![column] =
        was[row] === is[column] ? common[row + 1]![column + 1]! + 1 : Math.max(common[row + 1]![column]!, common[row]![column + 1]!)
  const lines: string[] = []
  let [row, column] = [0, 0]
  while (row < was.length || column < is.length) {
    if (row < was.length && column < is.length && was[row] === is[column]) {
      lines.push(both(was[row]!))
      row += 1
      column += 1
    } else if (column >= is.length || (row < was.length && common[row + 1]![column]! >= common[row]![column + 1]!))
      lines.push(out(was[row++]!))
    else lines.push(into(is[column++]!))
  }
  return lines
}

/** Data in lines: what holds more below it, the rest as JSON. */
function dataLines(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value) ?? '']
  if (Array.isArray(value))
    return isFlat(value)
      ? [JSON.stringify(value)]
      : value.flatMap((item) => dataLines(item).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`))
  const entries = Object.entries(value).toSorted(([first], [second]) => (first < second ? -1 : 1))
  if (entries.length === 0) return ['{}']
  return entries.flatMap(([key, item]) => {
    const [first = '', ...rest] = dataLines(item)
    const holds = typeof item === 'object' && item !== null && !(Array.isArray(item) && isFlat(item)) && Object.keys(item).length > 0
    return holds ? [`${key}:`, ...[first, ...rest].map((line) => `  ${line}`)] : [`${key}: ${first}`]
  })
}

function isFlat(list: readonly unknown[]): boolean {
  return list.every((item) => typeof item !== 'object' || item === null)
}
