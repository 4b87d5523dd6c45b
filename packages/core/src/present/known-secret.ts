/** Replaces every form of the known values in a text. */
export interface Matcher {
  replace(text: string, by: string): string
}

const shortestValue = 8

/**
 * Finds all forms of all values in one walk over the text, whose cost does not grow with their number: four characters
 * select the few forms that may begin there.
 */
export function createMatcher(values: Iterable<string>): Matcher {
  const forms = new Set<string>()
  for (const value of values) for (const form of formsOf(value)) if (form.length >= shortestValue) forms.add(form)
  // Such a value could never be got out of a text that says where secrets were.
  for (const form of forms) if ('[redacted]'.includes(form)) forms.delete(form)
  if (forms.size === 0) return { replace: (text) => text }

  const byStart = new Map<number, string[]>()
  const possible = new Uint8Array(65_536)
  for (const form of [...forms].toSorted((a, b) => b.length - a.length)) {
    const start = startOf(form, 0)
    possible[start] = 1
    byStart.set(start, [...(byStart.get(start) ?? []), form])
  }

  return {
    replace(text, by) {
      let result = ''
      let kept = 0
      let start = -1
      let end = -1
      for (let index = 0; index + shortestValue <= text.length; index += 1) {
        const key = startOf(text, index)
        if (possible[key] === 0) continue
        const form = byStart.get(key)?.find((candidate) => text.startsWith(candidate, index))
        if (form === undefined) continue
        if (index > end) {
          if (start >= 0) {
            result += text.slice(kept, start) + by
            kept = end
          }
          start = index
        }
        // Values that overlap go together, or the rest of the second would stay.
        end = Math.max(end, index + form.length)
      }
      return start < 0 ? text : result + text.slice(kept, start) + by + text.slice(end)
    },
  }
}

function startOf(text: string, index: number): number {
  return (
    (text.charCodeAt(index) ^ (text.charCodeAt(index + 1) << 4) ^ (text.charCodeAt(index + 2) << 8) ^ (text.charCodeAt(index + 3) << 11)) &
    0xffff
  )
}

/** A value as it is, and as it looks inside a URL, a form, JSON, JSON within JSON, HTML and base64. */
function* formsOf(raw: string): Iterable<string> {
  const value = raw.trim()
  if (value.length < shortestValue) return
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  const bodies = lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith('-----')) : []
  for (const part of new Set([raw, value, ...bodies])) {
    yield part
    // Most tokens look the same everywhere but in base64.
    if (!/^[\w.-]*$/.test(part)) yield* escapedForms(part)
    yield* base64Forms(Buffer.from(part))
  }
}

function* escapedForms(value: string): Iterable<string> {
  const inJson = JSON.stringify(value).slice(1, -1)
  yield inJson
  yield inJson.replaceAll('/', String.raw`\/`)
  yield inJson.replaceAll(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  yield JSON.stringify(inJson).slice(1, -1)
  // Only well-formed text can be encoded for a URL; the detour replaces what is not.
  const inUrl = encodeURIComponent(Buffer.from(value).toString())
  const strict = inUrl.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  for (const form of [inUrl, strict, new URLSearchParams([['', value]]).toString().slice(1), encodeURI(Buffer.from(value).toString())]) {
    yield form
    yield form.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase())
  }
  yield value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

/** Whole, and the part that stays the same wherever the value stands in a longer text (`user:password`). */
function* base64Forms(bytes: Buffer): Iterable<string> {
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const inner = whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
    for (const form of shift === 0 ? [whole, inner] : [inner]) {
      yield form
      if (/[+/]/.test(form)) yield form.replaceAll('+', '-').replaceAll('/', '_')
    }
  }
}
