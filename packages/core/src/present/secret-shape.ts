import { createAnchors } from './anchors.ts'
import { isReference } from './secret-name.ts'
import { tokenMiddles } from './token-middles.ts'
import { tokenShapes } from './token-shapes.ts'

const anchors = createAnchors(tokenShapes)
const bearer = /(?<!\w)(bearer|basic)([ \t]+|%20|\+)([A-Za-z0-9._~+/-]{8,8192}={0,2})/gi
const userinfo = /:\/\/([^\s/?#:@"'<>]{0,256}):([^\s/?#"'<>]{1,1024})@/g
const uuid = String.raw`[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}`
/** `user@realm!token=…` of Proxmox. */
const proxmox = new RegExp(String.raw`${uuid}(?![\w-])(?<=![\w.-]{1,128}[=:].{36})`, 'g')
const webhooks =
  /(\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/|[\w-]{1,63}\.webhook\.office\.com\/webhookb2\/|hooks\.zapier\.com\/hooks\/catch\/|maker\.ifttt\.com\/trigger\/[\w-]{1,64}\/(?:json\/)?with\/key\/))[\w/@-]{8,255}/g
const telegram = /(?<=(?<![\w-])(?:bot)?)\d{8,12}:AA[\w-]{33}(?![\w-])/g

/** Replaces private keys, tokens of known form, hashes of passwords, bearer credentials and passwords in URLs. */
export function redactShapes(text: string, by: string): string {
  let result = text
  // Capitals are rarer than dashes, and sooner not found.
  if (result.includes('BEGIN ')) result = redactKeys(result, by)
  result = redactTokens(result, by)
  if (['earer', 'asic', 'EARER', 'ASIC'].some((scheme) => result.includes(scheme)))
    result = result.replaceAll(bearer, (all, scheme: string, gap: string, value: string, offset: number) => {
      const isParameter = value.endsWith('=') && result[offset + all.length] === '"'
      return isParameter || isProse(value) ? all : scheme + gap + by
    })
  if (result.includes('://')) {
    result = result.replaceAll(userinfo, (all, user: string, password: string) => (isReference(password, by) ? all : `://${user}:${by}@`))
    result = result.replaceAll(webhooks, (_, address: string) => address + by)
  }
  if (result.includes('!')) result = result.replaceAll(proxmox, by)
  if (result.includes(':AA')) result = result.replaceAll(telegram, by)
  for (const [part, form] of tokenMiddles) if (result.includes(part)) result = result.replaceAll(form, by)
  return result
}

function redactTokens(text: string, by: string): string {
  let result = ''
  let kept = 0
  anchors.walk(text, ({ start, rest }, index) => {
    const next = index + start.length
    rest.lastIndex = next
    if (isWithinWord(text, index, start) || !rest.test(text)) return index + 1
    result += text.slice(kept, index) + by
    kept = rest.lastIndex
    return kept
  })
  return kept === 0 ? text : result + text.slice(kept)
}

/** A short beginning is found in many words; a long one only may not go on from a letter. An escape ends a word. */
function isWithinWord(text: string, index: number, start: string): boolean {
  if (index === 0 || !/^\w/.test(start)) return false
  if (!(start.length > 3 ? /[A-Za-z0-9]/ : /[\w-]/).test(text[index - 1] ?? '')) return false
  return !/(?:\\[nrt]|%[\dA-Fa-f]{2}|\\u[\dA-Fa-f]{4})$/.test(text.slice(Math.max(0, index - 6), index))
}

/** `Basic authentication failed` names no credential. */
function isProse(value: string): boolean {
  return value.length < 24 && /^[A-Za-z]?[a-z]*[.-]?$/.test(value)
}

/** A key whose end was cut off goes as far as its lines do. */
function redactKeys(text: string, by: string): string {
  const begin = /-----BEGIN (?:[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|OpenVPN (?:Static key V1|tls-crypt-v2 (?:client|server) key))-----/g
  let result = ''
  let kept = 0
  let end = 0
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    if (end >= 0) end = text.indexOf('-----END ', begin.lastIndex)
    if (end >= 0) {
      const label = text.slice(end + 9, end + 89).indexOf('-----')
      begin.lastIndex = end + 9 + (label < 0 ? 0 : label + 5)
    } else {
      begin.lastIndex = endOfKeyLines(text, begin.lastIndex)
    }
    result += text.slice(kept, found.index) + by
    kept = begin.lastIndex
  }
  return kept === 0 ? text : result + text.slice(kept)
}

/** Long runs of base64 and what parts them; a short one only at the very end. */
function endOfKeyLines(text: string, start: number): number {
  const other = /[^A-Za-z0-9+/=]/g
  const gap = /(?:\s|\\[rn]){1,64}/y
  let end = start
  for (;;) {
    gap.lastIndex = end
    const from = gap.test(text) ? gap.lastIndex : end
    other.lastIndex = from
    const to = other.exec(text)?.index ?? text.length
    if (to === from || (to - from < 20 && to < text.length)) return end
    end = to
  }
}
