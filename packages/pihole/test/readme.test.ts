import { checkReadme } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pihole from '../src/index.ts'

test('the README tells of every tool and variable, and shows a conversation that is tested', () =>
  checkReadme(pihole, new URL('../', import.meta.url)))
