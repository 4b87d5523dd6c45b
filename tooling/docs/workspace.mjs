import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serviceNames } from '../structure/packages.mjs'

/**
 * A service with the package it comes in.
 * @typedef {{ directory: string, manifest: PackageManifest, service: import('@rackwarden/core').Service }} ServicePackage
 * @typedef {{ name: string, version: string, description: string }} PackageManifest
 * @typedef {{ root: string, services: readonly ServicePackage[], hub: { directory: string, manifest: PackageManifest } }} Workspace
 */

/**
 * Loads every service of the workspace from what was built of it.
 * @param {string} root
 * @returns {Promise<Workspace>}
 */
export async function openWorkspace(root) {
  const services = await Promise.all(
    serviceNames(root).map(async (name) => {
      const directory = `packages/${name}`
      const url = pathToFileURL(join(root, directory, 'dist/index.js')).href
      /** @type {{ default: import('@rackwarden/core').Service }} */
      const { default: service } = await import(url)
      return { directory, manifest: manifestOf(root, directory), service }
    }),
  )
  return { root, services, hub: { directory: 'apps/hub', manifest: manifestOf(root, 'apps/hub') } }
}

/**
 * @param {string} root
 * @param {string} directory
 * @returns {PackageManifest}
 */
function manifestOf(root, directory) {
  return JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
}
