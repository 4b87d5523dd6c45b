import { parseArgs } from 'node:util'

/**
 * @typedef {object} Option What a program may be told behind two dashes.
 * @property {'boolean' | 'string'} type
 * @property {string} says What it is for.
 * @property {string} [value] What stands for its value where it is shown.
 * @property {boolean} [multiple]
 * @property {string | boolean} [default]
 */

/**
 * @template {Readonly<Record<string, Option>>} [Options=Readonly<Record<string, Option>>]
 * @typedef {object} Program A program of the workspace, and what it may be told.
 * @property {string} command How it is called: `npm run bench --`.
 * @property {string} does One sentence.
 * @property {Options} options
 * @property {string} [takes] What it takes besides, where it takes anything.
 */

/**
 * @template {Readonly<Record<string, Option>>} Options
 * @typedef {ReturnType<typeof parseArgs<{ options: Options, allowPositionals: true }>>} Arguments
 */

/**
 * Names the type of a program by what it is.
 * @template {Readonly<Record<string, Option>>} const Options
 * @param {Program<Options>} program
 */
export function defineProgram(program) {
  return program
}

/**
 * Reads arguments; throws a sentence for what the program does not take.
 * @template {Readonly<Record<string, Option>>} Options
 * @param {Program<Options>} program
 * @param {string[]} args
 * @returns {Arguments<Options>}
 */
export function readArguments({ options, takes }, args) {
  try {
    return parseArgs({ args, options, allowPositionals: takes !== undefined })
  } catch (error) {
    // What follows explains how an argument is written that is none of ours.
    const [sentence = ''] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new Error(`${sentence.replace(/\.$/, '')}.`, { cause: error })
  }
}

/**
 * What this process was told, as `read` understands it. Help that is asked for, or what the program does not take, is
 * said, and ends it.
 * @template {Readonly<Record<string, Option>>} Options
 * @template [Told=Arguments<Options>]
 * @param {Program<Options>} program
 * @param {(args: string[]) => Told} [read]
 * @returns {Told}
 */
export function toldTo(program, read = (args) => /** @type {Told} */ (readArguments(program, args))) {
  const args = process.argv.slice(2)
  if (args.some((word) => word === '--help' || word === '-h')) {
    console.log(usageOf(program))
    return process.exit(0)
  }
  try {
    return read(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usageOf(program)}`)
    return process.exit(2)
  }
}

/**
 * How a program is called, and what it may be told.
 * @param {Program} program
 */
export function usageOf({ command, does, options, takes }) {
  const told = Object.entries(options).map(
    ([name, { value, says }]) => /** @type {const} */ ([`--${name}${value === undefined ? '' : ` ${value}`}`, says]),
  )
  const width = Math.max(...told.map(([name]) => name.length), 0)
  return [
    `Usage: ${[command, ...told.map(([name]) => `[${name}]`), ...(takes === undefined ? [] : [takes])].join(' ')}`,
    does,
    ...told.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`),
  ].join('\n')
}
