import { run } from '@rackwarden/server'
import quietLantern from './index.ts'

void run(quietLantern)
