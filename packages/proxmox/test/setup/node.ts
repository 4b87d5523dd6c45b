import { createCertificate, forwardTo, serveHandler, type TestCertificate } from '@rackwarden/core/testing'
import { startPretendMachine, type PretendMachine, type SshServerOptions } from '@rackwarden/lab'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import simulate from '../../src/simulate.ts'
import { defaultWorld } from '../../src/simulation/default-world.ts'
import { wholeToken } from '../../src/simulation/rights.ts'
import type { SimulatedToken } from '../../src/simulation/world.ts'

/** What the programs of a pretend node keep. */
export interface NodeState {
  release: 8 | 9
  users: Record<string, { comment?: string; tokens: Record<string, { value: string; comment?: string; privsep: string }> }>
  roles: Record<string, string[]>
  acl: { path: string; ugid: string; roleid: string; type?: string; propagate?: number }[]
  /** How they were called. */
  called: string[]
  /** Calls that fail, by a part of them. */
  failing: { when: string; says?: string }[]
  fingerprint: string
  certificateFile: string
  /** Where the nodes say they are, and what they show. */
  nodes: Record<string, { address: string; fingerprint?: string; offline?: boolean }>
}

/** A pretend node: real SSH before programs that answer like those of Proxmox VE, and a simulated API that holds to what they did. */
export interface PretendNode extends PretendMachine<NodeState> {
  url: string
  certificate: TestCertificate
  /** How its programs were called, readings left out. */
  changes(): Promise<string[]>
  /** Lets tokens do more than they were given, as a cluster that is set up wrongly would. */
  isLenient: boolean
  /** Lets its own API go, and leaves the others. */
  closeFirst(): Promise<void>
  /** Starts another node of its cluster at an address of loopback. */
  startOther(address: string): Promise<OtherNode>
}

/** Another node of the cluster. */
export interface OtherNode {
  url: string
  fingerprint: string
  close(): Promise<void>
}

/** Starts a node that is gone at the end of the test. */
export async function startNode(own: Partial<NodeState> = {}, options: SshServerOptions = {}): Promise<PretendNode> {
  const certificate = createCertificate()
  const first: NodeState = {
    release: 9,
    users: {},
    roles: {},
    acl: [],
    called: [],
    failing: [],
    fingerprint: certificate.fingerprint,
    certificateFile: 'pve-ssl.pem',
    nodes: {},
    ...own,
  }
  const machine = await startPretendMachine<NodeState>({
    names: ['pveum', 'pveversion', 'openssl'],
    program: fileURLToPath(new URL('node-program.mjs', import.meta.url)),
    state: first,
    ssh: options,
  })
  onTestFinished(() => machine.down())

  async function answer(request: Request): Promise<Response> {
    const { release, ...rest } = await machine.state()
    const tokens = Object.fromEntries(
      tokensOf({ release, ...rest }).map(([id, token]) => [id, node.isLenient ? wholeToken(release, token.secret) : token]),
    )
    // Where nothing else is said its nodes tell no address, so that nobody is looked for.
    const nodes = Object.fromEntries(
      Object.entries(defaultWorld.nodes).map(([name, given]) => [name, { ...given, address: undefined, ...rest.nodes[name] }]),
    )
    const world = { ...defaultWorld, nodes, release, tokens: { 'nobody@pve!x': { secret: 'nobody', rights: {} }, ...tokens } }
    return forwardTo((await simulate(world)).connection!)(request)
  }

  /** Another node of the cluster, at an address of its own and the port of the first. */
  async function startOther(address: string, port: number): Promise<OtherNode> {
    const shown = createCertificate()
    const server = createServer({ key: shown.key, cert: shown.certificate }, (incoming, outgoing) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of incoming) chunks.push(chunk as Buffer)
        const method = incoming.method ?? 'GET'
        const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value] satisfies [string, string]] : [],
        )
        const body = method === 'GET' || method === 'DELETE' ? {} : { body: Buffer.concat(chunks).toString() }
        const response = await answer(new Request(`https://${address}:${port}${incoming.url ?? ''}`, { method, headers, ...body }))
        outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text())
      })()
    })
    server.listen(port, address)
    await once(server, 'listening')
    const close = async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    onTestFinished(close)
    return { url: `https://${address}:${port}`, fingerprint: shown.fingerprint, close }
  }

  const served = await serveHandler(answer, { tls: certificate })
  onTestFinished(() => served.close())
  const node: PretendNode = {
    ...machine,
    url: served.url,
    closeFirst: () => served.close(),
    startOther: (address) => startOther(address, Number(new URL(served.url).port)),
    certificate,
    changes: async () =>
      (await machine.state()).called.filter((line) => line.startsWith('pveum') && !/^pveum (?:user(?: token)?|role|acl) list/.test(line)),
    isLenient: false,
  }
  return node
}

/** A token may what both it and its user may. */
function tokensOf({ users, roles, acl }: NodeState): [string, SimulatedToken][] {
  const given = (who: string, path: string) =>
    acl.filter((entry) => entry.ugid === who && entry.path === path).flatMap(({ roleid }) => roles[roleid] ?? [])
  return Object.entries(users).flatMap(([user, { tokens }]) =>
    Object.entries(tokens).map(([name, { value }]): [string, SimulatedToken] => {
      const paths = [...new Set(acl.filter(({ ugid }) => ugid === `${user}!${name}`).map(({ path }) => path))]
      const rights = Object.fromEntries(
        paths.map((path) => [path, given(`${user}!${name}`, path).filter((privilege) => given(user, path).includes(privilege))]),
      )
      return [`${user}!${name}`, { secret: value, rights }]
    }),
  )
}
