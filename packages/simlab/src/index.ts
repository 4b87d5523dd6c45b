export { createLab, type Lab } from './lab.ts'
