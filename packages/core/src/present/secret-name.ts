/** The last word of a name that holds a secret: `db_password`, `x-auth-token`. */
const secretWords = new Set(
  'password passwords passwd passphrase passphrases pwd secret token apikey authorization cookie credential credentials jwt psk'.split(' '),
)

/** Words before `key` that make it a secret; a public, primary or foreign key is none. */
const secretKeys = new Set(
  'api private secret access encryption signing master preshared shared auth session license ssh client account deploy webhook'.split(' '),
)

/** Words before `token` that make it a place in a list or a stream. */
const harmlessTokens = new Set('next page continue continuation sync resume paging previous cancellation eos bos pad stop'.split(' '))

/** What may follow the word without changing what the value is. */
const fillers = new Set('value plain plaintext text raw base64 b64 hash hashed data string'.split(' '))

/** Says whether a field of this name holds a secret, whatever its case and separators. */
export function isSecretName(name: string, value?: unknown): boolean {
  if (name.length > 128 || !/pass|pwd|secret|token|key|auth|cookie|credential|jwt|psk/i.test(name)) return false
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => (fillers.has(word) ? word : word.replace(/\d+$/, '')))
    .filter((word) => word !== '')
  while (words.length > 1 && fillers.has(words.at(-1) ?? '')) words.pop()
  const [last = '', before = ''] = [words.at(-1), words.at(-2)]
  if (last === 'token') return !harmlessTokens.has(before)
  if (last === 'key') return secretKeys.has(before)
  if (last === 'pass') return words.length > 1
  // A list of secrets is worth hiding, `max_tokens: 2000` and the names under `secrets:` in a compose file are not.
  if (last === 'tokens') return Array.isArray(value)
  // Docker's configuration keeps `user:password` there, in base64.
  if (last === 'auth') return typeof value === 'string' && /^[A-Za-z\d+/]{12,}={0,2}$/.test(value)
  return secretWords.has(last) || /(?:password|passwd|apikey|privatekey|secretkey|accesskey|authtoken|apitoken|accesstoken)$/.test(last)
}

const reference =
  /^(?:\$\{?[A-Za-z_]\w*\}?|\$\{\{[^{}]*\}\}|env:\w+|file:\/\S+|vault:\S+|(?:var|local|data|module)\.[\w.]+|!secret\s+\S+|\*{3,}|<[\w -]+>)$/

/** Says whether a value tells where a secret is kept, or that one was taken out, and not what it is. */
export function isReference(value: string, redacted: string): boolean {
  return value === '' || value === redacted || (value.length <= 256 && reference.test(value))
}
