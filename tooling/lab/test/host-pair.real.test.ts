import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { requireComponent, startHostPair, type HostPair } from '@rackwarden/lab'
import { logIn } from './ssh.ts'

const missing = requireComponent('host')

describe.skipIf(missing !== undefined)('a pair of hosts of the lab', () => {
  let pair: HostPair
  beforeAll(async () => {
    pair = await startHostPair()
  })
  afterAll(() => pair.down())

  test('shows the second host through the first, and nowhere else', async ({ expect }) => {
    const { jump, behind } = pair
    expect(await logIn(behind, 'hostname', { through: jump })).toBe('nas-2\n')
    expect(await logIn(jump, 'hostname')).toBe('nas-1\n')
    expect((await jump.run(['bash', '-c', 'read -r line < /dev/tcp/nas-2/22 && echo "$line"'])).stdout).toMatch(/^SSH-2/)
  })

  test('keeps the first while the second is gone, and takes the second back', async ({ expect }) => {
    const { jump, behind } = pair
    const knock = () => jump.run(['timeout', '5', 'bash', '-c', ': < /dev/tcp/nas-2/22'])
    await behind.stop({ abruptly: true })
    expect((await knock()).code).not.toBe(0)
    expect(await logIn(jump, 'hostname')).toBe('nas-1\n')
    await behind.start()
    expect(await logIn(behind, 'hostname', { through: jump })).toBe('nas-2\n')
    await jump.stop()
    await jump.start()
    expect(await logIn(behind, 'hostname', { through: jump })).toBe('nas-2\n')
  })

  test('is two of a kind when there are two of it', async ({ expect }) => {
    const other = await startHostPair()
    expect(other.behind.address).toBe(pair.behind.address)
    expect(other.behind.hostFingerprint).not.toBe(pair.behind.hostFingerprint)
    await other.down()
    expect(existsSync(other.directory)).toBe(false)
    expect(await logIn(pair.behind, 'hostname', { through: pair.jump })).toBe('nas-2\n')
  })
})
