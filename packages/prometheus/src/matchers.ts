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
  return matchers.some(({ value, isRegex, isEqual }) => isEqual && value !== '' && !(isRegex && matchesAnything(value)))
}

function matchesAnything(expression: string): boolean {
  const [, flags = '', rest = expression] = /^\(\?([imsU]+)\)(.*)$/s.exec(expression) ?? []
  try {
    const pattern = new RegExp(`^(?:${rest})$`, flags.replace('U', ''))
    return anything.every((text) => pattern.test(text))
  } catch {
    // Alertmanager reads another dialect; what cannot be judged here is not let through.
    return true
  }
}
