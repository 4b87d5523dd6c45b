export { default } from 'ssh2'
