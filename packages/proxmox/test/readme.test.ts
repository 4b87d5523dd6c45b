import { checkReadme } from '@rackwarden/core/testing'
import { test } from 'vitest'
import proxmox from '../src/index.ts'

test('the README tells of every tool and variable, and shows a conversation that is tested', () =>
  checkReadme(proxmox, new URL('../', import.meta.url)))
