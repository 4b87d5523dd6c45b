import type { SimulatedContainer } from '@rackwarden/docker'

/** What answers questions at home, though hardly anybody asks it. */
export const assistant: readonly SimulatedContainer[] = [
  {
    name: 'ollama',
    image: 'ollama/ollama:0.12.9',
    project: 'assistant',
    ports: ['11434:11434'],
    mounts: ['ollama_models:/root/.ollama'],
    log: ['Listening on [::]:11434 (version 0.12.9)'],
    memoryMib: 212,
    hours: 77,
  },
]
