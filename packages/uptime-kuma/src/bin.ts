import { run } from '@rackwarden/server'
import uptimeKuma from './index.ts'

void run(uptimeKuma)
