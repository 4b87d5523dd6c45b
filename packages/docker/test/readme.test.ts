import { checkReadme } from '@rackwarden/core/testing'
import { test } from 'vitest'
import docker from '../src/index.ts'

test('the README shows a conversation that is tested', () => checkReadme(docker, new URL('../', import.meta.url)))
