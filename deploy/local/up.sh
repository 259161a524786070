#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Starts Kafka, Redis, PostgreSQL and the mail sink of the local stack, or what is missing of it, and
# waits until all answer. Running it again changes nothing. See README.md for ports and folder.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<END
usage: up.sh
Starts the local stack and writes its endpoints to $STACK_DIR/env.
END
}

check_commands() {
    local command
    for command in java mvn redis-server redis-cli /usr/bin/python3 "$POSTGRES_BIN/postgres"; do
        command -v "$command" >/dev/null || fail "$command is missing; run deploy/local/install.sh"
    done
}

# The endpoints, as the workers read them. The tests that tamper with the trail need the superuser.
write_env() {
    local address=127.0.0.1:$POSTGRES_PORT/relance
    cat >"$STACK_DIR/env.new" <<END
# Endpoints of this stack. One log-in of PostgreSQL per job: each worker's RELANCE_POSTGRES_DSN is the one
# of its role, and no worker takes another's settings. deploy/local/workers.sh starts all six with theirs.
export RELANCE_LOCAL_DIR=$(printf '%q' "$STACK_DIR")
export RELANCE_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:$KAFKA_PORT
export RELANCE_REDIS_HOST=127.0.0.1
export RELANCE_REDIS_PORT=$REDIS_PORT
# As it is: audit worker. Give ingest and notifier \$RELANCE_POSTGRES_KEYS_DSN in its place.
export RELANCE_POSTGRES_DSN=postgresql://relance_audit@$address
# Data keys: ingest, notifier. relancectl with --tenant-keys: the same with the role relance_people.
export RELANCE_POSTGRES_KEYS_DSN=postgresql://relance_keys@$address
# The schema (deploy/sql); reports; tests.
export RELANCE_POSTGRES_OWNER_DSN=postgresql://relance_owner@$address
export RELANCE_POSTGRES_READ_DSN=postgresql://relance_read@$address
export RELANCE_POSTGRES_SUPERUSER_DSN=postgresql://postgres@$address
export RELANCE_SMTP_PORT=$SMTP_PORT
END
    mv "$STACK_DIR/env.new" "$STACK_DIR/env"
}

case ${1:-} in
"") ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && exit 2 ;;
esac
check_commands
lock_stack
start_servers "${SERVERS[@]}"
write_env
say "endpoints: source $STACK_DIR/env    logs: $STACK_LOGS    stop: deploy/local/down.sh"
