#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A portfolio lives through a year on real servers: installs what is missing, builds, starts the
# local stack and the workers, replays the year day by day and says what came of it.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly PARTITIONS=6
readonly TENANT=acme
readonly BEGIN=2025-01-01T00:00:00Z
readonly BUILD=$REPO/build/release
readonly PORTFOLIO=$REPO/deploy/demo/portfolio.py
readonly TARGETS=(relance-ingest relance-scenario relance-audit relance-stand-in relancectl)
# An orderly stop commits what is under way; whoever needs longer than this hangs.
readonly WORKER_STOP_LIMIT_S=20
# Every run is an installation of its own: topics, database, keys. A second one needs no wiping.
RUN=demo$(date -u +%Y%m%d%H%M%S)
readonly RUN
readonly RUN_DIR=$STACK_DIR/demo/$RUN
readonly RUN_ENV=$RUN_DIR/env
readonly SOURCE=$RUN.billing

keep=no
summarised=no
failures=0
began_servers=()
declare -A workers=()
declare -A expected=()

usage() {
    cat <<END_OF_USAGE
usage: demo.sh [--keep]
Replays a made-up year of about 310 debtors and sums up who was contacted and why others were not.
  --keep   leaves workers and servers running; otherwise what this run started is stopped
Contact requests are answered by a stand-in: nothing is sent to anybody.
Everything lies below $STACK_DIR/demo. Ports and folder: deploy/local/README.md.
END_OF_USAGE
}

note() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

# ---- stopping ----

stop_workers() {
    local name deadline=$((SECONDS + WORKER_STOP_LIMIT_S))
    for name in "${!workers[@]}"; do kill -s TERM "${workers[$name]}" 2>/dev/null || true; done
    for name in "${!workers[@]}"; do
        until process_is_gone "${workers[$name]}"; do
            if ((SECONDS >= deadline)); then
                kill -s KILL "${workers[$name]}" 2>/dev/null || true
            fi
            sleep 0.05
        done
    done
    wait
}

stop_servers() {
    local server
    for server in "${began_servers[@]}"; do
        "$LOCAL_SCRIPTS/server.sh" "$server" stop || say "$server could not be stopped"
    done
}

