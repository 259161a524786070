# SPDX-License-Identifier: Apache-2.0
# Questions about TCP ports of 127.0.0.1. Sourced by the stack and by the tests.

# The ports of one stack, as its scripts read them.
readonly STACK_PORTS=(RELANCE_KAFKA_PORT RELANCE_KAFKA_CONTROLLER_PORT RELANCE_REDIS_PORT
    RELANCE_POSTGRES_PORT RELANCE_SMTP_PORT)

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# listeners <port>: prints inode and user number of every socket that takes connections for it, a line each.
listeners() {
    awk -v port=":$(printf '%04X' "$1")\$" '$4 == "0A" && $2 ~ port { print $10, $8 }' \
        /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# port_owner <port>: says who takes connections for it, as far as this user may know.
port_owner() {
    local inode user file pid
    while read -r inode user; do
        file=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -print -quit 2>/dev/null) || true
        if [[ -n $file ]]; then
            pid=$(cut -d/ -f3 <<<"$file")
            printf 'pid %s (%s)' "$pid" "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c 1-60 | sed 's/ *$//')"
        else
            printf 'a process of user %s' "$(id -nu "$user" 2>/dev/null || printf '%s' "$user")"
        fi
        return
    done < <(listeners "$1")
    printf 'a process that cannot be named'
}

# free_ports: prints a free port for each name of a stack, NAME=port, one a line. They are a row, and
# lie below those that the system hands out by itself.
free_ports() {
    local count=${#STACK_PORTS[@]} first place
    while :; do
        first=$((20000 + RANDOM % (10000 / count) * count))
        for ((place = 0; place < count; place++)); do
            if port_is_taken $((first + place)); then continue 2; fi
        done
        for ((place = 0; place < count; place++)); do
            printf '%s=%d\n' "${STACK_PORTS[place]}" $((first + place))
        done
        return
    done
}
