/**
 * Tokens that are known by their look. Each begins where no word is under way and is bounded, so that neither time nor
 * the stack of the regular expression grows with what somebody put into a text.
 */
const tokens = [
  String.raw`gh[pousr]_[A-Za-z0-9]{30,255}`,
  String.raw`github_pat_\w{22,255}`,
  String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`,
  String.raw`xox[a-z]-[A-Za-z0-9-]{10,255}`,
  String.raw`xapp-[A-Za-z0-9-]{10,255}`,
  String.raw`glpat-[\w-]{20,255}`,
  String.raw`glsa_\w{32,64}`,
  String.raw`sk-(?=[\w-]{0,64}\d)[\w-]{20,255}`,
  String.raw`[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}`,
  String.raw`ptr_[A-Za-z0-9+/=]{32,255}`,
  String.raw`hv[sbr]\.[\w-]{20,255}`,
  String.raw`npm_[A-Za-z0-9]{36}`,
  String.raw`dckr_pat_[\w-]{20,255}`,
  String.raw`AIza[\w-]{35}`,
  String.raw`tskey-[a-z]{2,10}-[\w-]{10,255}`,
  String.raw`AGE-SECRET-KEY-1[A-Z0-9]{50,64}`,
  String.raw`eyJ[\w-]{8,2048}\.[\w-]{8,16384}(?:\.[\w-]{0,2048})?`,
].join('|')

const shapes = new RegExp(String.raw`(?<![\w-])(?:${tokens})`, 'g')
const bearer = /(?<!\w)(bearer|basic)([ \t]+)([A-Za-z0-9._~+/-]{8,8192}={0,2})/gi
const userinfo = /:\/\/([^\s/?#:@"'<>]{0,256}):([^\s/?#"'<>]{1,1024})@/g
const proxmox = /(P[VB]S?E?APIToken[= ][^\s=:"']{1,128}[=:])[\da-f]{8}-[\da-f-]{27}/g
const webhooks = /(\/\/(?:hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/))[\w/-]{8,255}/g

/** Replaces private keys, tokens of known form, bearer credentials and passwords in URLs. */
export function redactShapes(text: string, by: string): string {
  let result = text
  if (result.includes('-----BEGIN')) result = redactKeys(result, by)
  result = result.replaceAll(shapes, by)
  if (/bearer|basic/i.test(result))
    result = result.replaceAll(bearer, (all, scheme: string, gap: string, value: string, offset: number) => {
      const isParameter = value.endsWith('=') && result[offset + all.length] === '"'
      return isParameter || isProse(value) ? all : scheme + gap + by
    })
  if (result.includes('://')) {
    result = result.replaceAll(userinfo, (_, user: string) => `://${user}:${by}@`)
    result = result.replaceAll(webhooks, (_, address: string) => address + by)
  }
  if (result.includes('APIToken')) result = result.replaceAll(proxmox, (_, name: string) => name + by)
  return result
}

/** `Basic authentication failed` names no credential. */
function isProse(value: string): boolean {
  return value.length < 24 && /^[A-Za-z]?[a-z]*[.-]?$/.test(value)
}

/** A key whose end was cut off goes as far as its lines do. */
function redactKeys(text: string, by: string): string {
  const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
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
