import type { Scope } from '../call.ts'
import type { Word } from '../shell/word.ts'
import { ask, refuse, strictest, type Opinion } from '../verdict.ts'
import { placesOf, type Place } from './path.ts'
import { deviceKind, isOurs, isState, isTemporary, isVital, systemReason } from './places.ts'

const selfApproval = "touches Rackwarden's own state, through which somebody could approve their own calls"

/** What to say of writing to the file a word names. */
export function judgeWrite(word: Word, scope: Scope): Opinion {
  return strictest([
    judgeOwn(word, scope),
    judgeEach(word, scope, 'writes to a place that is not known before it runs', (place) => writeOpinion(place)),
  ])
}

/** What to say of deleting the file or tree a word names. */
export function judgeDelete(word: Word, scope: Scope, recursive: boolean): Opinion {
  // Of two reasons to refuse the first is told; that our state goes with everything else is not the one to tell.
  return strictest([
    judgeEach(word, scope, 'deletes what is not known before it runs', (place) => {
      if (recursive && isVital(place)) return refuse('deletes a tree this host cannot do without')
      if (deviceKind(place) === 'disk') return refuse('deletes a device')
      return isTemporary(place) ? undefined : ask(recursive ? 'deletes a whole tree outside /tmp' : 'deletes files outside /tmp')
    }),
    judgeOwn(word, scope, true),
  ])
}

/** What to say of changing the owner or the mode of everything below a place. */
export function judgeTree(word: Word, scope: Scope, why: string): Opinion {
  return strictest([
    judgeWrite(word, scope),
    judgeOwn(word, scope, true),
    judgeEach(word, scope, why, (place) => {
      if (isVital(place)) return refuse(`${why} of a tree this host cannot do without`)
      // Nobody knows where the command starts: perhaps at the root.
      const isAnywhere =
        /^\/[^/]*$/.test(place.path) || (!/^[/~]/.test(place.path) && (place.path === '' || isVital({ ...place, path: `/${place.path}` })))
      return isAnywhere ? ask(`${why} of a tree that is not surely known`) : undefined
    }),
  ])
}

/** What to say where the state directory or files of ours are named at all. */
export function judgeOwn(word: Word, scope: Scope, tree = false): Opinion {
  const texts = [word.text, ...(placesOf(word, scope) ?? []).map(({ path }) => path)]
  return strictest(
    texts.map((text) => {
      if (isState(text, scope, tree)) return refuse(selfApproval)
      return isOurs(text, scope, tree) ? ask('touches keys or settings the lab is kept safe with') : undefined
    }),
  )
}

function judgeEach(word: Word, scope: Scope, unknownWhy: string, judge: (place: Place) => Opinion): Opinion {
  const places = placesOf(word, scope)
  return places === undefined ? ask(unknownWhy) : strictest(places.map(judge))
}

function writeOpinion(place: Place): Opinion {
  if (place.path === '/proc/sysrq-trigger') return refuse('takes the host down at once, without writing its disks')
  const device = deviceKind(place)
  if (device === 'disk') return refuse('overwrites a device')
  if (device === 'harmless') return undefined
  if (device === 'other') return ask('writes to a device')
  if (/[*?[]/.test(place.path.slice(0, place.path.lastIndexOf('/') + 1))) return ask('writes to a place that is not known before it runs')
  const why = systemReason(place)
  return why === undefined ? undefined : ask(why)
}
