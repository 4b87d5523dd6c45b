import { run } from '@rackwarden/server'
import manifest from '../package.json' with { type: 'json' }
import { createHub } from './hub.ts'

void run(createHub(manifest.version))
