import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { LineCounter, Document } from 'yaml'
import { ToolError } from '../define/error.ts'
import type { Environment } from './environment.ts'

const fileName = 'rackwarden.yaml'

/** A configuration file as plain data, able to say on which line a key stands. */
export interface ConfigurationFile {
  readonly path: string
  readonly data: Readonly<Record<string, unknown>>
  /** `rackwarden.yaml:7`, or the path alone where the key is not in the file. */
  at(...keys: readonly string[]): string
}

/** Reads the file named, or the first of the working directory's and the user's; undefined where there is none. */
export async function readConfigurationFile(options: {
  file?: string | undefined
  directory: string
  environment: Environment
}): Promise<ConfigurationFile | undefined> {
  if (options.file !== undefined) {
    const path = resolve(options.directory, options.file)
    const text = await textOf(path)
    if (text === undefined)
      throw new ToolError('invalid_config', `There is no configuration file ${path}.`, { hint: 'Check the path given with --config.' })
    return parse(path, text)
  }
  const userDirectory = options.environment['XDG_CONFIG_HOME'] || join(options.environment['HOME'] ?? '', '.config')
  for (const path of [join(options.directory, fileName), join(userDirectory, 'rackwarden', fileName)]) {
    const text = await textOf(path)
    if (text !== undefined) return parse(path, text)
  }
  return undefined
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ToolError('invalid_config', `The configuration file ${path} cannot be read: ${code ?? 'unknown error'}.`, {
      hint: 'Check who may read it.',
      cause,
    })
  }
}

async function parse(path: string, text: string): Promise<ConfigurationFile> {
  // Loaded only where there is a file: a server configured by environment does not pay for it.
  const yaml = await import('yaml')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined)
    throw new ToolError('invalid_config', `${path}:${lines.linePos(error.pos[0]).line}: ${error.message}`, {
      hint: 'The file must be YAML.',
      cause: error,
    })
  const data: unknown = document.toJS() ?? {}
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    throw new ToolError('invalid_config', `${path}: the file must hold keys and values.`, { hint: 'Begin with `tier:` or `services:`.' })
  return { path, data: data as Record<string, unknown>, at: (...keys) => position(yaml.isNode, document, lines, path, keys) }
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
