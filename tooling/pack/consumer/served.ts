import type { Service } from '@rackwarden/core'
import { createRuntime, openCatalogue, type Catalogue } from '@rackwarden/core/runtime'
import {
  openTokens,
  parseAddress,
  run,
  serveHttp,
  serveStdio,
  type Application,
  type HttpServer,
  type StdioServer,
} from '@rackwarden/server'
import { PassThrough } from 'node:stream'

const log = () => undefined

/** A program of the consumer's own; it is not started here. */
export const program: { start: (application: Application) => Promise<void>; application: (service: Service) => Application } = {
  start: run,
  application: (service) => ({ name: 'consumer', title: 'Consumer', version: '1.0.0', services: [service], prefixed: true }),
}

/** Serves a service over HTTP and over stdio, and gives what it said of itself over each. */
export async function answers(service: Service, stateDirectory: string): Promise<{ http: number; stdio: string }> {
  const runtime = createRuntime({ version: '1.0.0', environment: {}, stateDirectory, log })
  const { simulation, ...catalogue } = await openPretended(service, runtime)
  const address = parseAddress('127.0.0.1:0')
  const tokens = openTokens(runtime)
  const http: HttpServer = await serveHttp({
    surface: catalogue.surface,
    address,
    tier: 'observe',
    tokens,
    localPrincipal: 'local:consumer',
    log,
  })
  const response = await fetch(http.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(initialize),
  })
  await response.text()
  await http.close()

  const [input, output] = [new PassThrough(), new PassThrough()]
  const stdio: StdioServer = serveStdio({
    surface: catalogue.surface,
    caller: { principal: 'local:consumer', tier: 'observe' },
    log,
    input,
    output,
  })
  input.end(`${JSON.stringify(initialize)}\n`)
  await stdio.finished
  await catalogue.surface.close()
  await runtime.close()
  await simulation.close?.()
  return { http: response.status, stdio: String(output.read()) }
}

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'consumer', version: '1.0.0' } },
}

async function openPretended(service: Service, runtime: ReturnType<typeof createRuntime>) {
  const simulation = await (await service.simulate()).default()
  const surface: Catalogue = openCatalogue({
    name: 'consumer',
    title: 'Consumer',
    services: [service],
    prefixed: true,
    runtime,
    configuration: { tier: 'observe', services: {} },
    simulations: new Map([[service.name, simulation]]),
  })
  return { simulation, surface }
}
