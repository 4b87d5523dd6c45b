import { ToolError } from '@rackwarden/core'
import { isRecord } from '../json-rpc.ts'
import { backUp, textOf, writePrivate } from './init/private-file.ts'

/** A file of somebody else's settings: one object of JSON. */
export interface JsonFile {
  readonly path: string
  readonly data: Readonly<Record<string, unknown>>
  /** What stands there; undefined where there is no file. */
  readonly text: string | undefined
}

/** Reads such a file; one that is not there, or empty, holds nothing. Throws where it is anything else. */
export async function readJsonFile(path: string): Promise<JsonFile> {
  const text = await textOf(path)
  return { path, text, data: text === undefined || text.trim() === '' ? {} : parsed(path, text) }
}

/** The text a file would have with other data in it, written as it was written. */
export function textWith({ text }: JsonFile, data: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(data, null, indentOf(text))}\n`
}

/** Puts other data into the file; says where a copy of what it was is, if there was anything. */
export async function writeJsonFile(file: JsonFile, data: Readonly<Record<string, unknown>>): Promise<{ backup?: string }> {
  const backup = file.text === undefined ? undefined : await backUp(file.path)
  await writePrivate(file.path, textWith(file, data))
  return backup === undefined ? {} : { backup }
}

function parsed(path: string, text: string): Record<string, unknown> {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch (cause) {
    throw new ToolError('invalid_config', `${path} is not JSON, and was left as it is.`, { hint: 'Add the entry by hand.', cause })
  }
  if (isRecord(data)) return data
  throw new ToolError('invalid_config', `${path} holds no object, and was left as it is.`, { hint: 'Add the entry by hand.' })
}

function indentOf(text: string | undefined): string | number {
  return /^\{\r?\n([ \t]+)/.exec(text ?? '')?.[1] ?? 2
}
