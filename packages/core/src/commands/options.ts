import { isKnown, mayBeOption, type Word } from './shell/word.ts'

/** Which options a program knows, and which of them take a value. */
export interface OptionTable {
  flags: Set<string>
  values: Set<string>
  /** A value may be attached, but never follows as a word of its own. */
  attached: Set<string>
}

/** Options as given, in whatever spelling, and what else there is. */
export interface Options {
  given: { name: string; value?: Word }[]
  operands: Word[]
  /** The first word that might be an option nobody knows. */
  unclear?: Word
}

/** Reads `-r --recursive -n: --lines: -i?`: a colon where a value follows, a question mark where one may be attached. */
export function optionTable(text: string): OptionTable {
  const table: OptionTable = { flags: new Set(), values: new Set(), attached: new Set() }
  for (const item of text.split(' ')) {
    if (item.endsWith(':')) table.values.add(item.slice(0, -1))
    else if (item.endsWith('?')) table.attached.add(item.slice(0, -1))
    else if (item !== '') table.flags.add(item)
  }
  return table
}

/** Takes options apart from operands; with `stops`, at the first operand, as wrappers do. */
export function readOptions(words: readonly Word[], table: OptionTable, stops = false): Options {
  const options: Options = { given: [], operands: [] }
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!
    if (word.text === '--' && isKnown(word)) {
      options.operands.push(...words.slice(index + 1))
      return options
    }
    if (!mayBeOption(word) || word.text === '-') {
      options.operands.push(...(stops ? words.slice(index) : [word]))
      if (stops) return options
      continue
    }
    const before = options.given.length
    const wants = isKnown(word) || word.text.startsWith('-') ? takeOption(word, table, options) : 'unclear'
    if (wants === 'unclear' || (word.globs && !word.quoted)) options.unclear ??= word
    if (wants === 'unclear' && stops) {
      options.operands.push(...words.slice(index + 1))
      return options
    }
    if (wants === 'value') {
      const value = words[++index]
      if (value === undefined) options.unclear ??= word
      else {
        options.given.at(-1)!.value = value
        if (value.splits) options.unclear ??= value
      }
    }
    if (options.given.length === before && wants !== 'unclear') options.unclear ??= word
  }
  return options
}

type Wants = 'nothing' | 'value' | 'unclear'

function takeOption(word: Word, table: OptionTable, options: Options): Wants {
  return word.text.startsWith('--') ? takeLong(word, table, options) : takeShort(word, table, options)
}

function takeLong(word: Word, table: OptionTable, options: Options): Wants {
  const equals = word.text.indexOf('=')
  const written = equals < 0 ? word.text : word.text.slice(0, equals)
  const name = fullName(written, table)
  if (name === undefined || (equals < 0 && !isKnown(word))) return 'unclear'
  if (equals >= 0) options.given.push({ name, value: { ...word, text: word.text.slice(equals + 1) } })
  else options.given.push({ name })
  return equals < 0 && table.values.has(name) ? 'value' : 'nothing'
}

/** GNU programs take any beginning of a long option that fits only one. */
function fullName(written: string, { flags, values, attached }: OptionTable): string | undefined {
  const all = [...flags, ...values, ...attached]
  if (all.includes(written)) return written
  const fitting = all.filter((name) => name.startsWith('--') && name.startsWith(written))
  return fitting.length === 1 ? fitting[0] : undefined
}

function takeShort(word: Word, { flags, values, attached }: OptionTable, options: Options): Wants {
  const { text } = word
  if (flags.has('-#') && /^-\d+$/.test(text)) {
    options.given.push({ name: '-#', value: { ...word, text: text.slice(1) } })
    return 'nothing'
  }
  // `-br`, `-exec`: options of one dash and several letters.
  if (text.length > 2 && (flags.has(text) || values.has(text))) {
    options.given.push({ name: text })
    return values.has(text) ? 'value' : 'nothing'
  }
  for (let index = 1; index < text.length; index++) {
    const name = `-${text[index]}`
    const rest = text.slice(index + 1)
    if (flags.has(name)) options.given.push({ name })
    else if (values.has(name) || attached.has(name)) {
      options.given.push(rest === '' ? { name } : { name, value: { ...word, text: rest } })
      return rest === '' && values.has(name) ? 'value' : 'nothing'
    } else return 'unclear'
  }
  return isKnown(word) ? 'nothing' : 'unclear'
}
