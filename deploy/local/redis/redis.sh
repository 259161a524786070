# SPDX-License-Identifier: Apache-2.0
# Redis: the rebuildable view, so nothing is persisted and a restart is empty. Sourced by lib.sh.
readonly REDIS_DIR=$STACK_DIR/redis

redis_arg() { printf '%s' "$REDIS_DIR/redis.conf"; }
redis_ports() { printf '%s\n' "$REDIS_PORT"; }
redis_signals() { echo TERM KILL; }
redis_user() { "$@"; }
redis_finish() { :; }

redis_prepare() {
    { cat "$LOCAL_SCRIPTS/redis/redis.conf"; printf 'port %s\ndir "%s"\n' "$REDIS_PORT" "$REDIS_DIR"; } \
        >"$REDIS_DIR/redis.conf"
}

redis_launch() { launch redis redis-server "$REDIS_DIR/redis.conf"; }

redis_probe() { [[ $(timeout 2 redis-cli -h 127.0.0.1 -p "$REDIS_PORT" ping 2>/dev/null) == PONG ]]; }
