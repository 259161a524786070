# SPDX-License-Identifier: Apache-2.0
# What the scripts of the local stack share: where things are, whose a process is, starting,
# waiting, stopping. Sourced, never run.
#
# A stack is a folder (RELANCE_LOCAL_DIR) with four servers on 127.0.0.1. Each server is a file
# <server>/<server>.sh that defines
#   <server>_arg       the argument by which its process is recognised (it names the stack's folder)
#   <server>_ports     the ports it listens on
#   <server>_prepare   makes configuration and, the first time, data
#   <server>_launch    starts the process
#   <server>_probe     succeeds when it answers
#   <server>_finish    what has to be done once it answers
#   <server>_user      runs a command as the user whose process it is
#   <server>_signals   the signals of an orderly stop and of a crash
set -euo pipefail

readonly LOCAL_SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly REPO=$(cd "$LOCAL_SCRIPTS/../.." && pwd)
readonly STACK_DIR=$(realpath -m "${RELANCE_LOCAL_DIR:-$REPO/.local}")
readonly STACK_LOGS=$STACK_DIR/logs
readonly SETTINGS=$STACK_DIR/settings
readonly SERVERS=(kafka redis postgres smtp)
readonly READY_LIMIT_S=${RELANCE_READY_LIMIT_S:-90}
# An orderly stop of the broker takes 1 to 3 s; whoever needs longer than this hangs.
readonly STOP_LIMIT_S=30
# A server that was already there and does not answer for so long is started anew.
readonly HUNG_LIMIT_S=20

# shellcheck source=deploy/local/ports.sh
source "$LOCAL_SCRIPTS/ports.sh"

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

# The ports: the environment first, then what the stack was started with, then our own defaults,
# which are not those of a Kafka, Redis, PostgreSQL or mail server that may run on this machine already.
load_ports() {
    local kafka_port=19092 kafka_controller_port=19093 redis_port=16379 postgres_port=15432 smtp_port=12525
    # shellcheck source=/dev/null
    if [[ -r $SETTINGS ]]; then source "$SETTINGS"; fi
    KAFKA_PORT=${RELANCE_KAFKA_PORT:-$kafka_port}
    KAFKA_CONTROLLER_PORT=${RELANCE_KAFKA_CONTROLLER_PORT:-$kafka_controller_port}
    REDIS_PORT=${RELANCE_REDIS_PORT:-$redis_port}
    POSTGRES_PORT=${RELANCE_POSTGRES_PORT:-$postgres_port}
    SMTP_PORT=${RELANCE_SMTP_PORT:-$smtp_port}
}

save_ports() {
    cat >"$SETTINGS.new" <<END
kafka_port=$KAFKA_PORT
kafka_controller_port=$KAFKA_CONTROLLER_PORT
redis_port=$REDIS_PORT
postgres_port=$POSTGRES_PORT
smtp_port=$SMTP_PORT
END
    mv "$SETTINGS.new" "$SETTINGS"
}

# One script at a time per stack.
lock_stack() {
    mkdir -p "$STACK_DIR" "$STACK_LOGS" "$STACK_DIR"/{run,kafka,redis,smtp}
    exec 9>"$STACK_DIR/lock"
    flock -w "$READY_LIMIT_S" 9 || fail "another script works on $STACK_DIR"
}

# server_pid <server>: prints the pid of the stack's server. A pid file alone proves nothing: after
# a reboot the number may belong to anybody, so the process must carry the server's own argument.
server_pid() {
    local pid
    read -r pid 2>/dev/null <"$STACK_DIR/run/$1.pid" || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    grep -qzxF -- "$("$1_arg")" "/proc/$pid/cmdline" 2>/dev/null || return 1
    printf '%s\n' "$pid"
}

# A server must not keep what its starter had open: the lock above, or those of a test.
close_descriptors() {
    local path number
    for path in "/proc/$BASHPID/fd"/*; do
        number=${path##*/}
        if ((number > 2)); then eval "exec $number>&-"; fi
    done
}

# launch <server> <command...>: starts it in a session of its own, so that Ctrl-C does not reach it.
launch() {
    local server=$1
    shift
    (close_descriptors && cd / && exec setsid "$@") </dev/null >>"$STACK_LOGS/$server.log" 2>&1 &
    printf '%s\n' "$!" >"$STACK_DIR/run/$server.pid"
    disown
}

show_log() {
    printf '%s\n' "--- last lines of $STACK_LOGS/$1.log" >&2
    tail -n 15 "$STACK_LOGS/$1.log" >&2 2>/dev/null || true
}

# owns_ports <server>: the process that this stack started takes the connections for all its ports. That
# somebody answers proves nothing: two stacks may have found the same port free at the same moment, and
# what is said next, SQL above all, would reach the other's server.
owns_ports() {
    local pid port inode held
    read -r pid 2>/dev/null <"$STACK_DIR/run/$1.pid" || return 1
    # A descriptor that is closed meanwhile makes ls fail, and what it printed is good.
    held=$("$1_user" ls -l "/proc/$pid/fd" 2>/dev/null) || true
    for port in $("$1_ports"); do
        while read -r inode _; do
            if [[ $held == *"socket:[$inode]"* ]]; then continue 2; fi
        done < <(listeners "$port")
        return 1
    done
}

