#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Stops the workers and servers of the local stack, each by its own pid. --wipe also deletes their data;
# the fetched jars of Kafka stay.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wipe=no
case ${1:-} in
"") ;;
--wipe) wipe=yes ;;
-h | --help) echo "usage: down.sh [--wipe]" && exit 0 ;;
*) echo "usage: down.sh [--wipe]" >&2 && exit 2 ;;
esac
if [[ ! -d $STACK_DIR ]]; then
    say "there is no stack in $STACK_DIR"
    exit 0
fi
"$LOCAL_SCRIPTS/workers.sh" down
lock_stack
for server in "${SERVERS[@]}"; do halt_server "$server" stop & done
wait
say "stopped"
if [[ $wipe == yes ]]; then
    # The marks first: a wipe that is cut off leaves nothing that looks complete.
    rm -f "$STACK_DIR/kafka/formatted" "$(postgres_data)/relance-initialised"
    rm -rf "$(postgres_data)" "${STACK_DIR:?}"/{kafka,redis,smtp,run,logs,env,settings,tenant-keys,demo,workers}
    say "data deleted"
fi
