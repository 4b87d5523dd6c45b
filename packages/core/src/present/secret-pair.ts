import { createAnchors } from './anchors.ts'
import { isReference, isSecretName, isWorkingDirectory, nameParts } from './secret-name.ts'
import { stopAt, valueAt, type Range } from './secret-value.ts'

const anchors = createAnchors(
  nameParts.map((start) => ({ start })),
  true,
)

/** What parts a name from its value: JSON, YAML, environment, HCL, headers. */
const separator = /(?:\\{0,8}["'])?[ \t]{0,16}(?:=>|:=|[:=])[ \t]{0,16}/y

/** What parts a long option from its value. */
const gap = /(?:["'],)?(?=[ \t]+["']?[^-\s])[ \t]{0,16}/y

/** `define('DB_PASSWORD', 'x')` */
const nextArgument = /["'],[ \t]{0,4}(?=["'])/y

/** What a plan of Terraform puts between what was and what will be. */
const arrow = /["'] -> (?=["'])/y

/** `ALTER USER joe PASSWORD 'x'`. */
const quotedNext = /[ \t]{1,4}(?=["'])/y

/** The rest of `<ApiKey>`. */
const endOfTag = /[^<>\n]{0,128}>(?=[^<\s])/y

/** A name in one field, its value in the next: `"name": "DB_PASSWORD", "value": "x"`. */
const namedBefore = /(?:name|key)\\{0,8}["']?[ \t]{0,16}[:=][ \t]{0,16}\\{0,8}["']?$/i
const valueNext = /\\{0,8}["']?,?\s{0,80}\\{0,8}["']?value\\{0,8}["']?[ \t]{0,16}[:=][ \t]{0,16}/iy

/** Replaces the values that stand under secret names in a text. */
export function redactNamed(text: string, by: string): string {
  let result = ''
  let kept = 0
  anchors.walk(text, (_, index) => {
    const [at, end] = nameAround(text, index, kept)
    const [from, to] = secretAfter(text, at, end, by)
    const value = text.slice(from, to)
    if (from >= to || from < kept || isReference(value, by) || isWorkingDirectory(text.slice(at, end), value))
      return Math.max(end, from < to ? to : end)
    result += text.slice(kept, from) + by
    kept = to
    return to
  })
  return kept === 0 ? text : result + text.slice(kept)
}

/** Where the name begins and ends that has this character in it, and nothing before `floor`. */
function nameAround(text: string, index: number, floor: number): Range {
  let at = index
  while (at > floor && index - at < 128 && isNameSign(text.charCodeAt(at - 1))) at -= 1
  while (at < index && !/[A-Za-z_]/.test(text[at] ?? '')) at += 1
  let end = index + 1
  while (end < text.length && end - at <= 128 && isNameSign(text.charCodeAt(end))) end += 1
  return [at, end]
}

/** Where the value of a name begins and ends; nowhere where it has none, or is no secret's. */
function secretAfter(text: string, at: number, end: number, by: string): Range {
  const none: Range = [end, end]
  if (end - at > 128) return none
  const start = valueStart(text, at, end)
  if (start === undefined) return none
  const own = text.slice(at, end)
  // `private key: x`
  const name = own.toLowerCase() === 'key' ? (/[A-Za-z]+ $/.exec(text.slice(Math.max(0, at - 48), at))?.[0] ?? '') + own : own
  if (!isSecretName(name)) return encodedAfter(text, start, name) ?? none
  if (text[at - 1] === '<' && text[start - 1] === '>') return [start, stopAt(text, start, /</g)]
  const where = { name, head: text.slice(at, start), at, by }
  const found = valueAt(text, start, where)
  const next = text.startsWith(by, found[0]) ? after(arrow, text, found[1]) : undefined
  return next === undefined ? found : valueAt(text, next, where)
}

/** Where a value may begin that stands behind a name; most that looks like a name has none. */
function valueStart(text: string, at: number, end: number): number | undefined {
  const before = () => text.slice(Math.max(0, at - 48), at)
  const start = after(separator, text, end)
  if (start !== undefined) {
    if (isPath(text, text.slice(end, start), start)) return undefined
    const isParser = end - at === 5 && /(?:unexpected|illegal|next) $/i.test(before())
    return isParser ? undefined : start
  }
  const sign = text[end]
  if (sign === '>' || text[at - 1] === '<') return text[at - 1] === '<' ? after(endOfTag, text, end) : undefined
  const elsewhere = sign === ' ' ? undefined : after(valueNext, text, end)
  if (elsewhere !== undefined && namedBefore.test(before())) return elsewhere
  if (text.startsWith('--', at - 2) || (sign === ' ' && text.startsWith('ENV ', at - 4) && /(?:^|\n)\s*ENV $/.test(before())))
    return after(gap, text, end)
  if ((sign === '"' || sign === "'") && /(?:define|setenv|putenv)\(\s*["']$/i.test(before())) return after(nextArgument, text, end)
  return sign === ' ' && /^pass(?:word|wd|phrase)$/i.test(text.slice(at, end)) ? after(quotedNext, text, end) : undefined
}

/** `"auth": "dXNlcjpwYXNzd29yZA=="` of Docker's configuration. */
function encodedAfter(text: string, start: number, name: string): Range | undefined {
  const from = after(/\\{0,8}["']/y, text, start)
  const to = from === undefined ? undefined : after(/[A-Za-z\d+/]{12,1024}={0,2}(?=\\{0,8}["'])/y, text, from)
  return from !== undefined && to !== undefined && isSecretName(name, text.slice(from, to)) ? [from, to] : undefined
}

function after(form: RegExp, text: string, index: number): number | undefined {
  form.lastIndex = index
  return form.test(text) ? form.lastIndex : undefined
}

function isNameSign(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 46 || code === 45
  )
}

/** `secret://x`, `std::secret::x` and `token == x` are no names with a value. */
function isPath(text: string, head: string, start: number): boolean {
  const sign = text[start]
  return (head.endsWith(':') && (sign === ':' || text.startsWith('//', start))) || (head.endsWith('=') && (sign === '=' || sign === '~'))
}
