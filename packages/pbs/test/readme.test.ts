import { checkReadme } from '@rackwarden/core/testing'
import { test } from 'vitest'
import pbs from '../src/index.ts'

test('the README tells of every tool and variable, and shows a conversation that is tested', () =>
  checkReadme(pbs, new URL('../', import.meta.url)))
