import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What the lab can run, and what it needs to run it. */
export interface Component {
  /** A required component that is missing fails under `CI=true`; an optional one is skipped. */
  ci: 'required' | 'optional'
  root: boolean
  /** Whether it lives in namespaces of its own, which not every container allows. */
  namespaces?: boolean
  executables: readonly string[]
  /** Files and devices it needs besides. */
  files?: readonly string[]
  /** Debian packages that bring the executables. */
  packages: readonly string[]
}

/** The search path with the directories daemons live in, which a plain user's lacks. */
export function searchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter)
}

/** The namespaces a component of its own network, mounts and processes lives in. */
export const namespaces: readonly string[] = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc']

/** Whether namespaces may be made here. */
export function canIsolate(): boolean {
  return spawnSync('unshare', [...namespaces, 'true'], { stdio: 'ignore', env: { PATH: searchPath() } }).status === 0
}

/** Says why a component cannot run here; undefined when it can. */
export function missingComponent(name: string): string | undefined {
  const component = readComponents()[name]
  if (component === undefined) return `the lab knows no component '${name}'`
  if (process.platform !== 'linux') return `${name} runs on Linux only`
  const absent = component.executables.filter((executable) => executablePath(executable) === undefined)
  absent.push(...(component.files ?? []).filter((file) => !existsSync(file)))
  if (absent.length > 0) return `${name} needs ${absent.join(', ')} (Debian: ${component.packages.join(' ')})`
  if (component.root && process.getuid?.() !== 0) return `${name} needs root`
  if (component.namespaces === true && !canIsolate()) return `${name} needs the right to make namespaces`
  return undefined
}

/** Like `missingComponent`, but prints the reason, and throws it under `CI=true` when the component is required. */
export function requireComponent(name: string): string | undefined {
  const reason = missingComponent(name)
  return reason === undefined ? undefined : withoutComponent(name, reason)
}

/** Does without a component for a reason, which is printed; throws it under `CI=true` when the component is required. */
export function withoutComponent(name: string, reason: string): string {
  const required = readComponents()[name]?.ci !== 'optional'
  if (required && process.env['CI'] === 'true') throw new Error(`A required component is missing: ${reason}`)
  process.stderr.write(`skipped: ${reason}\n`)
  return reason
}

function readComponents(): Record<string, Component> {
  const file = new URL('../components.json', import.meta.url)
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Component>
}

/** The path of a program on the search path; undefined where there is none. */
export function executablePath(name: string): string | undefined {
  return searchPath()
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
