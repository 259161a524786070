#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One line per server of the local stack. Exit 0 when all answer, else 1.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

result=0
for server in "${SERVERS[@]}"; do
    state=stopped
    if pid=$(server_pid "$server"); then
        if answers "$server"; then state="ready, pid $pid"; else state="not ready, pid $pid"; fi
    fi
    [[ $state == ready* ]] || result=1
    printf '%-9s 127.0.0.1:%-6s %s\n' "$server" "$("${server}_ports" | cut -d' ' -f1)" "$state"
done
exit "$result"
