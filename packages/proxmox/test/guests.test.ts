import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentSees, mergedAddresses } from '../src/addresses.ts'
import { findGuest } from '../src/find-guest.ts'
import { disksOf, hasAgent, networksOf, passedThrough, propertiesIn, shutdownSeconds } from '../src/guest-config.ts'
import { viewOf, type Guest } from '../src/resources.ts'
import { openCluster } from './cluster.ts'

const guest = (id: number, name: string): Guest =>
  viewOf([{ id: `qemu/${id}`, type: 'qemu', vmid: id, name, node: 'pve1', status: 'running' }], 0).guests[0] as Guest

describe('a guest is found', () => {
  const guests = [guest(100, 'web'), guest(101, 'Web'), guest(102, '100'), guest(103, 'twin'), guest(104, 'twin')]

  test.each([
    ['100', 100],
    ['qemu/102', 102],
    ['vm:103', 103],
    ['web', 100],
    ['Web', 101],
    [' web ', 100],
  ])("by '%s'", (reference, id) => expect(findGuest(guests, reference).id).toBe(id))

  test('by its id where two bear its name, and never by guessing', () => {
    expect(() => findGuest(guests, 'twin')).toThrow(/2 guests are called 'twin': 103 \(qemu on pve1\), 104/)
    expect(() => findGuest(guests, 'WEB')).toThrow(/2 guests are called/)
    expect(() => findGuest(guests, 'twi')).toThrow(expect.objectContaining({ code: 'not_found', hint: expect.stringContaining('twin') }))
  })

  test('by every id, and by every name that only one has', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id: fc.integer({ min: 100, max: 999_999 }), name: fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/) }), {
          selector: ({ id }) => id,
          minLength: 1,
        }),
        (given) => {
          const all = given.map(({ id, name }) => guest(id, name))
          expect(given.map(({ id }) => findGuest(all, String(id)).id)).toEqual(given.map(({ id }) => id))
          const alone = given.filter(({ name }) => given.filter((one) => one.name === name).length === 1)
          expect(alone.map(({ name }) => findGuest(all, name).id)).toEqual(alone.map(({ id }) => id))
        },
      ),
    )
  })
})

describe('the configuration of a guest', () => {
  test('names its networks with the addresses of cloud-init, or its own', () => {
    expect(
      networksOf({
        net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=20,mtu=9000',
        ipconfig0: 'ip=10.0.0.5/24,gw=10.0.0.1,ip6=auto',
        net10: 'name=eth1,bridge=vmbr1,hwaddr=BC:24:11:00:00:02,ip=dhcp,ip6=fd00::5/64',
        net2: 'model=e1000,macaddr=BC:24:11:00:00:03,bridge=vmbr2',
      }),
    ).toMatchObject([
      { key: 'net0', mac: 'bc:24:11:00:00:01', bridge: 'vmbr0', vlan: '20', addresses: ['10.0.0.5'], mtu: 9_000 },
      { key: 'net2', mac: 'bc:24:11:00:00:03', addresses: [] },
      { key: 'net10', mac: 'bc:24:11:00:00:02', addresses: ['fd00::5'] },
    ])
  })

  test('tells its disks, what backups leave out of them, and what of its node is in it', () => {
    const vm = {
      scsi0: 'ceph:vm-1-disk-0,size=8G',
      scsi1: 'nas:1/d.qcow2,backup=0',
      ide2: 'local:iso/x.iso,media=cdrom',
      sata0: 'none,media=cdrom',
    }
    expect(disksOf('qemu', vm)).toMatchObject([
      { key: 'scsi0', storage: 'ceph', isBackedUp: true, size: '8G' },
      { key: 'scsi1', storage: 'nas', isBackedUp: false },
    ])
    const ct = { rootfs: 'zfs:subvol-2-disk-0,size=8G', mp0: '/mnt/a,mp=/a', mp1: 'zfs:subvol-2-disk-1,mp=/b', mp2: 'zfs:x,mp=/c,backup=1' }
    expect(disksOf('lxc', ct).map(({ key, storage, isBackedUp }) => [key, storage, isBackedUp])).toEqual([
      ['rootfs', 'zfs', true],
      ['mp0', undefined, false],
      ['mp1', 'zfs', false],
      ['mp2', 'zfs', true],
    ])
    expect(passedThrough({ hostpci0: '0000:01:00.0,pcie=1', usb0: 'spice', usb1: 'host=10c4:ea60', net0: 'x' })).toEqual([
      'hostpci0 0000:01:00.0',
      'usb1 host=10c4:ea60',
    ])
  })

  test.each([
    ['1', true],
    ['enabled=1,type=virtio', true],
    ['1,fstrim_cloned_disks=1', true],
    ['0', false],
    ['enabled=0', false],
    [undefined, false],
  ])('says of its agent %j', (agent, expected) => expect(hasAgent('qemu', { agent })).toBe(expected))

  test('says how long it is given to end', () => {
    expect(shutdownSeconds('qemu', {})).toBe(180)
    expect(shutdownSeconds('lxc', { startup: 'order=2,up=5' })).toBe(60)
    expect(shutdownSeconds('lxc', { startup: 'order=2,down=15' })).toBe(15)
  })

  test('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/), fc.stringMatching(/^[A-Za-z0-9:./_-]{1,12}$/)),
        (properties) => {
          const line = Object.entries(properties)
            .map(([name, value]) => `${name}=${value}`)
            .join(',')
          expect({ ...propertiesIn(line) }).toEqual({ ...properties })
        },
      ),
    )
  })

  test('never fails to be read, whatever stands in it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('net0', 'net1', 'ipconfig0', 'scsi0', 'mp0', 'rootfs', 'agent', 'startup', 'hostpci0'), fc.string()),
        (config) => {
          networksOf(config)
          disksOf('qemu', config)
          disksOf('lxc', config)
          passedThrough(config)
          hasAgent('qemu', config)
          expect(shutdownSeconds('qemu', config)).toBeGreaterThan(0)
        },
      ),
    )
  })
})

