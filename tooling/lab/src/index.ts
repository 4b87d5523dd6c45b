export { missingComponent, requireComponent, type Component } from './component.ts'
export { attachDockerEngine, startDockerEngine, type DockerEngine, type DockerEngineOptions } from './docker-engine.ts'
export type { EngineResponse } from './engine-request.ts'
