import { expect, test } from 'vitest'
import type { SimulatedContainer } from '../src/index.ts'
import { openEngine } from './engine.ts'

const image = 'busybox'
const world = (...containers: SimulatedContainer[]) => ({ containers })

test('a restart is done once the health check has passed, not before', async () => {
  const { write } = await openEngine()
  const { settled, output, looks } = await write('restart_container', { container: 'api' })
  expect({ settled, output }).toEqual({ settled: true, output: { container: 'api', state: 'running', health: 'healthy' } })
  expect(looks).toBeGreaterThan(1)
})

test('a restart that leaves the health check failing has failed, and says what the check answered', async () => {
  const { write } = await openEngine(world({ name: 'web', image, health: 'unhealthy', probe: 'no redis', onStart: 'unhealthy' }))
  expect((await write('restart_container', { container: 'web' })).settled).toEqual({
    failed: 'it runs but its health check fails: no redis',
  })
})

test('a restart that ends in the loop it began in has failed, and says the last line', async () => {
  const { write } = await openEngine()
  expect((await write('restart_container', { container: 'mailer' })).settled).toEqual({
    failed: 'it ended again with exit code 1 and is in a restart loop: smtp.lan: connection refused',
  })
})

test('without a health check a container is watched to stay up for a while', async () => {
  const { write } = await openEngine(world({ name: 'web', image }))
  const { settled, looks } = await write('restart_container', { container: 'web' })
  expect(settled).toBe(true)
  expect(looks).toBeGreaterThan(1)
})

test('stopping is taken back by starting, and the other way round', async () => {
  const { write, snapshot } = await openEngine()
  const before = snapshot()
  expect((await write('stop_container', { container: 'web' })).output).toEqual({ container: 'web', state: 'exited', exit_code: 143 })
  expect(snapshot()).not.toEqual(before)
  expect((await write('start_container', { container: 'web' })).output).toEqual({ container: 'web', state: 'running', health: 'healthy' })
  expect(snapshot()).toEqual(before)
})

test('the plan says what it is, who shares its network, who depends on it, and what cannot be verified', async () => {
  const { plan } = await openEngine()
  expect(await plan('restart_container', { container: 'web' })).toMatchInlineSnapshot(`
    {
      "diff": [],
      "summary": "Restart web (nginx:1.29, project shop)",
      "targets": [
        "docker/container/web",
        "docker/container/probe",
      ],
      "warnings": [
        "In its network, and without one until restarted themselves: probe.",
        "It is given 10 seconds to end in order, then it is killed.",
      ],
    }
  `)
  expect(await plan('stop_container', { container: 'db' })).toMatchInlineSnapshot(`
    {
      "diff": [
        "state: running → exited",
      ],
      "summary": "Stop db (postgres:17, project shop)",
      "targets": [
        "docker/container/db",
      ],
      "warnings": [
        "Depend on it, and may fail while it is away: api.",
        "It is given 10 seconds to end in order, then it is killed.",
      ],
    }
  `)
  expect(await plan('restart_container', { container: 'mailer' })).toMatchInlineSnapshot(`
    {
      "diff": [
        "state: restarting → running",
      ],
      "summary": "Restart mailer (registry.lan/shop/mailer:2.0)",
      "targets": [
        "docker/container/mailer",
      ],
      "warnings": [
        "It has no health check: it can only be watched to stay up for 3 seconds, not verified to work.",
        "It is in a restart loop (exit code 1: smtp.lan: connection refused), which a restart seldom ends.",
      ],
    }
  `)
  expect(await plan('start_container', { container: 'import' })).toMatchInlineSnapshot(`
    {
      "diff": [
        "state: exited → running",
      ],
      "summary": "Start import (busybox:1.37)",
      "targets": [
        "docker/container/import",
      ],
      "warnings": [
        "It has no health check: it can only be watched to stay up for 3 seconds, not verified to work.",
      ],
    }
  `)
  expect(await plan('restart_container', { container: 'import' })).toMatchInlineSnapshot(`
    {
      "diff": [
        "state: exited → running",
      ],
      "summary": "Restart import (busybox:1.37, exited now, so it is started)",
      "targets": [
        "docker/container/import",
      ],
      "warnings": [
        "It has no health check: it can only be watched to stay up for 3 seconds, not verified to work.",
      ],
    }
  `)
})

test('a stopped container with a health check is not said to have none', async () => {
  const { plan } = await openEngine(world({ name: 'web', image, state: 'exited', health: 'healthy' }))
  expect((await plan('start_container', { container: 'web' })).warnings).toEqual([])
})

test('targets of one of several engines carry its name', async () => {
  const { plan } = await openEngine(undefined, { instance: 'nas' })
  expect((await plan('restart_container', { container: 'web' })).targets).toEqual([
    'docker@nas/container/web',
    'docker@nas/container/probe',
  ])
})

test('stopping what is stopped and starting what runs is a plan with nothing to change, and changes nothing', async () => {
  const { plan, write, snapshot } = await openEngine()
  const before = snapshot()
  expect((await plan('start_container', { container: 'web' })).summary).toBe('web is running already: there is nothing to change.')
  expect((await plan('stop_container', { container: 'import' })).summary).toBe('import is exited already: there is nothing to change.')
  expect((await write('start_container', { container: 'web' })).settled).toBe(true)
  expect((await write('stop_container', { container: 'import' })).settled).toBe(true)
  expect(snapshot()).toEqual(before)
})

test('what its engine would delete at its end is not stopped', async () => {
  const { plan } = await openEngine(world({ name: 'once', image, isRemovedAtEnd: true, restartPolicy: 'no' }))
  await expect(plan('stop_container', { container: 'once' })).rejects.toThrow(expect.objectContaining({ code: 'conflict' }))
})

test('what is paused is not started, but can be restarted or stopped', async () => {
  const { plan, write } = await openEngine(world({ name: 'web', image, state: 'paused' }))
  await expect(plan('start_container', { container: 'web' })).rejects.toThrow(expect.objectContaining({ code: 'conflict' }))
  expect((await plan('restart_container', { container: 'web' })).warnings).toContain('It is paused now; that ends.')
  expect((await write('restart_container', { container: 'web' })).settled).toBe(true)
})