describe('the addresses of a guest', () => {
  const networks = networksOf({ net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0', ipconfig0: 'ip=10.0.0.5/24' })
  const seen = (name: string, mac: string, ...addresses: string[]) => ({ name, mac, addresses })

  test('are those of its own cards and tunnels, not those it makes up for its containers', () => {
    expect(
      mergedAddresses(networks, [
        seen('lo', '00:00:00:00:00:00', '127.0.0.1', '::1'),
        seen('ens18', 'bc:24:11:00:00:01', '10.0.0.5', '10.0.0.6', 'fe80::1', 'FD00::9'),
        seen('docker0', '02:42:00:00:00:01', '172.17.0.1'),
        seen('tailscale0', '', '100.64.0.3'),
      ]),
    ).toEqual(['10.0.0.5', '10.0.0.6', 'fd00::9', '100.64.0.3'])
  })

  test('of a guest that has only a card passed through are those it sees', () => {
    expect(
      mergedAddresses([], [seen('enp1s0', '3c:ec:ef:00:00:01', '10.0.0.9'), seen('br-abc', '02:42:00:00:00:02', '172.18.0.1')]),
    ).toEqual(['10.0.0.9'])
  })

  test('are each told once, what is configured first', () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4()), fc.array(fc.ipV4()), (configured, told) => {
        const card = { key: 'net0', mac: 'aa', bridge: undefined, vlan: undefined, addresses: configured, mtu: undefined }
        const merged = mergedAddresses(
          [card],
          agentSees([
            {
              name: 'ens18',
              'hardware-address': 'aa',
              'ip-addresses': told.map((address) => ({ 'ip-address': address, 'ip-address-type': 'ipv4', prefix: 24 })),
            },
          ]),
        )
        expect(new Set(merged).size).toBe(merged.length)
        const reachable = (address: string) => !/^(?:127\.|169\.254\.|0\.0\.0\.0)/.test(address)
        expect(new Set(merged)).toEqual(new Set([...configured, ...told].filter(reachable)))
        expect(merged.slice(0, new Set(configured.filter(reachable)).size).every((address) => configured.includes(address))).toBe(true)
      }),
    )
  })
})

test('a list asks the agents that are configured and running, and no others', async () => {
  const { read, exchanges } = await openCluster()
  await read('list_guests', { limit: 100 })
  const asked = exchanges.filter(({ target }) => target.includes('/agent/')).map(({ target }) => Number(/qemu\/(\d+)/.exec(target)?.[1]))
  expect(asked).not.toContain(108)
  expect(asked).not.toContain(109)
  expect(asked).toContain(102)
  expect(asked).toContain(107)
})

test('an agent that is silent is named beside the rows, and one that answers is not', async () => {
  const { read } = await openCluster()
  expect(await read('list_guests', { limit: 100 })).toMatchObject({ silent_agents: 'nas-gateway, camera' })
  expect(await read('list_guests', { name: 'database' })).toMatchObject({ total: 1, silent_agents: undefined })
})

test('a cluster tells no secret of a guest', async () => {
  const { read } = await openCluster()
  const told = JSON.stringify(await read('get_guest', { guest: '900' }))
  expect(told).toContain('ciuser')
  expect(told).not.toContain('cipassword')
})
