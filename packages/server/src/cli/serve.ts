import type { Application } from '../application.ts'
import { createId, localPrincipal, measureCalls, openOwner, tendAudit, type Exposure, type ResultForm } from '@rackwarden/core/runtime'
import type { ApprovalPages, ApprovalPagesOptions } from '../http/approval-pages.ts'
import type { Telemetry } from '../telemetry.ts'
import type { EntranceFlags } from '../http/entrance.ts'
import type { TokenRecord } from '../tokens.ts'
import { exitCodes, reportFailure } from './failure.ts'
import { logCalls, loggingOf, type Logging } from './logging.ts'
import { exposureFor, notifyOf, openApplication, type Opened, type OpenOptions } from './open.ts'
import { hangupEnds, reloadOnChange } from './reload.ts'
import type { Terminal } from './terminal.ts'

/** What `serve` can be told. */
export interface ServeOptions extends OpenOptions, EntranceFlags {
  results?: ResultForm
  /** How the log is written: `text` or `json`. */
  log?: string
  expose?: Exposure
}

/** The process is gone this long after it was told to end, whatever hangs. */
const lastMs = 10_500

/** Foreign servers are connected to so long after serving began. */
const connectAfterMs = 300

/** Serves the application until its client is gone or it is told to end. */
export async function serve(application: Application, options: ServeOptions, asked: Terminal): Promise<number> {
  const { logging, terminal } = await loggingOf(application, options.log, asked)
  const telemetry = await telemetryOf(application, logging, terminal)
  try {
    return await serveLogged(application, { ...options, logging, tracing: telemetry?.tracing }, terminal)
  } catch (error) {
    // What is read by a program is so to the end.
    return reportFailure(error, terminal)
  } finally {
    await telemetry?.close()
  }
}

/** Traces, where the environment says who collects them. */
async function telemetryOf({ name, version }: Application, { log }: Logging, { environment }: Terminal): Promise<Telemetry | undefined> {
  if (!Object.keys(environment).some((variable) => variable.startsWith('OTEL_EXPORTER_OTLP'))) return undefined
  const { openTelemetry } = await import('../telemetry.ts')
  return openTelemetry({ name, version, environment, warn: (message) => log('warn', message) })
}

async function serveLogged(application: Application, options: ServeOptions & { logging: Logging }, terminal: Terminal): Promise<number> {
  const opened = tended(await openApplication(application, options, terminal), options, terminal)
  logCalls(opened.runtime, options.logging)
  const notify = notifyOf(opened.catalogue.configuration)
  if (notify?.plainHttp === true)
    opened.runtime.log(
      'warn',
      `approval.notify: whoever sits between a phone and ${notify.url} can read the passphrase (plainHttp is set).`,
    )
  const tell = (error: unknown) => opened.runtime.log('error', `unexpected: ${error instanceof Error ? error.message : String(error)}`)
  process.on('unhandledRejection', tell)
  process.on('uncaughtException', (error) => {
    tell(error)
    process.exit(exitCodes.failed)
  })
  const isAsked = options.http !== undefined || Boolean(terminal.environment['RACKWARDEN_HTTP'])
  return isAsked ? serveOverHttp(opened, options, terminal) : serveOverStdio(opened, options, terminal)
}

/** Looks after audit and configuration for as long as it serves. */
function tended(opened: Opened, options: ServeOptions, terminal: Terminal): Opened {
  const { runtime, catalogue } = opened
  // What a process that was killed left paused; nobody is contacted where there is nothing of that kind.
  void catalogue.resumeWatchers()
  // What it had begun goes on without it, and is known by its task.
  void catalogue.followBegun()
  const stop = tendAudit({ runtime, policy: catalogue.configuration.audit ?? {}, requests: catalogue.requests })
  const stopReloading = reloadOnChange(opened, options, terminal)
  return {
    ...opened,
    async close(graceMs) {
      const began = Date.now()
      stopReloading()
      await stop()
      await opened.close(graceMs === undefined ? undefined : Math.max(500, graceMs - (Date.now() - began)))
    },
  }
}

async function serveOverStdio(opened: Opened, options: ServeOptions, terminal: Terminal): Promise<number> {
  const { results = 'text' } = options
  const { serveStdio } = await import('../stdio.ts')
  const { catalogue, runtime, caller } = opened
  const server = serveStdio({ surface: catalogue, caller, exposure: exposureFor(opened, options, terminal), results, log: runtime.log })
  connectSoon(opened)
  const told = onceToldToEnd(terminal)
  await Promise.race([server.ended, told])
  return end(opened, () => server.close())
}

