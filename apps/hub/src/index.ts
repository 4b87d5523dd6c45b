export { createHub } from './hub.ts'
export { services } from './services.ts'
