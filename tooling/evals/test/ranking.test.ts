import { describe, expect, test } from 'vitest'
import { ranks } from '../ranking.mjs'

const tools = [
  { name: 'docker_get_logs', description: 'Last lines a container wrote.' },
  { name: 'linux_check_disks', description: 'SMART verdict of each disk.' },
  { name: 'docker_list_containers', description: 'Containers with their state.' },
]

describe('the rank of a tool for a question', () => {
  test('is that of the first tool which answers it', () => {
    expect(ranks(tools, [{ ask: 'how are my disks', tools: ['docker_get_logs', 'linux_check_disks'] }])).toEqual([1])
  })

  test('comes from words, whatever their ending, and from the words of the name', () => {
    expect(ranks(tools, [{ ask: 'the logging of this container', tools: ['docker_get_logs'] }])).toEqual([1])
  })

  test('is none where no word leads there', () => {
    expect(ranks(tools, [{ ask: 'is it the drive', tools: ['linux_check_disks'] }])).toEqual([undefined])
  })
})
