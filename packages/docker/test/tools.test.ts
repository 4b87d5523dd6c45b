import { expect, test } from 'vitest'
import { openEngine } from './engine.ts'

test('containers come worst first, and can be narrowed', async () => {
  const { read } = await openEngine()
  const names = async (input: Record<string, unknown>) =>
    ((await read('list_containers', input)) as { containers: { name: string }[] }).containers.map(({ name }) => name)
  expect(await names({})).toEqual(['mailer', 'api', 'backup', 'db', 'probe', 'web', 'import'])
  expect(await names({ project: 'shop' })).toEqual(['api', 'db', 'web'])
  expect(await names({ state: 'exited' })).toEqual(['backup', 'import'])
  expect(await names({ state: 'unhealthy' })).toEqual(['api'])
  expect(await names({ name: 'b' })).toEqual(['backup', 'db', 'probe', 'web'])
  expect(await names({ limit: 2, cursor: '2' })).toEqual(['backup', 'db'])
})

test('a list says where it goes on', async () => {
  const { read } = await openEngine()
  expect(await read('list_containers', { limit: 1 })).toMatchInlineSnapshot(`
    {
      "containers": [
        {
          "exit_code": 1,
          "health": undefined,
          "id": "ddfb1db623dc",
          "image": "registry.lan/shop/mailer:2.0",
          "name": "mailer",
          "project": undefined,
          "restarts": 41,
          "since": "20 seconds ago",
          "state": "restarting",
        },
      ],
      "next_cursor": "1",
    }
  `)
})

test('a container is shown without the values of its variables or the passwords of its command', async () => {
  const { read } = await openEngine()
  const shown = await read('get_container', { container: 'api' })
  expect(JSON.stringify(shown)).not.toContain('orchid')
  expect(shown).toMatchInlineSnapshot(`
    {
      "command": "node server.js --db-password=[redacted]",
      "depends_on": [
        "db",
      ],
      "environment_names": [
        "DATABASE_PASSWORD",
        "NODE_ENV",
        "PATH",
      ],
      "error": undefined,
      "exit_code": undefined,
      "failing_probes": 4,
      "finished_at": undefined,
      "health": "unhealthy",
      "health_output": "GET /healthz: 500 connection to db lost",
      "id": "f6c47f1bd24e",
      "image": "registry.lan/shop/api:4.2",
      "image_id": "0bce1b51a873",
      "labels": {},
      "memory_limit_mib": undefined,
      "mounts": [],
      "name": "api",
      "network_mode": "shop_default",
      "networks": [
        {
          "address": "172.18.0.3",
          "aliases": "api",
          "mac": "02:42:ac:12:00:03",
          "name": "shop_default",
        },
      ],
      "out_of_memory": undefined,
      "ports": [],
      "project": "shop",
      "restart_policy": "unless-stopped",
      "restarts": 0,
      "service": "api",
      "started_at": "2026-05-29T11:00:00Z",
      "state": "running",
    }
  `)
})

test('the log is read from its end, searched, and put in order of time', async () => {
  const { read } = await openEngine()
  expect(await read('get_logs', { container: 'web', tail: 2 })).toEqual({
    container: 'web',
    lines: [
      { stream: 'stdout', text: 'GET /cart 504' },
      { stream: 'stdout', text: 'GET / 200' },
    ],
  })
  expect(await read('get_logs', { container: 'web', grep: 'TIMED OUT|cart', timestamps: true })).toEqual({
    container: 'web',
    lines: [
      { at: '2026-06-01T08:59:00.000Z', stream: 'stderr', text: 'upstream api timed out' },
      { at: '2026-06-01T08:59:20.000Z', stream: 'stdout', text: 'GET /cart 504' },
    ],
    note: '2 matches in 4 lines',
  })
  expect(await read('get_logs', { container: 'web', grep: 'get', tail: 1 })).toMatchObject({ note: 'the last 1 of 3 matches in 4 lines' })
  expect(await read('get_logs', { container: 'web', since: '30s' })).toMatchObject({ lines: [{ text: 'GET / 200' }] })
  expect(await read('get_logs', { container: 'web', since: '2026-06-01T08:59:15Z' })).toMatchObject({
    lines: [{ text: 'GET /cart 504' }, { text: 'GET / 200' }],
  })
  expect(await read('get_logs', { container: 'probe', stream: 'stdout' })).toMatchObject({ lines: [{ text: 'ok' }, { text: 'ok' }] })
})

