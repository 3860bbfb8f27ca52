# Two stages: the first builds with the Swift toolchain, the second carries the two programs.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libncursesw5-dev libssl-dev zlib1g-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The dependencies are a layer of their own: a change of the sources does not fetch them again.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product gateway \
 && swift build -c release --static-swift-stdlib --product gateway-admin \
 && bin="$(swift build -c release --static-swift-stdlib --show-bin-path)" \
 && install -D --strip -t /out "$bin/gateway" "$bin/gateway-admin"

FROM debian:bookworm-slim
# tini is PID 1: it reaps what a backend's process leaves behind and passes signals on.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates libncursesw6 libssl3 libstdc++6 ncurses-base tini zlib1g \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 gateway \
 && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin gateway \
 && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /out/ /usr/local/bin/
COPY LICENSE /usr/share/doc/mcp-gateway/LICENSE
USER 10001:10001
# gateway.json is looked for in the working directory, so /data/gateway.json is the configuration.
WORKDIR /data
VOLUME /data
# No backtrace: the image has no symbols, and writing one takes seconds.
ENV USERS_DB_PATH=/data/users.json GATEWAY_LISTEN=0.0.0.0:4444 SWIFT_BACKTRACE=enable=no
EXPOSE 4444
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 \
  CMD ["gateway", "status"]
ENTRYPOINT ["tini", "--", "gateway"]
CMD ["serve"]
