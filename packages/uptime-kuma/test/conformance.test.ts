import { testService } from '@rackwarden/core/testing'
import { test } from 'vitest'
import uptimeKuma from '../src/index.ts'

const wrong = { monitor: 'Jelyfin' }

testService(uptimeKuma, {
  test,
  samples: {
    list_monitors: { right: { text: 'home.example', tag: 'media' }, wrong: { cursor: 'nowhere' } },
    get_monitor: { right: { monitor: 'Jellyfin' }, wrong },
    list_heartbeats: { right: { monitor: 'Router DNS', limit: 3 }, wrong },
    list_tags: { right: {}, wrong: { cursor: 'nowhere' } },
    list_notifications: { right: {}, wrong: { cursor: 'nowhere' } },
    pause_monitor: { right: { monitor: 'NAS' }, wrong },
    resume_monitor: { right: { monitor: 'Old blog' }, wrong },
    start_maintenance: {
      right: { title: 'Kernel update', monitors: ['NAS', 'Services'], minutes: 30 },
      wrong: { title: 'Kernel update', monitors: ['NSA'], minutes: 30 },
    },
    end_maintenance: { right: { maintenance: 'Toner change' }, wrong: { maintenance: 'Tuner change' } },
    create_monitor: {
      right: { name: 'Immich', url: 'https://photos.home.example', tags: ['media', 'photos'], group: 'Services' },
      wrong: { name: 'Immich', url: 'photos.home.example' },
    },
    update_monitor: {
      right: { monitor: 'Jellyfin', interval: 120, group: '', notifications: [] },
      wrong: { monitor: 'NAS', url: 'http://nas' },
    },
    tag_monitor: { right: { monitor: 'NAS', tag: 'storage' }, wrong: { ...wrong, tag: 'media' } },
    delete_monitor: { right: { monitor: 'Services' }, wrong },
  },
})
