import { ToolError } from '@rackwarden/core'
import type { Matcher } from './alertmanager-schema.ts'

const form = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"{},\s]*))\s*$/

/** Reads matchers as PromQL writes them. */
export function parseMatchers(texts: readonly string[]): Matcher[] {
  return texts.map((text) => {
    const [, name, operator, quoted, bare] = form.exec(text) ?? []
    if (name === undefined || operator === undefined)
      throw new ToolError('invalid_input', `'${text}' is not a matcher.`, {
        hint: 'Write one condition on one label each: instance="nas:9100", job=~"node.*", severity!="info".',
      })
    return {
      name,
      value: quoted === undefined ? (bare ?? '') : unquoted(quoted),
      isRegex: operator.includes('~'),
      isEqual: !operator.startsWith('!'),
    }
  })
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

/** Writes a matcher as PromQL does, which Alertmanager reads as a filter, too. */
export function matcherText({ name, value, isRegex, isEqual }: Matcher): string {
  const escaped = value
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)
  return `${name}${isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!='}"${escaped}"`
}

/** The same for the same matchers, in whatever order they stand. */
export function matchersKey(matchers: readonly Matcher[]): string {
  return matchers.map(matcherText).toSorted().join(', ')
}

// What an expression that leaves nothing out leaves out none of.
const anything = ['0', 'a', 'Zq7', 'x-1:9100', 'some.host.example', 'Two words, and: more/']

/** True where some alerts, of whatever kind, are left out for certain: one condition says what something is. */
export function isSelective(matchers: readonly Matcher[]): boolean {
  return matchers.some(({ value, isRegex, isEqual }) => {
    if (!isEqual || value === '') return false
    const pattern = isRegex ? patternOf(value) : undefined
    return !isRegex || (pattern !== undefined && !anything.every((text) => pattern.test(text)))
  })
}

/** The first pattern that cannot be judged here; Alertmanager reads a dialect of its own. */
export function unreadablePattern(matchers: readonly Matcher[]): string | undefined {
  return matchers.find(({ value, isRegex }) => isRegex && patternOf(value) === undefined)?.value
}

function patternOf(expression: string): RegExp | undefined {
  const [, flags = '', rest = expression] = /^\(\?([ims]+)\)(.*)$/s.exec(expression) ?? []
  try {
    return new RegExp(`^(?:${rest})$`, flags)
  } catch {
    return undefined
  }
}
