# What stands before and beside several `web`, for compose.cluster.yml: a proxy, and a store that
# counts requests. On your own machines both are services that you have, or that others run for you.
# It also makes the certificate of NATS's routes.

FROM debian:13.8-slim
RUN apt-get update -qq \
 && apt-get install -qq --no-install-recommends haproxy openssl valkey-server valkey-tools >/dev/null \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o nobody -m 700 /routes
USER nobody