async function serveOverHttp(opened: Opened, options: ServeOptions, terminal: Terminal): Promise<number> {
  const { environment, complain } = terminal
  const exposure = exposureFor(opened, options, terminal)
  const [{ serveHttp }, { openTokens }, { entranceOf }, { tokenOf }] = await Promise.all([
    import('../http.ts'),
    import('../tokens.ts'),
    import('../http/entrance.ts'),
    import('../http/authentication.ts'),
  ])
  const { catalogue, runtime, caller } = opened
  const { results = 'text' } = options
  measureCalls(runtime)
  const environmentToken = await tokenOf(environment)
  if (environmentToken !== undefined) runtime.secrets.add(environmentToken)
  const { listening, publicUrl, isPublic, trustProxy, allowHosts, allowOrigins } = entranceOf(
    options,
    environment,
    catalogue.configuration.http,
  )
  const names = { allowHosts, allowOrigins }
  const tokens = openTokens({ ...runtime, owner: openOwner(runtime), refused: onceEach((record) => tellRefused(opened, record)) })
  if (isPublic && environmentToken === undefined && !(await tokens.any()))
    runtime.log('warn', `Whoever comes through ${publicUrl} needs a token, and there is none: 'token create <name>' makes one.`)
  const server = await serveHttp({
    surface: catalogue,
    address: listening,
    get tier() {
      return catalogue.tier
    },
    tokens,
    environmentToken,
    localPrincipal: localPrincipal(),
    results,
    exposure,
    ...names,
    publicUrl,
    trustProxy,
    approvals: await approvalPages(opened, { ...names, host: listening.host }),
    measures: runtime.measures,
    log: runtime.log,
  })
  const tools = catalogue.list({ caller, exposure: exposure() }).length
  connectSoon(opened)
  const reached = publicUrl === undefined ? '' : `, for clients at ${publicUrl}/mcp`
  complain(
    `${catalogue.title} ${catalogue.version} serves ${tools} tools at ${server.url}${reached}, tier ${catalogue.tier}. Ctrl-C ends it.`,
  )
  await onceToldToEnd(terminal)
  return end(opened, () => server.close())
}

/** A token nobody signed is somebody's attempt, or one that was made before the passphrase: both are for the owner to know. */
function tellRefused({ runtime }: Opened, { name, tier, services }: TokenRecord): void {
  const error = `denied: The token '${name}' is not signed by the owner.`
  runtime.log('warn', `${error} 'token rotate ${name}' gives it a new secret, 'token revoke ${name}' takes it away.`)
  const call = createId(runtime.clock, runtime.random)
  const entry = {
    call,
    kind: 'approval',
    tool: 'token',
    service: '',
    instances: [],
    access: tier,
    input: { name, tier, services },
  } as const
  runtime.audit.record({ ...entry, principal: `token:${name}`, result: 'error', error })
}

function onceEach(tell: (record: TokenRecord) => void): (record: TokenRecord) => void {
  const told = new Set<string>()
  return (record) => {
    if (told.has(record.hash)) return
    told.add(record.hash)
    tell(record)
  }
}

/** The pages on which a person approves, where they are told of requests. */
async function approvalPages(
  { catalogue, runtime }: Opened,
  names: Pick<ApprovalPagesOptions, 'host' | 'allowHosts' | 'allowOrigins'>,
): Promise<ApprovalPages | undefined> {
  const notify = notifyOf(catalogue.configuration)
  return notify === undefined ? undefined : (await import('../http/approval-pages.ts')).createApprovalPages({ ...names, runtime, notify })
}

/** The first requests of a client are answered before anybody else is asked anything. */
function connectSoon({ connect }: Opened): void {
  setTimeout(connect, connectAfterMs).unref()
}

/** Ends in order, and within ten seconds in all. */
async function end(opened: Opened, close: () => Promise<void>): Promise<number> {
  const began = Date.now()
  setTimeout(() => process.exit(exitCodes.failed), lastMs).unref()
  await close()
  await opened.close(Math.max(500, 10_000 - (Date.now() - began)))
  return exitCodes.ok
}

/** Resolves at the first signal; a second one ends the process at once. */
function onceToldToEnd(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    let told = false
    for (const signal of ['SIGINT', 'SIGTERM', ...(hangupEnds(terminal) ? (['SIGHUP'] as const) : [])] as const)
      process.on(signal, () => {
        if (told) process.exit(exitCodes.failed)
        told = true
        resolve()
      })
  })
}
