export { default } from 'dns-packet'
