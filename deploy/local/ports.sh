# SPDX-License-Identifier: Apache-2.0
# Questions about TCP ports of 127.0.0.1. Sourced by the stack and by the tests.

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_ports: prints the first of four free ports in a row, enough for one stack. They lie below
# those that the system hands out by itself.
free_ports() {
    local first port
    while :; do
        first=$((20000 + RANDOM % 2500 * 4))
        for port in 0 1 2 3; do
            if port_is_taken $((first + port)); then continue 2; fi
        done
        printf '%d\n' "$first"
        return
    done
}
