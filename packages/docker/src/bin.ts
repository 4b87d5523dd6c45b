import { run } from '@rackwarden/server'
import docker from './index.ts'

void run(docker)