test('a span that is none is refused before the engine is asked for lines', async () => {
  const { read, exchanges } = await openEngine()
  await expect(read('get_logs', { container: 'web', since: 'yesterday' })).rejects.toThrow(
    expect.objectContaining({ code: 'invalid_input' }),
  )
  expect(exchanges.some(({ target }) => target.includes('/logs'))).toBe(false)
})

test('use is measured for what runs, largest memory first', async () => {
  const { read } = await openEngine()
  expect(await read('get_stats', { limit: 2 })).toMatchInlineSnapshot(`
    {
      "containers": [
        {
          "cpu_percent": 1.1,
          "limit_mib": 512,
          "memory_mib": 490,
          "memory_percent": 95.7,
          "name": "db",
          "processes": 5,
          "received_mb": 227,
          "sent_mb": 101,
        },
        {
          "cpu_percent": 3.2,
          "limit_mib": undefined,
          "memory_mib": 180,
          "memory_percent": 1.1,
          "name": "api",
          "processes": 5,
          "received_mb": 227,
          "sent_mb": 101,
        },
      ],
      "next_cursor": "2",
    }
  `)
  expect(await read('get_stats', { container: 'web' })).toMatchObject({ containers: [{ name: 'web', cpu_percent: 0.4 }] })
  await expect(read('get_stats', { container: 'import' })).rejects.toThrow(expect.objectContaining({ code: 'conflict' }))
})

test('unused images and orphaned volumes come first', async () => {
  const { read } = await openEngine()
  expect(await read('list_images', { unused: true })).toMatchInlineSnapshot(`
    {
      "images": [
        {
          "created": "2026-04-12",
          "dangling": true,
          "id": "3c3c3b5616b0",
          "size_mb": 310,
          "tags": "<none>",
          "unused": true,
        },
        {
          "created": "2026-05-10",
          "dangling": false,
          "id": "85d2bfb93010",
          "size_mb": 192,
          "tags": "nginx:1.27",
          "unused": true,
        },
      ],
    }
  `)
  expect(await read('list_volumes')).toMatchInlineSnapshot(`
    {
      "volumes": [
        {
          "containers": undefined,
          "created": "2025-10-04",
          "driver": "local",
          "name": "shop_db_old",
          "orphan": true,
          "project": "shop",
          "size_mb": undefined,
        },
        {
          "containers": "backup, db",
          "created": "2026-01-29",
          "driver": "local",
          "name": "shop_db",
          "orphan": false,
          "project": "shop",
          "size_mb": undefined,
        },
      ],
    }
  `)
})

test('networks name their subnet and members', async () => {
  const { read } = await openEngine()
  expect(await read('list_networks')).toMatchInlineSnapshot(`
    {
      "networks": [
        {
          "containers": "backup, import, mailer",
          "driver": "bridge",
          "gateway": "172.17.0.1",
          "id": "449ff89d05fd",
          "internal": false,
          "name": "bridge",
          "subnet": "172.17.0.0/16",
        },
        {
          "containers": undefined,
          "driver": "host",
          "gateway": undefined,
          "id": "2fd6f326a97e",
          "internal": false,
          "name": "host",
          "subnet": undefined,
        },
        {
          "containers": undefined,
          "driver": "null",
          "gateway": undefined,
          "id": "a731b318b995",
          "internal": false,
          "name": "none",
          "subnet": undefined,
        },
        {
          "containers": "api, db, web",
          "driver": "bridge",
          "gateway": "172.18.0.1",
          "id": "e93580152daf",
          "internal": false,
          "name": "shop_default",
          "subnet": "172.18.0.0/16",
        },
      ],
    }
  `)
})
