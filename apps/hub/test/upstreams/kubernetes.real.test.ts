import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mcpServerProgram, requireMcpServer } from '@rackwarden/lab'
import { describe, expect, onTestFinished, test } from 'vitest'
import { kubeconfigOf, startCluster } from './kubernetes-stand-in.ts'
import { temporaryDirectory } from './open-foreign.ts'
import { confirmIn, realHub, succeeded } from './real-hub.ts'

const missing = await requireMcpServer('kubernetes-mcp-server')

describe.skipIf(missing !== undefined)('the server for Kubernetes, before a stand-in for a cluster', () => {
  const mounted = async () => {
    const cluster = await startCluster()
    onTestFinished(() => cluster.close())
    const kubeconfig = join(temporaryDirectory(), 'kubeconfig')
    writeFileSync(kubeconfig, kubeconfigOf(cluster))
    const server = await mcpServerProgram('kubernetes-mcp-server', '--list-output', 'yaml')
    return { cluster, hub: await realHub({ kubernetes: { ...server, env: { KUBECONFIG: kubeconfig } } }) }
  }

  test('reads by what its annotations say it only reads', async () => {
    const { cluster, hub } = await mounted()
    const { call, names } = await hub.overStdio()
    const listed = await names()
    expect(listed).toEqual(expect.arrayContaining(['kubernetes_pods_list', 'kubernetes_pods_get']))
    expect(listed).not.toContain('kubernetes_pods_delete')
    const pods = await call('kubernetes_pods_list')
    for (const name of ['jellyfin', 'pihole']) expect(pods.text).toContain(`name: ${name}`)
    expect((await call('kubernetes_pods_list_in_namespace', { namespace: 'kube-system' })).text).toContain('name: coredns')
    expect((await call('kubernetes_pods_get', { name: 'pihole', namespace: 'default' })).text).toContain('10.42.0.7')
    expect(await call('kubernetes_pods_get', { name: 'nobody', namespace: 'default' })).toMatchObject({ isError: true })
    expect(cluster.asked.some((path) => path.startsWith('DELETE'))).toBe(false)
  })

  test('withholds the credential that it shows of its configuration', async () => {
    const { hub } = await mounted()
    const { call } = await hub.overStdio()
    const { text } = await call('kubernetes_configuration_view', { minified: false })
    expect(text).toContain('attic')
    expect(text).not.toContain('a-token-of-the-cluster')
  })

  test('deletes where its owner said by what access, after a plan, and not before', async () => {
    const { cluster, hub } = await mounted()
    hub.change((entries) => (entries['kubernetes']!['access'] = { pods_delete: 'configure' }))
    const { call } = await hub.overStdio()
    const input = { name: 'jellyfin', namespace: 'default' }
    const plan = await call('kubernetes_pods_delete', input)
    expect(plan.text).toMatch(/Call pods_delete of kubernetes[^]*name: "jellyfin"/)
    expect(cluster.pods).toContain('default/jellyfin')
    expect((await call('kubernetes_pods_delete', { ...input, confirm: confirmIn(plan.text) })).isError).toBe(false)
    expect(cluster.pods).not.toContain('default/jellyfin')
  })

  test('is found by what somebody wants of it', async () => {
    const { hub } = await mounted()
    expect(await succeeded(hub.processes, 'tools', '--json')).toContain('kubernetes_pods_list')
    const { call } = await hub.overStdio(undefined, '--expose', 'search')
    expect((await call('search_tools', { query: 'list pods in the cluster' })).text).toContain('kubernetes_pods_list')
  })
})
