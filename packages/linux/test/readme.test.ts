import { checkReadme } from '@rackwarden/core/testing'
import { test } from 'vitest'
import linux from '../src/index.ts'

test('the README shows a conversation that is tested', () => checkReadme(linux, new URL('../', import.meta.url)))
