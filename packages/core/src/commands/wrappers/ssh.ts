import type { Judge, Rules } from '../call.ts'
import { optionTable, readOptions } from '../options.ts'
import { judgeWrite } from '../places/judge-place.ts'
import { isKnown } from '../shell/word.ts'
import { ask, strictest } from '../verdict.ts'

const harmless =
  /^(?:BatchMode|ConnectTimeout|ConnectionAttempts|ServerAliveInterval|ServerAliveCountMax|LogLevel|Port|User|StrictHostKeyChecking|IdentitiesOnly|PasswordAuthentication|RequestTTY|TCPKeepAlive|Compression|AddressFamily)[= ]/i

const session = optionTable('-4 -6 -C -n -q -T -t -v -x -a -p: -l: -i: -b: -c: -m: -o:')

/** `ssh host command`: the far side is given one line, which is judged as a script. */
const ssh: Judge = ({ words, scope, document }) => {
  const { given, operands, unclear } = readOptions(words, session, true)
  const [host, ...inner] = operands
  const text = inner.map((word) => word.text).join(' ')
  return strictest([
    unclear === undefined ? undefined : ask('has options the policy does not know'),
    given.some(({ name, value }) => name === '-o' && !harmless.test(value?.text ?? ''))
      ? ask('has options that can run a program here')
      : undefined,
    host === undefined || isKnown(host) ? undefined : ask('leads to a host that is not known before it runs'),
    text === '' && document !== undefined ? scope.judgeText(document.text) : undefined,
    text === '' ? ask('opens a shell on another host') : scope.judgeText(text),
  ])
}

const isRemote = (text: string) => /^[^/]*:/.test(text)

const copying = optionTable('-4 -6 -C -p -q -r -v -B -3 -P: -l: -c: -i:')

const scp: Judge = ({ words, scope }) => {
  const { operands, unclear } = readOptions(words, copying)
  const target = operands.at(-1)
  return strictest([
    unclear === undefined ? undefined : ask('has options that can run a program here'),
    target === undefined ? undefined : isRemote(target.text) ? ask('writes files on another host') : judgeWrite(target, scope),
  ])
}

const syncing = optionTable(
  '-a -v -r -l -p -t -g -o -D -n -z -h -i -H -A -X -x -u -c -P -q -R -S -W -C -m -8 -4 -6 -d -k -L -O -J -E -N -U -y --archive --verbose --recursive --links --perms --times --group --owner --devices --specials --dry-run --compress --human-readable --itemize-changes --hard-links --acls --xattrs --one-file-system --update --checksum --partial --progress --quiet --relative --sparse --whole-file --stats --numeric-ids --inplace --ignore-existing --existing --size-only --list-only --prune-empty-dirs --no-perms --no-owner --no-group --append --append-verify --info: --exclude: --include: --filter: -f: --bwlimit: --timeout: --max-size: --min-size: --exclude-from: --include-from: --port:',
)

const rsync: Judge = ({ words, scope }) => {
  const { given, operands, unclear } = readOptions(words, syncing)
  const target = operands.length > 1 ? operands.at(-1) : undefined
  const isDry = given.some(({ name }) => ['-n', '--dry-run', '--list-only'].includes(name))
  return strictest([
    unclear === undefined ? undefined : ask('has options that delete files or run a program'),
    target === undefined || isDry ? undefined : isRemote(target.text) ? ask('writes files on another host') : judgeWrite(target, scope),
  ])
}

/** Ways to another host. */
export const remote: Rules = { ssh, scp, rsync }
