import { run } from '@rackwarden/server'
import proxmox from './index.ts'

void run(proxmox)
