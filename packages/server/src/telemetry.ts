import type { SpanStart, Tracing } from '@rackwarden/core/runtime'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Context, ReadableSpan, SpanExporter } from './libraries/open-telemetry.ts'

/** Traces of a process on their way to a collector. */
export interface Telemetry {
  readonly tracing: Tracing
  /** Sends what is left, if that takes no longer than a second. */
  close(): Promise<void>
}

/** Who sends traces, and how it says that they do not arrive. */
export interface TelemetryOptions {
  name: string
  version: string
  environment: Readonly<Record<string, string | undefined>>
  warn: (message: string) => void
}

const [closeMs, sendMs] = [1_000, 5_000]
/** Spans kept for a collector that does not take them; what comes beyond is dropped. */
const mostKept = 2_048

/** Where traces are sent; undefined where nobody collects any. */
export function collectorOf({ environment }: Pick<TelemetryOptions, 'environment'>): string | undefined {
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces, OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_SDK_DISABLED: disabled } = environment
  if (disabled?.toLowerCase() === 'true') return undefined
  return traces || (base ? `${base.replace(/\/$/, '')}/v1/traces` : undefined)
}

/** Begins to follow calls where the environment names a collector; nothing of it is loaded elsewhere. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry | undefined> {
  const url = collectorOf(options)
  if (url === undefined) return undefined
  if (!/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : '')) {
    options.warn('OTEL_EXPORTER_OTLP_ENDPOINT is no address of HTTP: nothing is traced.')
    return undefined
  }
  const library = await import('./libraries/open-telemetry.ts')
  const { name, version } = options
  const resource = library
    .resourceFromAttributes({ 'service.name': name, 'service.version': version })
    .merge(library.detectResources({ detectors: [library.envDetector] }))
  const exporter = telling(new library.OTLPTraceExporter({ url, timeoutMillis: sendMs }), new URL(url).origin, options.warn)
  const processor = new library.BatchSpanProcessor(exporter, { maxQueueSize: mostKept, exportTimeoutMillis: sendMs })
  const provider = new library.BasicTracerProvider({ resource, spanProcessors: [processor] })
  const tracer = provider.getTracer('rackwarden', version)
  const within = new AsyncLocalStorage<Context>()
  const kinds = { server: library.SpanKind.SERVER, client: library.SpanKind.CLIENT }

  function contextOf(parent: string | undefined): Context {
    const inherited = within.getStore()
    if (inherited !== undefined) return inherited
    const spanContext = spanContextOf(parent)
    return spanContext === undefined ? library.ROOT_CONTEXT : library.trace.setSpanContext(library.ROOT_CONTEXT, spanContext)
  }

  const tracing: Tracing = {
    async span({ name: spanName, kind, attributes = {}, parent }: SpanStart, work) {
      const context = contextOf(parent)
      const span = tracer.startSpan(
        spanName,
        { kind: kind === undefined ? library.SpanKind.INTERNAL : kinds[kind], attributes: { ...attributes } },
        context,
      )
      const fail = (code: string) => {
        span.setAttribute('error.type', code)
        span.setStatus({ code: library.SpanStatusCode.ERROR })
      }
      try {
        const told = { set: (more: SpanStart['attributes'] = {}) => void span.setAttributes({ ...more }), fail }
        return await within.run(library.trace.setSpan(context, span), () => work(told))
      } catch (error) {
        fail(codeOf(error))
        throw error
      } finally {
        span.end()
      }
    },
  }
  return {
    tracing,
    async close() {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeMs)))
      await Promise.race([provider.shutdown().catch(() => undefined), late])
      clearTimeout(timer)
    },
  }
}

/** An exporter that says once that a collector takes nothing, and once that it does again. */
function telling(exporter: SpanExporter, collector: string, warn: (message: string) => void): SpanExporter {
  let isFailing = false
  return {
    export(spans: ReadableSpan[], done) {
      exporter.export(spans, (result) => {
        const failed = result.error !== undefined
        if (failed && !isFailing) warn(`Traces cannot be sent to ${collector}: ${reasonOf(result.error)}. Calls go on; this is said once.`)
        if (!failed && isFailing) warn(`Traces are sent to ${collector} again.`)
        isFailing = failed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush === undefined ? {} : { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : (message ?? 'no reason given')
}

/** A failure of ours has a code; of others only their kind is told. */
function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'error'
}

/** The span a W3C `traceparent` names; undefined where it is none. */
function spanContextOf(parent: string | undefined): { traceId: string; spanId: string; traceFlags: number; isRemote: true } | undefined {
  const [, version, traceId = '', spanId = '', flags = ''] =
    /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/.exec(parent ?? '') ?? []
  if (version === undefined || version === 'ff' || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}
