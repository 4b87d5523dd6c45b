import type { Asset } from '@rackwarden/core'
import { expect, test } from 'vitest'
import { relatedTo } from '../../src/facets/related-assets.ts'

function asset(target: string, kind: string, name: string, more: Partial<Asset> = {}): Asset {
  return { target, kind, name, aliases: [], addresses: [], macs: [], ...more }
}

const host = asset('linux/host/dock1', 'host', 'dock1', { addresses: ['10.0.0.20'] })
const engine = asset('docker/engine/dock1', 'engine', 'dock1')
const wiki = asset('docker/container/wiki', 'container', 'wiki', { parent: engine.target, addresses: ['172.18.0.2'] })
const films = asset('docker/container/films', 'container', 'films', { parent: engine.target, addresses: ['172.18.0.3'] })
const record = asset('pihole/record/wiki.lan', 'record', 'wiki.lan', { aliases: ['wiki'], addresses: ['10.0.0.20'] })
const other = asset('pihole/record/films.lan', 'record', 'films.lan', { aliases: ['films'], addresses: ['10.0.0.20'] })
const monitor = asset('kuma/monitor/Wiki', 'monitor', 'Wiki page', { aliases: ['wiki.lan'] })
const all = [host, engine, wiki, films, record, other, monitor]

const targets = (found: Asset[]) => relatedTo(found, all).map(({ target }) => target)

test('a container brings its record, its monitor and what it lives on, and no neighbour that shares the address of its host', () => {
  expect(targets([wiki])).toEqual([engine.target, record.target, host.target, monitor.target])
  expect(targets([record, wiki])).not.toContain(other.target)
})

test('a host brings every name that leads to it', () => {
  expect(targets([host])).toEqual(expect.arrayContaining([engine.target, record.target, other.target]))
})
