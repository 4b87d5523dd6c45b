import {
  createApprovalLinks,
  createApprovalRequests,
  createRuntime,
  openOwner,
  readAudit,
  type ApprovalRequest,
  type AuditLine,
  type Clock,
  type Runtime,
} from '@rackwarden/core/runtime'
import { onTestFinished } from 'vitest'
import { createApprovalPages } from '../src/http/approval-pages.ts'
import { startLab, temporaryDirectory } from './lab.ts'
import { send, type RawAnswer } from './raw.ts'

/** The owner's passphrase in every test. */
export const passphrase = 'correct horse battery'

/** What a person is asked in the tests, unless a test says otherwise. */
export const asked: Omit<ApprovalRequest, 'at'> = {
  id: '20260101T000000-abcdef',
  expires_at: '2026-01-01T01:00:00.000Z',
  principal: 'local:assistant',
  service: 'docker',
  instance: 'attic',
  tool: 'restart_container',
  name: 'docker_restart_container',
  input: { container: 'jellyfin' },
  plan: {
    summary: 'Restart jellyfin',
    targets: ['docker/container/jellyfin'],
    diff: ['started: earlier → now'],
    warnings: ['Whoever watches is interrupted.'],
  },
  digest: 'd',
}

/** Time of the tests, which passes only where they say so. */
export function standingClock(): Clock & { pass(milliseconds: number): void } {
  let now = Date.parse('2026-01-01T00:00:00Z')
  return {
    now: () => now,
    sleep: () => Promise.resolve(),
    after: () => () => undefined,
    pass: (milliseconds) => void (now += milliseconds),
  }
}

/** A server with the pages of a state directory, and a person with a browser. */
export interface ApprovalLab {
  port: number
  runtime: Runtime
  clock: ReturnType<typeof standingClock>
  directory: string
  /** Asks for approval; gives the path of the link a person is sent. */
  ask(more?: Partial<ApprovalRequest>): Promise<string>
  open(link: string, headers?: Record<string, string>): Promise<RawAnswer>
  /** Sends the form of a page that was opened, as a browser does. */
  submit(page: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<RawAnswer>
  decisionOf(id?: string): Promise<string | undefined>
  audit(): Promise<AuditLine[]>
}

let ownerRecord: Promise<string> | undefined

/** Making a passphrase is slow on purpose: once for all tests of a file is enough. */
async function makeOwner(runtime: Runtime): Promise<string> {
  await openOwner(runtime).setPassphrase(passphrase)
  return (await runtime.store.read('owner.json')) ?? ''
}

/** Serves the pages; `directory` is that of another lab where they share it. */
export async function startApprovalLab(options: { directory?: string; hasOwner?: boolean } = {}): Promise<ApprovalLab> {
  const directory = options.directory ?? (await temporaryDirectory())
  const clock = standingClock()
  const runtime = createRuntime({ version: '1', environment: {}, stateDirectory: directory, clock, log: () => undefined })
  onTestFinished(() => runtime.close())
  if (options.hasOwner !== false) await runtime.store.write('owner.json', await (ownerRecord ??= makeOwner(runtime)))
  const owner = openOwner(runtime)
  const requests = createApprovalRequests(runtime, owner)
  const notify = { url: 'https://rackwarden.home.example', plainHttp: false, channels: [] }
  const approvals = createApprovalPages({ runtime, notify, host: '127.0.0.1' })
  const { server } = await startLab({ approvals })
  const { port } = server
  return {
    port,
    runtime,
    clock,
    directory,
    async ask(more = {}) {
      const request = { ...asked, ...more }
      await requests.open(request)
      const link = await createApprovalLinks(runtime).linkTo(request, notify.url)
      return link.slice(notify.url.length)
    },
    open: (link, headers = {}) => send(port, { method: 'GET', path: link, headers: { host: 'rackwarden.home.example', ...headers } }),
    submit: (page, fields, headers = {}) => {
      const action = /<form method="post" action="([^"]*)"/.exec(page)?.[1] ?? ''
      const form = new URLSearchParams(fields)
      for (const [, name = '', value = ''] of page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)) form.set(name, value)
      return send(port, {
        path: `/approvals/${action}`,
        headers: {
          host: 'rackwarden.home.example',
          origin: 'https://rackwarden.home.example',
          'sec-fetch-site': 'same-origin',
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: form.toString(),
      })
    },
    decisionOf: async (id = asked.id) => (await requests.get(id))?.decision?.decision,
    audit: async () => {
      await runtime.audit.flush()
      return readAudit(directory)
    },
  }
}
