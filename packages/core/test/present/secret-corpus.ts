import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A snippet as it is met in the wild, and the secrets in it; an innocent one has none. */
export interface Snippet {
  group: string
  text: string
  secrets: readonly string[]
}

const alphabets: Readonly<Record<string, string>> = {
  hex: '0123456789abcdef',
  digits: '1234567890',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  alnum: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  word: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
}

/**
 * The labelled snippets. In the file `⏎` is a line break, `«…»` holds a secret, and `{hex:32}` becomes as many signs, the
 * same in every run: no token stands there whole, or whoever scans repositories for tokens would find it.
 */
export function secretCorpus(): Snippet[] {
  const lines = readFileSync(new URL('secret-corpus.txt', import.meta.url), 'utf8').split('\n')
  let group = ''
  return lines.flatMap((line, number) => {
    if (line.startsWith('# ')) group = line.slice(2)
    if (line.startsWith('# ') || line === '') return []
    const text = filled(line.replaceAll('⏎', '\n'), number)
    const secrets = [...text.matchAll(/«([^»]*)»/g)].map(([, secret = '']) => secret)
    return [{ group, text: text.replaceAll(/[«»]/g, ''), secrets }]
  })
}

/** A line with `{hex:32}` and its like replaced by as many signs, the same for the same number. */
export function filled(line: string, number: number): string {
  let count = 0
  const signs = (alphabet: string, length: number): string => {
    const letters = alphabets[alphabet] ?? ''
    let result = ''
    while (result.length < length) {
      const bytes = createHash('sha512')
        .update(`${number} ${(count += 1)}`)
        .digest()
      for (const byte of bytes) result += letters[byte % letters.length]
    }
    return result.slice(0, length)
  }
  return line
    .replaceAll('{jwt}', () => `eyJ${signs('word', 33)}.eyJ${signs('word', 60)}.${signs('word', 43)}`)
    .replaceAll('{uuid}', () => [8, 4, 4, 4, 12].map((length) => signs('hex', length)).join('-'))
    .replaceAll(/\{([a-z\d]+):(\d+)\}/g, (_, alphabet: string, length: string) => signs(alphabet, Number(length)))
}
