import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * The path of something this package depends on.
 * @param {string} path
 */
export const installed = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url))

/** A Node of at least 22: this one, or the one among the dependencies. Other people's tests need it. */
export function newerNode() {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath
  const binary = installed(`node-${process.platform}-${process.arch}/bin/node`)
  if (existsSync(binary)) return binary
  throw new Error(
    `The suite needs Node 22, and none is installed for ${process.platform}-${process.arch}: run this task with a newer Node.`,
  )
}
