import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A stand-in for the API of a cluster: its discovery, two namespaces and three pods, of which one may be deleted. */
export interface Cluster {
  readonly url: string
  /** Paths it was asked for, with their methods. */
  readonly asked: string[]
  readonly pods: string[]
  close(): void
}

const resource = (name: string, kind: string, namespaced: boolean) => ({
  name,
  singularName: kind.toLowerCase(),
  kind,
  namespaced,
  verbs: ['create', 'delete', 'get', 'list', 'watch'],
})

const discovery: Record<string, unknown> = {
  '/version': { major: '1', minor: '31', gitVersion: 'v1.31.0', platform: 'linux/amd64' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [resource('pods', 'Pod', true), resource('namespaces', 'Namespace', false), resource('events', 'Event', true)],
  },
}

const meta = { apiVersion: 'v1' }

function pod(name: string, namespace: string) {
  return {
    ...meta,
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp: '2026-11-20T00:00:00Z', labels: { app: name } },
    spec: { nodeName: 'attic', containers: [{ name: 'main', image: 'busybox:1' }] },
    status: { phase: 'Running', podIP: '10.42.0.7', containerStatuses: [{ name: 'main', ready: true, restartCount: 0 }] },
  }
}

/** Serves the stand-in on loopback. */
export async function startCluster(): Promise<Cluster> {
  const asked: string[] = []
  const pods = ['default/jellyfin', 'default/pihole', 'kube-system/coredns']

  const answerTo = (method: string, path: string): unknown => {
    if (path in discovery) return discovery[path]
    const [, namespace, name] = /^\/api\/v1(?:\/namespaces\/([^/]+))?\/pods(?:\/([^/]+))?$/.exec(path) ?? []
    if (path === '/api/v1/namespaces')
      return { ...meta, kind: 'NamespaceList', items: ['default', 'kube-system'].map((item) => ({ metadata: { name: item } })) }
    if (!path.includes('/pods')) return undefined
    if (name === undefined) {
      const seen = pods.map((both) => both.split('/')).filter(([own]) => namespace === undefined || namespace === own)
      return { ...meta, kind: 'PodList', metadata: { resourceVersion: '7' }, items: seen.map(([own = '', item = '']) => pod(item, own)) }
    }
    const at = pods.indexOf(`${namespace ?? ''}/${name}`)
    if (at === -1) return undefined
    if (method === 'DELETE') pods.splice(at, 1)
    return pod(name, namespace ?? '')
  }

  const server = createServer((request, response) => {
    const { method = 'GET', url = '/' } = request
    const { pathname } = new URL(url, 'http://cluster')
    asked.push(`${method} ${pathname}`)
    const answer = answerTo(method, pathname)
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(
        answer ?? { ...meta, kind: 'Status', status: 'Failure', message: `${pathname} not found`, reason: 'NotFound', code: 404 },
      ),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, pods, close }
}

/** What a client of the cluster is given to find it by. */
export function kubeconfigOf({ url }: Cluster): string {
  return JSON.stringify({
    ...meta,
    kind: 'Config',
    clusters: [{ name: 'attic', cluster: { server: url } }],
    users: [{ name: 'owner', user: { token: 'a-token-of-the-cluster' } }],
    contexts: [{ name: 'attic', context: { cluster: 'attic', user: 'owner', namespace: 'default' } }],
    'current-context': 'attic',
  })
}
