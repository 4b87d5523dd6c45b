import { run } from '../src/index.ts'
import { lamp } from './fixture-service.ts'

void run(lamp)
