#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The six workers on the local stack, in system time, reading topics of your own.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
readonly RUN_DIR=$STACK_DIR/workers
# shellcheck source=deploy/local/processes.sh
source "$LOCAL_SCRIPTS/processes.sh"

# In the order in which they are started; <name> <binary below the build folder>.
readonly WORKERS=(
    "ingest services/ingest/relance-ingest"
    "scenario services/scenario/relance-scenario"
    "scoring services/scoring/relance-scoring"
    "legal-escalation services/legal_escalation/relance-legal-escalation"
    "notifier services/notifier/relance-notifier"
    "audit services/audit/relance-audit"
)
# Fixed for life when the topics are made. One machine runs one process of each kind.
readonly PARTITIONS=6
# A worker answers at once or hangs.
readonly PROBE_LIMIT_S=5

build=$REPO/build/release
bundle=$REPO/deploy/bundles/demo
tenant=acme
first_port=19464
sources=()

usage() {
    cat <<END
usage: workers.sh up [--source TOPIC]... [--tenant NAME] [--bundle FOLDER] [--port N] [--build FOLDER]
       workers.sh status
       workers.sh down
  up      starts the stack where it does not run, makes the topics that are missing, starts ingest,
          scenario, scoring, legal-escalation, notifier and audit, waits until all are ready, and
          activates the policies. Refuses while one of them runs.
  status  one line a worker; exit 1 unless all are ready
  down    stops them, each by its own pid; topics and data stay, and 'up' goes on from there
  --source  JSON events to read, from their beginning; may be repeated (default: billing.events)
  --tenant  whose events they are (default: $tenant)
  --bundle  policies, for all of that tenant's creditors (default: deploy/bundles/demo)
  --port    of ingest's /readyz and /metrics, the others follow it (default: $first_port)
  --build   where the programs are (default: build/release)
Mails go to the stack's mail server, which keeps them and sends none on. All lies in $RUN_DIR.
END
}

refuse_usage() {
    usage >&2
    exit 2
}

