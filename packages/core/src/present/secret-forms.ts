import { cleanText } from './clean.ts'

/** A value as it is, and as it looks inside a URL, a form, JSON, a shell, YAML, HTML, hexadecimal and base64. */
export function* formsOf(raw: string, shortest: number): Iterable<string> {
  const value = raw.trim()
  if (value.length < shortest) return
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  const bodies = lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith('-----')) : []
  // Neither what a cleaned text has lost nor what it has kept may tell a value from what was configured.
  for (const part of new Set([raw, value, ...bodies, cleanText(value)])) {
    if (part.length < shortest) continue
    yield part
    // Most tokens look the same everywhere but in base64.
    if (!/^[\w.-]*$/.test(part)) yield* escapedForms(part)
    yield* encodedForms(part)
  }
}

function* escapedForms(value: string): Iterable<string> {
  const inJson = JSON.stringify(value).slice(1, -1)
  yield inJson
  yield inJson.replaceAll('/', String.raw`\/`)
  yield inJson.replaceAll(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // Some writers keep what browsers might read as HTML away from it.
  yield inJson.replaceAll(/[<>&'=+]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  yield inJson.replaceAll(/[<>&]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  yield JSON.stringify(inJson).slice(1, -1)
  if (inJson !== value) yield* encodedForms(inJson)
  // Only well-formed text can be encoded for a URL; the detour replaces what is not.
  const wellFormed = Buffer.from(value).toString()
  const inUrl = encodeURIComponent(wellFormed)
  const strict = inUrl.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  for (const form of [
    inUrl,
    strict,
    new URLSearchParams([['', value]]).toString().slice(1),
    encodeURI(wellFormed),
    encodeURIComponent(inUrl),
  ]) {
    yield form
    yield form.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase())
  }
  const inHtml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  for (const [double, single] of [
    ['&quot;', '&#39;'],
    ['&#34;', '&#39;'],
    ['&quot;', '&#x27;'],
    ['&quot;', '&apos;'],
    ['"', "'"],
  ] as const)
    yield inHtml.replaceAll('"', double).replaceAll("'", single)
  yield value.replaceAll("'", String.raw`'\''`)
  yield value.replaceAll("'", "''")
  yield value.replaceAll('$', '$$$$')
  yield value.replaceAll(/["$`\\]/g, String.raw`\$&`)
  yield value.replaceAll(/[^\w@%+=:,./-]/g, String.raw`\$&`)
}

/** In hexadecimal, and in base64: whole, and the part that stays the same wherever the value stands in a longer text. */
function* encodedForms(text: string): Iterable<string> {
  const bytes = Buffer.from(text)
  const hexadecimal = bytes.toString('hex')
  yield hexadecimal
  yield hexadecimal.toUpperCase()
  for (const shift of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    const inner = whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
    for (const form of shift === 0 ? [whole, inner] : [inner]) {
      yield form
      if (/[+/]/.test(form)) yield form.replaceAll('+', '-').replaceAll('/', '_')
    }
  }
}
