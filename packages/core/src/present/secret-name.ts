/** The last word of a name that holds a secret: `db_password`, `x-auth-token`. */
const secretWords = new Set(
  'password passwords passwd passphrase passphrases passcode passwort pwd pswd pw secret token apikey authorization cookie credential credentials jwt psk'.split(
    ' ',
  ),
)

/** Words before `key` that make it a secret; a public, primary or foreign key is none. */
const secretKeys = new Set(
  'api app private secret access encryption signing master preshared shared auth session license ssh client account deploy webhook mailgun gotify pushover plex sonarr radarr prowlarr tmdb cloudflare network'.split(
    ' ',
  ),
)

/** Words before `token` that make it a place in a list or a stream. */
const harmlessTokens = new Set('next page continue continuation sync resume paging previous cancellation eos bos pad stop'.split(' '))

/** What may follow the word without changing what the value is. */
const fillers = new Set('value plain plaintext text raw base base64 b64 hash hashed data string'.split(' '))

/** What a name that holds a secret has in it, whatever its case. */
export const nameParts = 'pass pwd pswd _pw -pw pwhash secret token key auth cookie credential jwt psk snmp'.split(' ')

const suspicious = new RegExp(nameParts.join('|'), 'i')

/** Two of these words in one, as in `clientsecret`. */
const joinedWords =
  /(?:password|passwd|passphrase|secret|pwhash|passhash|(?:api|private|secret|access|auth|master|encryption|signing|preshared|shared|license)key|(?:auth|api|access|refresh|bearer|bot|plex|session|csrf|secure|id)token)$/

/** Says whether a field of this name holds a secret, whatever its case and separators. */
export function isSecretName(name: string, value?: unknown): boolean {
  if (name.length > 128 || !suspicious.test(name)) return false
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
  if (last === 'community') return before === 'snmp'
  // A list of secrets is worth hiding, `max_tokens: 2000` and the names under `secrets:` in a compose file are not.
  if (last === 'tokens') return Array.isArray(value)
  // Docker's configuration keeps `user:password` there, in base64.
  if (last === 'auth') return typeof value === 'string' && /^[A-Za-z\d+/]{12,}={0,2}$/.test(value)
  return secretWords.has(last) || joinedWords.test(last)
}

const reference = new RegExp(
  String.raw`^(?:\$\{?[A-Za-z_]\w*\}?|\$\{[A-Za-z_]\w*:?\?[^}]*\}|\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|env:\w+|file:\/\S+|vault:\S+|` +
    String.raw`(?:var|local|data|module)\.[\w.-]+(?:\[\S+\])?|!secret\s+\S+|!vault\s+\|?|ENC\[[^\]]+\]?|\*{3,}|[xX]{3,12}|<[\w -]+>|\((?:hidden|none)\)?|` +
    String.raw`(?:\/(?:run|etc|home|root|var|opt|data|config|mnt|srv|usr|tmp|secrets)|~|\.{1,2})\/[\w./@-]+)$`,
)

/** `PWD=/srv` is where a shell stands, and no password. */
export function isWorkingDirectory(name: string, value: string): boolean {
  return (name === 'PWD' || name === 'OLDPWD') && value.startsWith('/')
}

/** Says whether a value tells where a secret is kept, or that one was taken out, and not what it is. */
export function isReference(value: string, redacted: string): boolean {
  return value === '' || value === redacted || (value.length <= 256 && reference.test(value))
}
