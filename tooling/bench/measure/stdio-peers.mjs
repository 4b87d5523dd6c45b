/**
 * The peers that are started like one of our services, with what they need to list their tools.
 * @param {Map<import('../peers.mjs').PeerName, import('../peers.mjs').Peer>} peers
 */
export function stdioPeers(peers) {
  /** @type {[import('../peers.mjs').PeerName, Record<string, string>][]} */
  const known = [
    ['mcp-server-kubernetes', {}],
    [
      'mcp-arr-server',
      {
        SONARR_URL: 'http://127.0.0.1:9',
        SONARR_API_KEY: '0'.repeat(32),
        RADARR_URL: 'http://127.0.0.1:9',
        RADARR_API_KEY: '0'.repeat(32),
      },
    ],
  ]
  return known.flatMap(([key, env]) => {
    const peer = peers.get(key)
    return peer === undefined ? [] : [{ name: peer.name, args: [peer.entry], env }]
  })
}