show_worker_logs() {
    local log
    for log in "$RUN_DIR"/logs/*.log; do
        [[ -s $log ]] || continue
        printf '%s\n' "--- last lines of $log"
        tail -n 8 "$log"
    done
}

at_exit() {
    local result=$?
    trap - EXIT
    trap '' INT TERM
    if [[ $result != 0 ]]; then show_worker_logs >&2; fi
    if [[ $keep == no || $summarised == no ]]; then
        stop_workers
        stop_servers
    fi
    exit "$result"
}

# ---- starting ----

build() {
    local log=$STACK_DIR/demo/build.log
    note "building (a few minutes the first time; log: $log)"
    if ! (cd "$REPO" && cmake --preset release &&
        cmake --build --preset release --target "${TARGETS[@]}") </dev/null >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        fail "the build failed"
    fi
}

start_stack() {
    local server
    for server in "${SERVERS[@]}"; do
        if ! server_pid "$server" >/dev/null; then began_servers+=("$server"); fi
    done
    "$LOCAL_SCRIPTS/up.sh"
    load_ports
}

# The trail belongs to one installation, so each has a database of its own.
make_database() {
    local file
    sql postgres postgres -c "create database $RUN owner relance_owner"
    for file in "$POSTGRES_SQL"/[0-9][0-9][0-9][0-9]_*.sql; do
        sql relance_owner "$RUN" -1 -f "$file"
    done
}

make_key() {
    (umask 077 && mkdir -p "$RUN_DIR/keys" &&
        od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n' >"$RUN_DIR/keys/$TENANT.key")
}

dsn() { printf 'postgresql://%s@127.0.0.1:%s/%s' "$1" "$POSTGRES_PORT" "$RUN"; }

write_run_env() {
    cat >"$RUN_ENV" <<END_OF_ENV
source $(printf '%q' "$STACK_DIR/env")
export RELANCE_INSTALLATION_TOPIC_PREFIX=$RUN
export RELANCE_INSTALLATION_NAME=demo
export RELANCE_KAFKA_SESSION_TIMEOUT_MS=6s
export RELANCE_HTTP_LISTEN=
export RELANCE_POSTGRES_DSN=$(dsn relance_read)
export PATH=$(printf '%q' "$BUILD/services/relancectl"):\$PATH
END_OF_ENV
    ln -sfn "$RUN" "$STACK_DIR/demo/latest"
}

make_installation() {
    note "a new installation: $RUN"
    mkdir -p "$RUN_DIR/logs"
    make_key
    make_database
    write_run_env
    # shellcheck source=/dev/null
    source "$RUN_ENV"
    relancectl topics create --partitions "$PARTITIONS" --clock stepped --source "$SOURCE"
}

# start_worker <name> <binary> [VARIABLE=value ...]
start_worker() {
    local name=$1 binary=$2
    shift 2
    (close_descriptors && cd / && exec setsid env RELANCE_WORKER_ORDINAL=0 "$@" "$BUILD/$binary") \
        </dev/null >>"$RUN_DIR/logs/$name.log" 2>&1 &
    workers[$name]=$!
}

start_workers() {
    note "starting ingest, scenario, audit, and a stand-in for the notifier"
    start_worker ingest services/ingest/relance-ingest \
        "RELANCE_INGEST_SOURCES=$SOURCE start=earliest" "RELANCE_INGEST_TENANTS=$TENANT" \
        "RELANCE_KEYS_TENANTS=$RUN_DIR/keys" "RELANCE_POSTGRES_DSN=$(dsn relance_keys)"
    start_worker scenario services/scenario/relance-scenario
    start_worker audit services/audit/relance-audit "RELANCE_POSTGRES_DSN=$(dsn relance_audit)"
    start_worker stand-in tests/integration/relance-stand-in
}

activate() {
    local hash
    hash=$(relancectl bundle publish "$REPO/deploy/bundles/demo" | grep -oE -m 1 '\b[0-9a-f]{64}\b')
    relancectl bundle activate "$hash" --tenant "$TENANT" --topic "$SOURCE" --time "$BEGIN" --no-wait
    relancectl command CREDITOR_MODE --tenant "$TENANT" --topic "$SOURCE" --time "$BEGIN" \
        --payload '{"mode":"LIVE"}' --no-wait
}

# ---- the year ----

replay() {
    local name value
    while IFS='=' read -r name value; do expected[$name]=$value; done < <("$PORTFOLIO" --expect)
    "$PORTFOLIO" "$RUN_DIR/events.jsonl"
    note "replaying ${expected[records]} records, a day at a time, to ${expected[last_day]}"
    relancectl replay "$RUN_DIR/events.jsonl" --topic "$SOURCE" --answers stand-in \
        --to "${expected[last_day]}" | tee "$RUN_DIR/replay.txt"
}

still_running() {
    local name
    for name in "${!workers[@]}"; do
        ! process_is_gone "${workers[$name]}" || fail "$name ended; log: $RUN_DIR/logs/$name.log"
    done
}

# ---- the summary ----

query() { sql relance_read "$RUN" -At -F ' ' -c "$1"; }
line() { printf '  %-34s %s\n' "$1" "$2"; }

# must <what> <value> <wanted>: one line; what is not as wanted fails the demo.
must() {
    if [[ $2 == "$3" ]]; then
        line "$1" "$2"
    else
        line "$1" "$2, and not $3: WRONG"
        failures=$((failures + 1))
    fi
}

# some <what> <value>: must not be nothing.
some() {
    line "$1" "$2"
    if ! [[ $2 =~ ^[1-9][0-9]*$ ]]; then
        line "" "WRONG: there must be some"
        failures=$((failures + 1))
    fi
}

# list <sql>: lines of two columns, name and count.
list() {
    local name count
    while read -r name count; do line "  $name" "$count"; done < <(query "$1")
}

sum_up_portfolio() {
    local currency
    say "The portfolio"
    must debtors "$(query 'select count(distinct debtor) from receivable')" "${expected[debtors]}"
    must invoices "$(query 'select count(*) from receivable')" "${expected[invoices]}"
    for currency in EUR GBP; do
        must "still owed, cents of $currency" "$(query "select coalesce(sum(open_minor), 0)
            from receivable where currency = '$currency'")" "${expected[open_$currency]}"
    done
}

sum_up_contacts() {
    say "Contacts (answered by a stand-in, nothing was sent)"
    some "asked for" "$(query 'select count(*) from request')"
    list "select scenario || '/' || step, count(*) from request group by 1 order by 2 desc, 1"
    must "without an answer" "$(query 'select count(*) from request
        where outcome is null and returned is null')" 0
    say "Silences, by reason"
    some "reasons written down" "$(query 'select count(*) from silence')"
    list 'select reason, count(*) from silence group by 1 order by 2 desc, 1'
}

sum_up_steps() {
    local opened acted suppressed open
    say "Step instances: each that fell due is acted on, suppressed, or still open with its reason"
    opened=$(query "select count(*) from audit_log where kind = 'STEP_OPENED'")
    read -r acted suppressed open < <(query "select count(*) filter (where result = 'ACTED'),
        count(*) filter (where result in ('PAID', 'CARRIED', 'STEP_GONE', 'EXPIRED')),
        count(*) filter (where closed_at is null) from step_instance")
    some opened "$opened"
    some acted "$acted"
    some suppressed "$suppressed"
    line "still open" "$open"
    must "acted + suppressed + still open" "$((acted + suppressed + open))" "$opened"
    must "still open without a reason" "$(query 'select count(*) from open_step
        where reason is null')" 0
}

sum_up_wrong_records() {
    local count
    say "What could not be understood: its debtors are left in peace until somebody decides"
    relancectl dlq list --limit 1000 --json >"$RUN_DIR/dead-letters.json"
    count=$(letters_by_code | awk '{ sum += $2 } END { print sum + 0 }')
    must "dead letters" "$count" "${expected[dead_letters]}"
    letters_by_code
    must "one event id, two contents" "$(query "select count(*) from audit_log
        where kind = 'CONFLICT_FOUND'")" "${expected[conflicts]}"
    must "debtors in quarantine" "$(query "select count(distinct debtor) from audit_log
        where kind = 'QUARANTINE_CHANGED'")" "${expected[quarantined]}"
}

sum_up_trail() {
    say "The trail"
    line "records" "$(query 'select count(*) from audit_log')"
    if relancectl audit verify --at-rest >"$RUN_DIR/verify.txt" 2>&1; then
        line "relancectl audit verify" "clean"
    else
        cat "$RUN_DIR/verify.txt"
        failures=$((failures + 1))
    fi
}

letters_by_code() {
    /usr/bin/python3 - "$RUN_DIR/dead-letters.json" <<'END_OF_PYTHON'
import collections, json, sys
letters = json.load(open(sys.argv[1]))["letters"]
codes = collections.Counter(one["code"] for one in letters)
for code, count in sorted(codes.items()):
    print(f"    {code:32} {count}")
END_OF_PYTHON
}

has_command() { relancectl --help 2>&1 | grep -qE "^ +$1 "; }

try_next() {
    local debtor day
    debtor=$(query "select debtor from silence group by 1
        order by count(distinct reason) desc, count(*), debtor limit 1")
    day=$(query "select max(requested_at)::date from request where debtor = '$debtor'")
    say "Try next"
    if [[ $keep == no && ${#began_servers[@]} -gt 0 ]]; then say "  ./deploy/local/up.sh"; fi
    say "  source $RUN_ENV"
    if has_command explain; then say "  relancectl explain $TENANT/$debtor"; fi
    if has_command 'debtor show'; then
        say "  relancectl debtor show $TENANT/$debtor --on $day"
    fi
    say "  relancectl dlq list"
    if [[ $keep == yes ]]; then
        say "Workers and servers are running. To stop them:"
        say "  kill ${workers[*]}; ./deploy/local/down.sh"
    fi
}

sum_up() {
    say ""
    sum_up_portfolio
    sum_up_contacts
    sum_up_steps
    sum_up_wrong_records
    sum_up_trail
    say "Throughput"
    line "replay" "$(tail -n 1 "$RUN_DIR/replay.txt")"
    line "all" "$SECONDS s"
    say ""
    summarised=yes
}

# ---- all ----

case ${1:-} in
"") ;;
--keep) keep=yes ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && exit 2 ;;
esac
"$LOCAL_SCRIPTS/install.sh"
mkdir -p "$STACK_DIR/demo"
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
build
start_stack
make_installation
start_workers
activate
replay
still_running
sum_up
if [[ $failures != 0 ]]; then fail "$failures of the lines above are wrong"; fi
try_next
