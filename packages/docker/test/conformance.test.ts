import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import docker from '../src/index.ts'

const wrong = { container: 'no-such-container' }

testService(docker, {
  test,
  samples: {
    list_containers: { right: {}, wrong: { cursor: 'nowhere' } },
    get_container: { right: { container: 'web' }, wrong },
    get_logs: { right: { container: 'api', grep: 'error|attempts' }, wrong: { container: 'api', since: 'yesterday' } },
    get_stats: { right: {}, wrong },
    list_images: { right: {} },
    list_volumes: { right: { sizes: true } },
    list_networks: { right: {} },
    start_container: { right: { container: 'import' }, wrong },
    stop_container: { right: { container: 'web' }, wrong },
    restart_container: { right: { container: 'api' }, wrong },
    create_container: {
      right: { name: 'cache', image: 'nginx:1.29', ports: ['6380:6379'], mounts: ['cache:/data'], environment: { MODE: 'fast' } },
      wrong: { name: 'cache', image: 'no-such-image:1' },
    },
    exec_container: { right: { container: 'db', command: ['pg_isready', '-U', 'shop'] }, wrong: { ...wrong, command: ['id'] } },
    delete_container: { right: { container: 'backup' }, wrong },
    recreate_container: { right: { container: 'web' }, wrong },
    prune: { right: { images: 'unused', volumes: true }, wrong: { images: 'every' } },
  },
})