# answers <server>: this stack's server can be used.
answers() { owns_ports "$1" && "$1_probe"; }

# taken_port <server>: prints that of its ports which somebody else has.
taken_port() {
    local port
    ! owns_ports "$1" || return 1
    for port in $("$1_ports"); do
        if port_is_taken "$port"; then
            printf '%s\n' "$port"
            return
        fi
    done
    return 1
}

# fail_taken <server> <port>
fail_taken() {
    local variable name
    for variable in "${STACK_PORTS[@]}"; do
        name=${variable#RELANCE_}
        if [[ ${!name} == "$2" ]]; then break; fi
    done
    fail "port $2 for $1 is taken by $(port_owner "$2"), which is not of this stack ($STACK_DIR); choose another:" \
        "$(free_ports | grep "^$variable=") (all of them: deploy/local/README.md)"
}

# becomes_ready <server> <limit_s>: waits until it answers; fails when it died or at the limit. On a busy
# machine a process is there before it carries the server's argument, so its number alone counts here.
becomes_ready() {
    local deadline=$((SECONDS + $2))
    until answers "$1"; do
        ! process_is_gone "$(<"$STACK_DIR/run/$1.pid")" || return 1
        ((SECONDS < deadline)) || return 1
        sleep 0.1
    done
}

# check_ports <server>: they are its own already, or free.
check_ports() {
    local port ports
    if server_pid "$1" >/dev/null; then
        read -r ports <"$STACK_DIR/run/$1.ports"
        [[ $("$1_ports") == "$ports" ]] || fail "$1 of this stack runs on $ports; stop it before moving it"
        return
    fi
    for port in $("$1_ports"); do
        ! port_is_taken "$port" || fail_taken "$1" "$port"
    done
}

# begin_server <server>: makes sure that its process exists.
begin_server() {
    if server_pid "$1" >/dev/null; then return; fi
    "$1_prepare"
    "$1_ports" >"$STACK_DIR/run/$1.ports"
    "$1_launch"
    launched[$1]=yes
}

# await_server <server>: after begin_server; waits until the server can be used.
await_server() {
    local limit=$READY_LIMIT_S port
    if [[ ${launched[$1]:-no} == no ]]; then limit=$HUNG_LIMIT_S; fi
    if ! becomes_ready "$1" "$limit" && [[ ${launched[$1]:-no} == no ]]; then
        say "$1 does not answer, starting it anew"
        halt_server "$1" crash
        begin_server "$1"
        becomes_ready "$1" "$READY_LIMIT_S" || true
    fi
    if ! answers "$1"; then
        if port=$(taken_port "$1"); then
            halt_launched
            fail_taken "$1" "$port"
        fi
        show_log "$1"
        server_pid "$1" >/dev/null || fail "$1 ended while it started; log: $STACK_LOGS/$1.log"
        fail "$1 was not ready within $READY_LIMIT_S s; log: $STACK_LOGS/$1.log"
    fi
    "$1_finish"
    printf '%-9s ready on 127.0.0.1:%s (pid %s)\n' "$1" "$("$1_ports" | cut -d' ' -f1)" \
        "$(server_pid "$1")"
}

# What this start began would hold the ports that its next try is to leave.
halt_launched() {
    local server
    for server in "${!launched[@]}"; do halt_server "$server" stop; done
}

# process_is_gone <pid>: a dying process loses its arguments before it closes its ports, and a dead
# one stays as a zombie where nobody collects it.
process_is_gone() {
    [[ -d /proc/$1/task ]] || return 0
    [[ $(echo "/proc/$1/task"/*) == "/proc/$1/task/$1" ]] &&
        grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status"
}

# start_servers <server...>: nothing is started before all ports are known to be right.
start_servers() {
    local server
    for server in "$@"; do check_ports "$server"; done
    save_ports
    for server in "$@"; do begin_server "$server"; done
    for server in "$@"; do await_server "$server"; done
}

# halt_server <server> <stop|crash>: by its own pid, and returns only when the process is gone.
halt_server() {
    local pid orderly crash deadline=$((SECONDS + STOP_LIMIT_S))
    if ! pid=$(server_pid "$1"); then
        rm -f "$STACK_DIR/run/$1.pid"
        return
    fi
    read -r orderly crash < <("$1_signals")
    if [[ $2 == stop ]]; then kill -s "$orderly" "$pid"; else kill -s "$crash" "$pid"; fi
    kill -s CONT "$pid" 2>/dev/null || true # a process frozen by a test would not see the signal
    until process_is_gone "$pid"; do
        if ((SECONDS >= deadline)); then
            say "$1 (pid $pid) did not stop within $STOP_LIMIT_S s, killing it"
            kill -s KILL "$pid" || true
            deadline=$((SECONDS + STOP_LIMIT_S))
        fi
        sleep 0.05
    done
    rm -f "$STACK_DIR/run/$1.pid"
}

declare -A launched=()
for server in "${SERVERS[@]}"; do
    # shellcheck source=/dev/null
    source "$LOCAL_SCRIPTS/$server/$server.sh"
done
load_ports
