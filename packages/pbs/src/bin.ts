import { run } from '@rackwarden/server'
import pbs from './index.ts'

void run(pbs)
