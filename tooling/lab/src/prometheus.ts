/** One of the processes of a metrics stack. */
export type MetricsProcess = 'prometheus' | 'alertmanager' | 'node-exporter'

/** Prometheus with its Alertmanager and a node exporter, on loopback ports of this machine. */
export interface PrometheusStack {
  readonly directory: string
  /** `http://127.0.0.1:<port>` of Prometheus. */
  readonly url: string
  readonly alertmanagerUrl: string
  /** `127.0.0.1:<port>`, the target Prometheus scrapes as job `node`. */
  readonly nodeExporterAddress: string
  /** `127.0.0.1:<port>` of the target of job `gone`, where nothing listens. */
  readonly deadAddress: string
  /** Starts what is stopped, on the same port and data, and waits until it is ready. */
  start(which?: MetricsProcess): Promise<void>
  stop(which?: MetricsProcess): Promise<void>
  /** Leaves a process accepting connections and answering none, until `resume`. */
  hang(which: MetricsProcess): void
  resume(which: MetricsProcess): void
  running(which: MetricsProcess): boolean
  /** Waits until `LabAlwaysFiring` has reached Alertmanager. */
  waitForAlert(): Promise<void>
  /** Stops everything and removes every trace of it. */
  down(): Promise<void>
}

/** What a stack scrapes besides itself, and where it lives. */
export interface PrometheusOptions {
  /** More things to scrape every second, each a job of its own. */
  targets?: readonly { job: string; address: string; labels?: Readonly<Record<string, string>> }[]
  /** More rule groups, as Prometheus reads them in JSON. */
  ruleGroups?: readonly { name: string; rules: readonly Readonly<Record<string, unknown>>[] }[]
  directory?: string
  detached?: boolean
}
