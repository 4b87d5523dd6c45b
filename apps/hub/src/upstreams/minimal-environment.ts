import { homedir } from 'node:os'

/** What a program needs to find its own files; everything else of ours is none of its business. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR', 'DISPLAY']

/** What Windows programs do not start without. */
const passedOnInWindows = [
  'APPDATA',
  'COMSPEC',
  'LOCALAPPDATA',
  'PATHEXT',
  'PROGRAMDATA',
  'SYSTEMDRIVE',
  'SYSTEMROOT',
  'TEMP',
  'TMP',
  'USERPROFILE',
  'WINDIR',
]

/** The variable by which programs of a hub, and what they started, are known once it is gone. */
export const markVariable = 'MCP_UPSTREAM_MARK'

/** The environment a foreign server's program is given: a few variables of ours, its own, and its mark. */
export function environmentFor(
  own: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string | undefined>>,
  mark: string,
): Record<string, string> {
  const names = process.platform === 'win32' ? [...passedOn, ...passedOnInWindows] : passedOn
  // What begins so is a function of a shell, and was a way into programs once.
  const given = names.flatMap((name) => (ours[name] === undefined || ours[name].startsWith('()') ? [] : [[name, ours[name]] as const]))
  return { HOME: homeOf(), ...Object.fromEntries(given), ...own, [markVariable]: mark }
}

function homeOf(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}
