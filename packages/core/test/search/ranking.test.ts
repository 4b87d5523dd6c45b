import { describe, expect, test } from 'vitest'
import { openRanking } from '../../src/search/ranking.ts'

const reads = { annotations: { readOnlyHint: true } }
const rankingOf = await openRanking()
const rank = rankingOf([
  { name: 'docker_get_logs', description: 'Last lines a container wrote.', ...reads },
  { name: 'docker_list_containers', description: 'Containers, running or restarting.', ...reads },
  { name: 'docker_restart_container', description: 'Stop and start a container.', inputSchema: { properties: { confirm: {} } } },
  { name: 'linux_check_disks', description: 'SMART health of each disk.', ...reads },
  {
    name: 'linux_get_host_info',
    description: "A server's load, memory and swap.",
    inputSchema: { properties: { sensor: { description: 'Thermometer.', enum: ['processor', 'chassis'] } } },
    ...reads,
  },
  { name: 'prometheus_list_alerts', description: 'Alerts and their severity.', ...reads },
])

describe('the rank of tools for a question', () => {
  test('comes from the words of the description, whatever their ending', () => {
    expect(rank('how loaded is it, and is it swapping')).toEqual(['linux_get_host_info'])
  })

  test('comes from the words of the name, too', () => {
    expect(rank('logging')).toEqual(['docker_get_logs'])
  })

  test('comes from what the inputs are called, described as and may be', () => {
    for (const word of ['sensor', 'thermometer', 'chassis']) expect(rank(word)).toEqual(['linux_get_host_info'])
  })

  test('does not come from inputs that many tools share', () => {
    expect(rank('confirm')).toEqual([])
  })

  test('understands what people say instead', () => {
    expect(rank('how is the ram of that box')[0]).toBe('linux_get_host_info')
    expect(rank('bounce it')[0]).toBe('docker_restart_container')
  })

  test('puts a word that was said before one that was meant', () => {
    expect(rank('ram, disk')).toEqual(['linux_check_disks', 'linux_get_host_info'])
  })

  test('puts tools that change something behind where somebody only asks', () => {
    expect(rank('restart the container')[0]).toBe('docker_restart_container')
    expect(rank('which container has to restart')[0]).toBe('docker_list_containers')
  })

  test('takes a name for a name', () => {
    expect(rank('paperless-ngx, attic.lan, vaultwarden')).toEqual([])
    expect(rank('box')).toContain('linux_get_host_info')
    expect(rank('my-box')).toEqual([])
  })

  test('knows an alert by how it is written', () => {
    expect(rank('NodeDown')).toEqual(['prometheus_list_alerts'])
  })

  test('does not mind what somebody else calls a schema', () => {
    const [bolt, nut] = [{ properties: { a: 7, b: null, c: { enum: 'x', description: {} } } }, { properties: 7 }]
    const odd = rankingOf([
      { name: 'turn_bolt', description: `Turns it. ${'x '.repeat(1_000_000)}`, inputSchema: bolt },
      { name: 'turn_nut', description: '', inputSchema: nut },
    ])
    expect(odd('turn')).toEqual(expect.arrayContaining(['turn_bolt', 'turn_nut']))
  })

  test('is none where no word leads anywhere', () => {
    expect(rank('is it the weather')).toEqual([])
    expect(rank('')).toEqual([])
  })
})