# The tests of the names: they become parts of files and of settings that are lists.
read_options() {
    while (($#)); do
        [[ $# -ge 2 && -n $2 ]] || refuse_usage
        case $1 in
        --source) sources+=("$2") ;;
        --tenant) tenant=$2 ;;
        --bundle) bundle=$(realpath -m "$2") ;;
        --port) first_port=$2 ;;
        --build) build=$(realpath -m "$2") ;;
        *) refuse_usage ;;
        esac
        shift 2
    done
    if [[ ${#sources[@]} == 0 ]]; then sources=(billing.events); fi
    [[ $first_port =~ ^[1-9][0-9]{3,4}$ && $first_port -le $((65536 - ${#WORKERS[@]})) ]] ||
        fail "--port is a number from 1000 to $((65536 - ${#WORKERS[@]}))"
    local topic
    for topic in "${sources[@]}"; do
        [[ $topic =~ ^[A-Za-z0-9._-]+$ ]] || fail "'$topic' cannot be the name of a topic"
    done
}

# worker_pid <name>: as with servers, a pid file alone proves nothing.
worker_pid() {
    local pid
    read -r pid 2>/dev/null <"$RUN_DIR/run/$1.pid" || return 1
    [[ $pid =~ ^[0-9]+$ ]] || return 1
    grep -qzE -- "/(relance-$1|run/$1\.sh)\$" "/proc/$pid/cmdline" 2>/dev/null || return 1
    printf '%s\n' "$pid"
}

# readyz <port>: prints what a worker says of itself; succeeds when it is ready.
readyz() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
    read -r -t "$PROBE_LIMIT_S" line <&3 || return 1
    sed '1,/^\r*$/d' <&3
    [[ $line == *" 200 "* ]]
}
is_ready() { (readyz "$(<"$RUN_DIR/run/$1.port")") >"$RUN_DIR/run/$1.ready" 2>/dev/null; }

# ---- status and down ----

show_status() {
    local row name pid result=0
    for row in "${WORKERS[@]}"; do
        name=${row% *}
        if ! pid=$(worker_pid "$name"); then
            printf '%-17s stopped\n' "$name"
            result=1
        elif is_ready "$name"; then
            printf '%-17s ready, pid %s, http://127.0.0.1:%s\n' "$name" "$pid" "$(<"$RUN_DIR/run/$name.port")"
        else
            printf '%-17s not ready, pid %s: %s; log: %s\n' "$name" "$pid" \
                "$(tr -s '\n\r' ' ' <"$RUN_DIR/run/$name.ready")" "$RUN_DIR/logs/$name.log"
            result=1
        fi
    done
    return "$result"
}

stop_workers() {
    local row name
    for row in "${WORKERS[@]}"; do
        name=${row% *}
        if worker_pid "$name" >/dev/null; then end_process "$name" & fi
    done
    wait
    rm -f "$RUN_DIR"/run/*.pid
}

# ---- up ----

check_all() {
    local row name pid port=$first_port
    for row in "${WORKERS[@]}"; do
        name=${row% *}
        if pid=$(worker_pid "$name"); then
            fail "$name of this stack runs already (pid $pid); see 'workers.sh status', stop it with 'workers.sh down'"
        fi
        ! port_is_taken "$port" ||
            fail "port $port for $name is taken by $(port_owner "$port"); choose the first of ${#WORKERS[@]} others: --port N"
        [[ -x $build/${row#* } ]] ||
            fail "$build/${row#* } is missing; build it: cmake --preset release && cmake --build --preset release"
        port=$((port + 1))
    done
    [[ -d $bundle ]] || fail "there is no bundle in $bundle"
}

dsn() { printf 'postgresql://%s@127.0.0.1:%s/relance' "$1" "$POSTGRES_PORT"; }

# What is set for another installation, a demonstration's say, must not reach these workers.
write_env() {
    local variable
    for variable in $(compgen -e RELANCE_); do unset "$variable"; done
    cat >"$RUN_DIR/env" <<END
# For relancectl on this stack: its endpoints, and a log-in that reads the trail and opens what is sealed.
source $(printf '%q' "$STACK_DIR/env")
export RELANCE_POSTGRES_DSN=$(dsn relance_people)
export PATH=$(printf '%q' "$build/services/relancectl"):\$PATH
END
    # shellcheck source=/dev/null
    source "$RUN_DIR/env"
}

make_topics() {
    local topic
    for topic in "${sources[@]}"; do
        relancectl topics create --partitions "$PARTITIONS" --source "$topic" >>"$RUN_DIR/logs/topics.log"
    done
}

# settings_of <name>: those that are its own, a line each.
settings_of() {
    local keys="RELANCE_KEYS_TENANTS=$STACK_DIR/tenant-keys" listed
    case $1 in
    ingest)
        listed=$(printf ',%s start=earliest' "${sources[@]}")
        printf '%s\n' "RELANCE_INGEST_SOURCES=${listed#,}" "RELANCE_INGEST_TENANTS=$tenant" "$keys" \
            "RELANCE_POSTGRES_DSN=$(dsn relance_keys)"
        ;;
    notifier)
        printf '%s\n' "RELANCE_SMTP_RELAYS=127.0.0.1:$SMTP_PORT tls=none" \
            "RELANCE_SMTP_HELLO=relance.local.example" "$keys" "RELANCE_POSTGRES_DSN=$(dsn relance_keys)"
        ;;
    audit) printf '%s\n' "RELANCE_POSTGRES_DSN=$(dsn relance_audit)" ;;
    esac
}

start_workers() {
    local row name port=$first_port
    local -a settings
    for row in "${WORKERS[@]}"; do
        name=${row% *}
        mapfile -t settings < <(settings_of "$name")
        define_process "$name" env RELANCE_WORKER_ORDINAL=0 "RELANCE_HTTP_LISTEN=127.0.0.1:$port" \
            "${settings[@]}" "$build/${row#* }"
        printf '%s\n' "$port" >"$RUN_DIR/run/$name.port"
        begin_process "$name"
        port=$((port + 1))
    done
}

# fail_worker <name> <what happened>
fail_worker() {
    printf '%s\n' "--- last lines of $RUN_DIR/logs/$1.log" >&2
    tail -n 5 "$RUN_DIR/logs/$1.log" >&2
    stop_workers
    fail "$1 $2; log: $RUN_DIR/logs/$1.log"
}

await_workers() {
    local row name deadline=$((SECONDS + READY_LIMIT_S))
    for row in "${WORKERS[@]}"; do
        name=${row% *}
        until is_ready "$name"; do
            process_runs "$name" || fail_worker "$name" "ended while it started"
            ((SECONDS < deadline)) || fail_worker "$name" "was not ready within $READY_LIMIT_S s"
            sleep 0.2
        done
    done
}

# Once for each change: policies that are in force are not activated again by each start.
activate() {
    local hash known=""
    hash=$(relancectl bundle publish "$bundle" | grep -oE -m 1 '\b[0-9a-f]{64}\b')
    read -r known 2>/dev/null <"$RUN_DIR/active" || true
    if [[ $known == "$tenant:$hash" ]]; then return; fi
    relancectl bundle activate "$hash" --tenant "$tenant" --topic "${sources[0]}" >/dev/null
    relancectl command CREDITOR_MODE --tenant "$tenant" --topic "${sources[0]}" \
        --payload '{"mode":"LIVE"}' >/dev/null
    printf '%s\n' "$tenant:$hash" >"$RUN_DIR/active"
}

say_next() {
    say "Tenant '$tenant', reading ${sources[*]}, policies of $bundle; mails: $(smtp_arg)"
    say "Try, and stop them with deploy/local/workers.sh down:"
    say "  source $RUN_DIR/env"
    printf '  %-58s  # %s\n' "relancectl send FILE.jsonl --topic ${sources[0]} --wait" "what became of each event" \
        "relancectl dlq list" "what could not be understood"
}

bring_up() {
    check_all
    "$LOCAL_SCRIPTS/up.sh"
    load_ports
    mkdir -p "$RUN_DIR"/{run,logs}
    "$LOCAL_SCRIPTS/tenant_key.sh" "$tenant" >/dev/null
    write_env
    make_topics
    start_workers
    await_workers
    activate
    show_status
    say_next
}

# One of these at a time: apart from the lock of the stack, which up.sh takes.
lock_workers() {
    mkdir -p "$STACK_DIR"
    exec 8>"$STACK_DIR/workers.lock"
    flock -w "$READY_LIMIT_S" 8 || fail "another workers.sh works on $STACK_DIR"
}

case ${1:-} in
-h | --help) usage ;;
up)
    shift
    read_options "$@"
    lock_workers
    bring_up
    ;;
status)
    [[ $# == 1 ]] || refuse_usage
    mkdir -p "$RUN_DIR/run"
    show_status
    ;;
down)
    [[ $# == 1 ]] || refuse_usage
    [[ -d $RUN_DIR/run ]] || exit 0
    lock_workers
    stop_workers
    say "workers stopped"
    ;;
*) refuse_usage ;;
esac
