/**
 * Listens on any loopback port and says where on stderr, as our own servers do.
 * @param {import('node:http').Server} http
 */
export function listen(http) {
  http.listen(0, '127.0.0.1', () => {
    const address = http.address()
    console.error(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/mcp`)
  })
}
