const hidden = '[redacted]'
/** Names of options, labels and variables that speak of a secret. */
export const secretName = /pass(?:word|wd|phrase)?|secret|token|credential|api[-_.]?key|private[-_.]?key|(?:basic|digest)auth.*users/i

/** A command line without the values of options whose names speak of secrets. */
export function hideInCommand(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    const [, option, value] = /^(-{1,2}[\w.-]+|[A-Za-z_]\w*)=([^]*)$/.exec(word) ?? []
    if (option !== undefined && value !== '' && secretName.test(option)) return `${option}=${hidden}`
    const before = argv[index - 1] ?? ''
    return /^--?[\w.-]+$/.test(before) && secretName.test(before) && !word.startsWith('-') ? hidden : withoutUserInfo(word)
  })
}

/** The same as one line, in which a person reads where each word ends. */
export function shownCommand(argv: readonly string[]): string {
  return hideInCommand(argv).map(quoted).join(' ')
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word.replaceAll(hidden, '_')) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

/** Text without the passwords that stand in addresses. */
export function withoutUserInfo(text: string): string {
  return text.replace(/([a-z][\w+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${hidden}@`)
}
