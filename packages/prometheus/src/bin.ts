import { run } from '@rackwarden/server'
import prometheus from './index.ts'

void run(prometheus)
