/** A target with its instance said: `service@instance/kind/name`. What names no instance is of the one given. */
export function qualified(target: string, instance: string): string {
  const { service, instance: own, path } = partsOf(target)
  return `${service}@${own ?? instance}/${path}`
}

/**
 * Reports whether a pattern means a target: `service[@instance]/kind/name`, where `*` stands for any text.
 * Without an instance it means the thing on every instance. Letters count alike, large or small.
 */
export function matchesTarget(pattern: string, target: string): boolean {
  const [wanted, found] = [partsOf(pattern), partsOf(target)]
  return (
    matches(wanted.service, found.service) &&
    (wanted.instance === undefined || matches(wanted.instance, found.instance ?? 'default')) &&
    matches(wanted.path, found.path)
  )
}

function partsOf(target: string): { service: string; instance: string | undefined; path: string } {
  const slash = target.indexOf('/')
  const [head, path] = slash === -1 ? [target, '*'] : [target.slice(0, slash), target.slice(slash + 1)]
  const at = head.indexOf('@')
  return at === -1 ? { service: head, instance: undefined, path } : { service: head.slice(0, at), instance: head.slice(at + 1), path }
}

/** Compares with wildcards in one walk over the text: a pattern of many stars must not take for ever. */
export function matches(pattern: string, text: string): boolean {
  const [wanted, found] = [pattern.toLowerCase(), text.toLowerCase()]
  let [at, place, star, resume] = [0, 0, -1, 0]
  while (place < found.length) {
    if (wanted[at] === '*') {
      star = at
      at += 1
      resume = place
    } else if (at < wanted.length && wanted[at] === found[place]) {
      at += 1
      place += 1
    } else if (star !== -1) {
      at = star + 1
      resume += 1
      place = resume
    } else return false
  }
  while (wanted[at] === '*') at += 1
  return at === wanted.length
}
