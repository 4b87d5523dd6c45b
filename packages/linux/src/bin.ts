import { run } from '@rackwarden/server'
import linux from './index.ts'

void run(linux)
