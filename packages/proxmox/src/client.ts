import { httpConfig, secret, ToolError, type ConfigOf, type Connection } from '@rackwarden/core'
import { z } from 'zod'
import { ownMachine, type OwnMachine } from './own-guest.ts'
import type { ResourceView } from './resources.ts'

/** What has to be known of a cluster to reach it. */
export const config = {
  ...httpConfig,
  url: z
    .string()
    .regex(/^https?:\/\/[^/?#]+/, 'does not begin with https:// and a host')
    .describe('Address of any node of the cluster: https://pve1:8006.'),
  otherUrls: z
    .string()
    .optional()
    .describe('Addresses of further nodes, comma-separated: the cluster is asked through them where the first does not answer.'),
  tokenId: z
    .string()
    .regex(/^[^\s!=@]+@[^\s!=@]+![^\s!=@]+$/, 'is not user@realm!name')
    .describe('API token: user@realm!name.'),
  tokenSecret: secret().describe('Secret of the token, as Proxmox showed it once.'),
}

/** What of a configuration the client itself needs. */
type ClientConfig = Pick<Partial<ConfigOf<typeof config>>, 'url' | 'otherUrls' | 'tokenId' | 'tokenSecret'>

/** What one cluster is asked. */
export interface ProxmoxClient extends Awaited<ReturnType<typeof connect>> {}

/** Makes the client of one cluster. */
export async function connect(
  { url, otherUrls, tokenId, tokenSecret }: ClientConfig,
  connection: Connection,
  own: () => OwnMachine = ownMachine,
) {
  // What a cluster answers with is not needed to list the tools.
  const [{ createApi }, { throughAnyNode }, { createTasks }, cluster, ofNode, { guestCalls }, { guestChangeCalls }, { viewOf }] =
    await Promise.all([
      import('./api.ts'),
      import('./entry-points.ts'),
      import('./tasks.ts'),
      import('./cluster-schema.ts'),
      import('./node-schema.ts'),
      import('./guest-calls.ts'),
      import('./guest-change-calls.ts'),
      import('./resources.ts'),
    ])
  const ask = throughAnyNode(connection, furtherUrls(url, otherUrls))
  const api = createApi(connection, ask, `PVEAPIToken=${tokenId}=${tokenSecret}`)
  const tasks = createTasks(api)
  let known: Promise<z.output<typeof cluster.version>> | undefined

  const get = async <Schema extends z.ZodType>(path: string, schema: Schema, signal: AbortSignal): Promise<z.output<Schema>> =>
    api.get(path, schema, signal)
  const content = (node: string, storage: string) => `/nodes/${node}/storage/${encodeURIComponent(storage)}/content`

  /** Version of the node that is asked; asked once. */
  async function version(signal: AbortSignal) {
    const asked = (known ??= get('/version', cluster.version, signal))
    try {
      return await asked
    } catch (error) {
      if (known === asked) known = undefined
      throw error
    }
  }

  return {
    api,
    tasks,
    ...guestCalls(api),
    ...guestChangeCalls(api),
    /** What this process runs on, and leans on. */
    own,

    version,
    /** 8 or 9: what rights and the rules of HA are called differs. */
    major: async (signal: AbortSignal) => Number((await version(signal)).version.split('.')[0]),
    permissions: async (signal: AbortSignal) => get('/access/permissions', cluster.permissions, signal),
    members: async (signal: AbortSignal) => get('/cluster/status', z.array(cluster.clusterMember), signal),

    /** Everything there is as far as the token sees it, and when that was told. */
    async resources(signal: AbortSignal): Promise<ResourceView> {
      const { data, at } = await api.dated('/cluster/resources', z.array(cluster.resource), signal)
      return viewOf(data, at)
    },

    ha: async (signal: AbortSignal) => get('/cluster/ha/resources', z.array(cluster.haResource), signal),
    haRules: async (signal: AbortSignal) => get('/cluster/ha/rules', z.array(cluster.haRule), signal),
    haStatus: async (signal: AbortSignal) => get('/cluster/ha/status/current', z.array(cluster.haStatus), signal),
    replicationJobs: async (signal: AbortSignal) => get('/cluster/replication', z.array(cluster.replicationJob), signal),
    backupJobs: async (signal: AbortSignal) => get('/cluster/backup', z.array(cluster.backupJob), signal),
    /** Ids of the guests no backup job covers. */
    uncovered: async (signal: AbortSignal) =>
      (await get('/cluster/backup-info/not-backed-up', z.array(cluster.uncovered), signal)).map(({ vmid }) => vmid),
    ceph: async (signal: AbortSignal) => get('/cluster/ceph/status', cluster.ceph, signal),

    nodeStatus: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/status`, ofNode.nodeStatus, signal),
    nodeTime: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/time`, ofNode.nodeTime, signal),
    units: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/services`, z.array(ofNode.unit), signal),
    disks: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/disks/list`, z.array(ofNode.disk), signal),
    updates: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/apt/update`, z.array(ofNode.update), signal),
    installed: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/apt/versions`, z.array(ofNode.installed), signal),
    certificates: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/certificates/info`, z.array(ofNode.certificate), signal),
    replication: async (node: string, signal: AbortSignal) => get(`/nodes/${node}/replication`, z.array(cluster.replicationStatus), signal),

    /** What a storage holds of a kind: images to import, templates of containers. */
    volumes: async (node: string, storage: string, kind: string, signal: AbortSignal) =>
      api.get(content(node, storage), z.array(ofNode.volume), signal, { content: kind }),
    /** Archives in a storage, as this node sees them; of one guest, where it is named. */
    archives: async (node: string, storage: string, signal: AbortSignal, vmid?: number) =>
      api.get(content(node, storage), z.array(ofNode.volume), signal, { content: 'backup', vmid }),
    deleteVolume: async (node: string, volid: string, signal: AbortSignal) =>
      api.delete(`${content(node, volid.split(':')[0] ?? '')}/${encodeURIComponent(volid)}`, signal),
    usage: async (node: string, storage: string, signal: AbortSignal) =>
      api.get(`/nodes/${node}/storage/${encodeURIComponent(storage)}/rrddata`, z.array(ofNode.storagePoint), signal, {
        timeframe: 'month',
        cf: 'AVERAGE',
      }),
  }
}

/** Every further address; none may be less guarded than the first. */
function furtherUrls(url: string | undefined, line: string | undefined): string[] {
  const urls = (line ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  const wrong = urls.find((entry) => !URL.canParse(entry) || !/^https?:$/.test(new URL(entry).protocol))
  const weaker = url?.startsWith('https:') === true ? urls.find((entry) => !entry.startsWith('https:')) : undefined
  if (wrong === undefined && weaker === undefined) return urls
  throw new ToolError(
    'invalid_config',
    `'${wrong ?? weaker}' in otherUrls is ${wrong === undefined ? 'not guarded by TLS, as url is' : 'no address'}.`,
    {
      hint: 'Write them as url is written, with commas between: https://pve2:8006,https://pve3:8006.',
    },
  )
}
