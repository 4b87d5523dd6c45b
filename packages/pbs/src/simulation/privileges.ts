import { roles } from '../roles.ts'

const told = ['/', '/access', '/datastore', '/remote', '/system']

/** What a token may do, by the roles it has on paths. */
export function createPrivileges(given: Readonly<Record<string, string | readonly string[]>>) {
  /** The roles that are set nearest count, and no others. */
  const on = (path: string): readonly string[] => {
    let at = path
    for (;;) {
      const here = given[at]
      if (here !== undefined) return [here].flat().flatMap((role) => roles[role] ?? [])
      if (at === '/') return []
      at = at.slice(0, at.lastIndexOf('/')) || '/'
    }
  }
  return {
    has: (path: string, ...any: readonly string[]) => any.some((privilege) => on(path).includes(privilege)),
    /** As the server tells it; paths without any privilege are left out. */
    map: () =>
      Object.fromEntries(
        [...new Set([...told, ...Object.keys(given)])]
          .map((path) => [path, Object.fromEntries(on(path).map((privilege) => [privilege, true]))] as const)
          .filter(([, own]) => Object.keys(own).length > 0),
      ),
  }
}

/** What a token may do. */
export type Privileges = ReturnType<typeof createPrivileges>
