import { isRecord } from '../../json-rpc.ts'
import type { SettingsPath } from '../settings/json-edit.ts'
import { changeSettings, readSettings } from '../settings/settings-format.ts'
import { openSettings, type SettingsFile } from '../settings/settings-file.ts'
import { entryKeys, type Client, type ClientInput, type ServerEntry } from './client.ts'

/** A server as it stands in a client's settings, with what is asked for it. */
export interface Registration {
  readonly entry: Readonly<Record<string, unknown>>
  readonly inputs: readonly ClientInput[]
}

/** A client's settings, opened to put a server in or take it out. */
export interface ClientSettings {
  readonly file: SettingsFile
  /** Every server that stands there. */
  readonly servers: Readonly<Record<string, unknown>>
  /** Servers Claude Code keeps there for the project in a directory alone. */
  readonly local: Readonly<Record<string, unknown>>
  /** What stands there for a server; undefined where nothing does. */
  registration(name: string): Registration | undefined
  /** The text with a server as it is to be, or without it; what somebody added to the entry stays. */
  withServer(name: string, server: ServerEntry | undefined): Promise<string>
  /** The text with exactly this in the place of a server, or without it. */
  withRegistration(name: string, registration: Registration | undefined): Promise<string>
}

type Entry = Readonly<Record<string, unknown>>

/** Opens a client's settings; throws where they are not what the client itself could read. */
export async function openClient(client: Client, path: string, directory = ''): Promise<ClientSettings> {
  const file = await openSettings(path)
  const { key, format } = client
  const settings = await readSettings(file.text ?? '', format, path)
  const servers = isRecord(settings[key]) ? settings[key] : {}
  const projects = isRecord(settings['projects']) ? settings['projects'][directory] : undefined
  const inputs = (Array.isArray(settings['inputs']) ? settings['inputs'] : []) as readonly unknown[]
  const isInput = (input: unknown): input is ClientInput => isRecord(input) && typeof input['id'] === 'string'

  function registration(name: string): Registration | undefined {
    const entry = servers[name]
    if (!isRecord(entry)) return undefined
    return { entry, inputs: client.inputs === undefined ? [] : inputs.filter(isInput).filter(({ id }) => id === `${name}-token`) }
  }

  async function withRegistration(name: string, next: Registration | undefined): Promise<string> {
    let text = file.text ?? ''
    const change = async (at: SettingsPath, value: unknown) => {
      text = await changeSettings(text, format, { at, value }, path)
    }
    // In TOML an empty table is a line that was not there; in JSON comments may stand between the braces.
    const isLast = format === 'toml' && next === undefined && Object.keys(servers).every((other) => other === name)
    if (next !== undefined || name in servers) await change(isLast ? [key] : [key, name], next?.entry)
    if (client.inputs === undefined) return text
    const id = `${name}-token`
    const there = inputs.findIndex((input) => isInput(input) && input.id === id)
    const [wanted] = next?.inputs ?? []
    const isUsed = Object.entries(servers).some(([other, entry]) => other !== name && JSON.stringify(entry).includes(`\${input:${id}}`))
    if (wanted !== undefined && there < 0)
      await (inputs.length === 0 ? change(['inputs'], [wanted]) : change(['inputs', inputs.length], wanted))
    else if (wanted !== undefined && JSON.stringify(inputs[there]) !== JSON.stringify(wanted)) await change(['inputs', there], wanted)
    else if (wanted === undefined && there >= 0 && !isUsed) await change(['inputs', there], undefined)
    return text
  }

  return {
    file,
    servers,
    local: isRecord(projects) && isRecord(projects['mcpServers']) ? projects['mcpServers'] : {},
    registration,
    withRegistration,
    withServer(name, server) {
      if (server === undefined) return withRegistration(name, undefined)
      const before = registration(name)
      const entry = merged(before?.entry ?? {}, client.entry(name, server))
      const asked = client.inputs?.(name, server) ?? []
      // A description somebody gave the question is theirs.
      return withRegistration(name, { entry, inputs: asked.map((input) => before?.inputs.find(({ id }) => id === input.id) ?? input) })
    },
  }
}

/** The entry as it is to be, with what somebody added to the one before: variables, limits, headers of their own. */
function merged(before: Entry, entry: Entry): Entry {
  const kept = Object.fromEntries(Object.entries(before).filter(([key]) => !entryKeys.includes(key)))
  const headers = 'command' in entry || !isRecord(before['headers']) ? undefined : before['headers']
  const all = headers === undefined ? {} : { headers: { ...headers, ...(isRecord(entry['headers']) ? entry['headers'] : {}) } }
  const after = { ...kept, ...entry, ...all }
  // The order of keys is theirs, too.
  const order = [...Object.keys(before).filter((key) => key in after), ...Object.keys(after)]
  return Object.fromEntries([...new Set(order)].map((key) => [key, after[key as keyof typeof after]]))
}
