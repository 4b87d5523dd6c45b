import { createCertificate } from '@rackwarden/core/testing'
import { requireComponent } from '@rackwarden/lab'
import { describe, expect, test } from 'vitest'
import { file, openLab, told } from './lab.ts'

const missing = requireComponent('sshd')
const pinOf = ({ fingerprint }: { fingerprint: string }) => `SHA256:${fingerprint}`

/** The line of a field in what was written. */
function fieldIn(text: string, name: string): string | undefined {
  return new RegExp(`^ *${name}: (.*)$`, 'm').exec(text)?.[1]
}

/** A cluster of three, of which one is reached at another address of loopback, and one is off. */
async function openCluster() {
  const { node, home } = await openLab()
  const second = await node.startOther('127.0.0.2')
  await node.change((state) => {
    state.nodes = {
      pve1: { address: '127.0.0.1', fingerprint: node.certificate.fingerprint },
      pve2: { address: '127.0.0.2', fingerprint: second.fingerprint },
      pve3: { address: '127.0.0.3', fingerprint: createCertificate().fingerprint },
    }
  })
  return { node, home, second }
}

describe.skipIf(missing !== undefined)('setup of a cluster', () => {
  test('writes the other nodes that answer, pinned, and survives the loss of the first', async () => {
    const { node, home, second } = await openCluster()
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 0, errors: '' })
    expect(ran.output).toContain(`Where ${node.url} does not answer, it is asked at ${second.url}.`)
    expect(ran.output).toContain('pve3 (127.0.0.3) is left out:')
    const text = await home.text(file)
    expect(fieldIn(text, 'otherUrls')).toBe(second.url)
    expect(fieldIn(text, 'tlsFingerprint')).toBe(`${pinOf(node.certificate)},${pinOf(second)}`)
    await node.closeFirst()
    const listed = await home.run(undefined, 'call', 'list_nodes')
    expect(listed).toMatchObject({ code: 0, output: expect.stringContaining('pve1') })
  })

  test('run again keeps what holds, adds what came up, and takes out what is no member any more', async () => {
    const { node, home, second } = await openCluster()
    await home.setup(node, undefined, ...told(node, 'observe'))
    const first = await home.text(file)
    expect(await home.setup(node, undefined, ...told(node, 'observe'))).toMatchObject({ code: 0, errors: '' })
    expect(await home.text(file)).toBe(first)
    const third = await node.startOther('127.0.0.3')
    await node.change((state) => void (state.nodes['pve3'] = { address: '127.0.0.3', fingerprint: third.fingerprint }))
    await home.setup(node, undefined, ...told(node, 'operate'))
    expect(fieldIn(await home.text(file), 'otherUrls')).toBe(`${second.url},${third.url}`)
    expect(fieldIn(await home.text(file), 'tlsFingerprint')).toBe([node.certificate, second, third].map(pinOf).join())
    // One that is off for a while is a member still; what was taken out is none.
    await second.close()
    await node.change((state) => void (state.nodes['pve3'] = { address: '127.0.0.9' }))
    await home.setup(node, undefined, ...told(node, 'operate'))
    expect(fieldIn(await home.text(file), 'otherUrls')).toBe(second.url)
    expect(fieldIn(await home.text(file), 'tlsFingerprint')).toContain(pinOf(second))
    expect(await home.setup(node, undefined, ...told(node, 'operate'), '--remove')).toMatchObject({ code: 0 })
    expect(await home.text(file)).not.toContain('otherUrls')
  })

  test('leaves out what shows another certificate than the cluster says it has', async () => {
    const { node, home } = await openCluster()
    await node.change((state) => void (state.nodes['pve2'] = { address: '127.0.0.2', fingerprint: createCertificate().fingerprint }))
    const ran = await home.setup(node, undefined, ...told(node, 'observe'))
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.output).toMatch(/pve2 \(127\.0\.0\.2\) is left out: .*shows another certificate than the pinned one/)
    expect(await home.text(file)).not.toContain('otherUrls')
  })

  test('is foretold by a dry run, which asks nobody', async () => {
    const { node, home } = await openCluster()
    const ran = await home.setup(node, undefined, ...told(node, 'observe'), '--dry-run')
    expect(ran.output).toContain('#   ask the cluster for its other nodes and their certificates')
    expect(ran.output).toContain('as otherUrls, and their fingerprints beside the first in tlsFingerprint')
    expect((await node.state()).called).toEqual([])
  })
})
