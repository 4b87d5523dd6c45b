import { checkReadme } from '@rackwarden/core/testing'
import { test } from 'vitest'
import prometheus from '../src/index.ts'

test('the README shows a conversation that is tested', () => checkReadme(prometheus, new URL('../', import.meta.url)))
