# Node 20 on Debian 12, by tag: security fixes arrive with a rebuild. Where every byte has to stay, pin the digest as well.
FROM node:20-bookworm-slim AS build
WORKDIR /src
RUN npm install --global pnpm@10.34.9
# The lockfile alone decides what is fetched, so this layer stays until it changes.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch
COPY . .
RUN pnpm install --offline --frozen-lockfile && node tooling/bundle/bundle.mjs

FROM node:20-bookworm-slim
LABEL org.opencontainers.image.title="Rackwarden" \
      org.opencontainers.image.description="One MCP server for the whole homelab, behind one gate." \
      org.opencontainers.image.licenses="MIT"
# The configuration is read from /etc/rackwarden/rackwarden.yaml; state and code cache share the one writable place.
ENV NODE_ENV=production \
    HOME=/var/lib/rackwarden \
    XDG_CONFIG_HOME=/etc \
    RACKWARDEN_STATE_DIR=/var/lib/rackwarden/state
COPY --from=build /src/LICENSE /src/apps/hub/package.json /opt/rackwarden/
COPY --from=build /src/apps/hub/dist/bin.cjs /src/apps/hub/dist/THIRD-PARTY-NOTICES /opt/rackwarden/dist/
COPY --from=build /src/apps/hub/dist/bin-chunks /opt/rackwarden/dist/bin-chunks/
RUN ln -s /opt/rackwarden/dist/bin.cjs /usr/local/bin/rackwarden \
 && install --directory --owner=1000 --group=1000 --mode=0700 /var/lib/rackwarden
USER 1000:1000
WORKDIR /var/lib/rackwarden
VOLUME /var/lib/rackwarden
EXPOSE 3005
# /health needs no token and tells nothing of the lab.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3005/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/rackwarden/dist/bin.cjs"]
# Beyond loopback a token is demanded: RACKWARDEN_TOKEN_FILE, or one made with `token create`.
CMD ["serve", "--http", "0.0.0.0:3005"]
