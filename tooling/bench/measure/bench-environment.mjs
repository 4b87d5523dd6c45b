import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { groups } from '../servers/echo-tools.mjs'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The programs of this repository that are measured, as a user starts them. */
export const bins = {
  docker: join(root, 'packages/docker/dist/bin.cjs'),
  linux: join(root, 'packages/linux/dist/bin.cjs'),
  prometheus: join(root, 'packages/prometheus/dist/bin.cjs'),
  hub: join(root, 'apps/hub/dist/bin.cjs'),
}

/**
 * @param {string} file
 */
export function serverFile(file) {
  return fileURLToPath(new URL(`../servers/${file}`, import.meta.url))
}

const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem']

/** A certificate bundle as companies set it for Node, which reads it at every start; undefined where there is none to try with. */
export function certificateBundle() {
  return [process.env['NODE_EXTRA_CA_CERTS'], ...bundles].find((file) => file !== undefined && existsSync(file))
}

/**
 * A home of its own for every measured program, with nothing of the owner's in it but where commands are.
 * @returns {{ home: string, env: NodeJS.ProcessEnv, remove: () => void }}
 */
export function createEnvironment() {
  const home = mkdtempSync(join(tmpdir(), 'rackwarden-bench-'))
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_CONFIG_HOME: join(home, 'config'),
    RACKWARDEN_STATE_DIR: join(home, 'state'),
    DOCKER_HOST: 'unix:///nowhere.sock',
    LINUX_URL: 'local',
    PROMETHEUS_URL: 'http://127.0.0.1:9',
    ...Object.fromEntries(groups.map((group) => [`${group.toUpperCase()}_URL`, 'http://127.0.0.1'])),
  }
  return { home, env, remove: () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }) }
}
