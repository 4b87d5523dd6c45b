import { run } from '@rackwarden/server'
import pihole from './index.ts'

void run(pihole)
