import type { Command } from 'commander'
import type { Terminal } from './terminal.ts'

/** A command line that is being written: how commands are added to it, and what several of them take. */
export interface CommandLine<Served> {
  application: Served
  terminal: Terminal
  program: Command
  added: (parent: Command, usage: string, description: string) => Command
  json: (target: Command) => Command
  /** Commands that look at the lab. */
  lab: (target: Command) => Command
  /** Commands that look at the records alone. */
  records: (target: Command) => Command
  /** Keeps how a command ended. */
  ending: <Given extends unknown[]>(run: (...given: Given) => Promise<number>) => (...given: Given) => Promise<void>
}
