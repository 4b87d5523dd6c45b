import { isAbsolute, join, resolve } from 'node:path'
import type { LineCounter, Document } from 'yaml'
import { ToolError } from '../define/error.ts'
import { homeDirectory, type Environment } from './environment.ts'
import { readTextFile } from './text-file.ts'

/** Name of the file a configuration is read from where no other is given. */
export const configurationFileName = 'rackwarden.yaml'

/** A configuration file as plain data, able to say on which line a key stands. */
export interface ConfigurationFile {
  readonly path: string
  readonly data: Readonly<Record<string, unknown>>
  /** `rackwarden.yaml:7`, or the path alone where the key is not in the file. */
  at(...keys: readonly string[]): string
}

/** The directory of this user's configuration, whether or not it is there. */
export function configurationDirectory(environment: Environment): string {
  const { XDG_CONFIG_HOME = '' } = environment
  // As the XDG specification has it, a relative path counts as none: it would lead elsewhere from every directory.
  return join(isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : join(homeDirectory(environment), '.config'), 'rackwarden')
}

/** Reads the file named, or the first of the working directory's and the user's; undefined where there is none, or where it is `false`. */
export async function readConfigurationFile(options: {
  file?: string | false | undefined
  directory: string
  environment: Environment
}): Promise<ConfigurationFile | undefined> {
  if (options.file === false) return undefined
  if (options.file !== undefined) {
    const path = resolve(options.directory, options.file)
    const text = await textOf(path)
    if (text === undefined)
      throw new ToolError('invalid_config', `There is no configuration file ${path}.`, { hint: 'Check the path given with --config.' })
    return parse(path, text)
  }
  for (const path of [
    join(options.directory, configurationFileName),
    join(configurationDirectory(options.environment), configurationFileName),
  ]) {
    const text = await textOf(path)
    if (text !== undefined) return parse(path, text)
  }
  return undefined
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readTextFile(path)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ToolError('invalid_config', `The configuration file ${path} cannot be read: ${message}.`, {
      hint: 'Check who may read it.',
      cause,
    })
  }
}

async function parse(path: string, text: string): Promise<ConfigurationFile> {
  // Loaded only where there is a file: a server configured by environment does not pay for it.
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const { document, data } = parsed(() => {
    const found = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false })
    const [error] = found.errors
    // What follows a colon quotes the file, where passwords may stand.
    if (error !== undefined)
      throw new ToolError('invalid_config', `${path}:${lines.linePos(error.pos[0]).line}: ${error.message.replace(/: .*$/s, '')}`, {
        hint: 'The file must be YAML; put values that hold signs of its own in quotes.',
        cause: error,
      })
    return { document: found, data: (found.toJS() ?? {}) as unknown }
  }, path)
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new ToolError('invalid_config', `${path}: the file must hold keys and values.`, { hint: 'Begin with `tier:` or `services:`.' })
  return { path, data: data as Record<string, unknown>, at: (...keys) => position(yaml.isNode, document, lines, path, keys) }
}

/** The parser throws for what is nested without end, and for aliases that lead nowhere or to too much. */
function parsed<T>(parsing: () => T, path: string): T {
  try {
    return parsing()
  } catch (error) {
    if (ToolError.isInstance(error)) throw error
    const why = error instanceof ReferenceError ? 'an alias leads nowhere, or too many of them lead to too much' : 'it is nested too deep'
    throw new ToolError('invalid_config', `${path}: ${why}.`, { hint: 'Put values that begin with * or & in quotes.', cause: error })
  }
}

function position(
  isNode: (value: unknown) => boolean,
  document: Document,
  lines: LineCounter,
  path: string,
  keys: readonly string[],
): string {
  for (let length = keys.length; length > 0; length -= 1) {
    const node = document.getIn(keys.slice(0, length), true) as { range?: [number, number, number] } | undefined
    if (node !== undefined && isNode(node) && node.range) return `${path}:${lines.linePos(node.range[0]).line}`
  }
  return path
}
