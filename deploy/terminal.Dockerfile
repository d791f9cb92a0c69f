# A terminal inside compose's network with `nats`, `aws` and `curl`, without any part of the shop.
# The first `docker compose run --rm terminal` builds it, which takes a few minutes.

FROM debian:13.8-slim AS nats
RUN apt-get update -qq \
 && apt-get install -qq --no-install-recommends ca-certificates golang-go >/dev/null
# It needs a newer Go than Debian has; that one downloads the newer.
ENV CGO_ENABLED=0 GOBIN=/out GOTOOLCHAIN=auto
RUN go install -trimpath -ldflags='-s -w' github.com/nats-io/natscli/nats@v0.5.0

FROM debian:13.8-slim
RUN apt-get update -qq \
 && apt-get install -qq --no-install-recommends awscli ca-certificates curl >/dev/null \
 && rm -rf /var/lib/apt/lists/*
COPY --from=nats /out/nats /usr/local/bin/nats
COPY --chmod=644 terminal.bashrc /etc/
# `nats`, `aws` and the shell write their files here; the rest is read-only.
ENV HOME=/tmp
USER nobody
CMD ["bash", "--rcfile", "/etc/terminal.bashrc"]
