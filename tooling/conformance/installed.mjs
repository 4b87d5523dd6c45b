import { fileURLToPath } from 'node:url'

/**
 * The path of something this package depends on.
 * @param {string} path
 */
export const installed = (path) => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url))
