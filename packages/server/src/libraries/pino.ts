export { pino } from 'pino'
