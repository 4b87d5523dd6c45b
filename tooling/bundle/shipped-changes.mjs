/**
 * @typedef {{ name: string, inputs: string[] }} Record What a published package ships besides what tsc makes of it.
 * @typedef {{ [name: string]: string }} Versions
 * @typedef {{ [name: string]: { version: string } }} Resolved
 * @typedef {{ importers: { [directory: string]: { dependencies?: Resolved, devDependencies?: Resolved } }, snapshots: { [key: string]: { dependencies?: Versions, optionalDependencies?: Versions } } }} LockFile
 */

/**
 * The packages that ship something that changed: a file of the workspace, or a library in another version than before.
 * @param {readonly Record[]} records
 * @param {{ files: ReadonlySet<string>, before: LockFile, now: LockFile }} change
 * @returns {{ name: string, libraries: string[] }[]} With the libraries that are new in them, as `name@version`.
 */
export function shippedChanges(records, { files, before, now }) {
  return records.flatMap(({ name, inputs }) => {
    const known = librariesGiven(before, inputs)
    const libraries = [...librariesGiven(now, inputs)].filter((library) => !known.has(library))
    return libraries.length > 0 || inputs.some((input) => files.has(input)) ? [{ name, libraries }] : []
  })
}

/**
 * The versions in which the workspace's packages in a bundle are given the libraries in it, directly or through each
 * other; a version that only tools are given is none of them.
 * @param {LockFile} lock
 * @param {readonly string[]} inputs
 * @returns {Set<string>} `name@version`, with the peers and patches that make it what it is.
 */
function librariesGiven({ importers, snapshots }, inputs) {
  const names = new Set(inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []))
  const directories = new Set(
    inputs.filter((input) => !input.includes('node_modules/')).map((input) => input.split('/').slice(0, 2).join('/')),
  )
  /** @type {Set<string>} */
  const found = new Set()
  /** @param {[string, string][]} dependencies */
  const follow = (dependencies) => {
    for (const [name, version] of dependencies) {
      // An alias is given with the name of what it stands for.
      const key = version in snapshots ? version : `${name}@${version}`
      if (found.has(key) || !names.has(key.slice(0, key.indexOf('@', 1)))) continue
      found.add(key)
      follow(Object.entries({ ...snapshots[key]?.dependencies, ...snapshots[key]?.optionalDependencies }))
    }
  }
  for (const directory of directories) {
    const { dependencies, devDependencies } = importers[directory] ?? {}
    follow(Object.entries({ ...devDependencies, ...dependencies }).map(([name, { version }]) => [name, version]))
  }
  return found
}
