#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A portfolio lives through a year on real servers: installs what is missing, builds, starts the
# local stack and the workers, replays the year day by day and says what came of it. Or all of it in
# one process, without a server.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=deploy/demo/run.sh
source "$REPO/deploy/demo/run.sh"
# shellcheck source=deploy/demo/break.sh
source "$REPO/deploy/demo/break.sh"

readonly REPORT=$REPO/deploy/demo/report.py
readonly TARGETS=(relance-ingest relance-scenario relance-scoring relance-legal-escalation
    relance-notifier relance-audit
    relancectl relance-embedded) # the last one for try.sh policy
# Every run is an installation of its own: topics, database, keys. A second one needs no wiping.
use_run "$STACK_DIR/demo/demo$(date -u +%Y%m%d%H%M%S)"

keep=no
breaking=no
embedded=no
summarised=no
conductor="" # of --break, while it runs
failures=0
began_servers=()
declare -A expected=()
story_debtor="" story_document="" story_action=""

usage() {
    cat <<END_OF_USAGE
usage: demo.sh [--keep] [--break]
       demo.sh --embedded
Replays a made-up year of about 320 debtors: mails are sent, and it sums up who was contacted, why
others were not, and that no contact was behind a payment. Writes demo-report.html, a page that
needs no network, into the run's folder.
  --keep      leaves workers and servers running; otherwise what this run started is stopped
  --break     meanwhile kills workers and servers and empties the hot state; the same must come of it
  --embedded  all workers in one process, on a log in memory, without any server; no report
The mails go to a server of this machine that keeps them in the run's folder and sends none on; with
--embedded they are written there.
Everything lies below $STACK_DIR/demo. Ports and folder: deploy/local/README.md.
END_OF_USAGE
}

note() { printf '[%3d s] %s\n' "$SECONDS" "$*"; }

# ---- stopping ----

stop_workers() {
    local name
    for name in $(process_names); do end_process "$name" & done
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
    if [[ -n $conductor ]]; then kill "$conductor" 2>/dev/null || true; fi
    if [[ $result != 0 ]]; then show_worker_logs >&2; fi
    if [[ $keep == no || $summarised == no ]]; then
        stop_workers
        stop_servers
    fi
    exit "$result"
}

# ---- starting ----

# build <target...>
build() {
    local log=$STACK_DIR/demo/build.log
    note "building (a few minutes the first time; log: $log)"
    if ! (cd "$REPO" && cmake --preset release &&
        cmake --build --preset release --target "$@") </dev/null >"$log" 2>&1; then
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

# The portfolio is made up and its key no secret: pseudonyms of natural persons follow from it, so
# that a state can be compared with that of another machine. What is sealed has keys of each run.
make_key() {
    (umask 077 && mkdir -p "$RUN_DIR/keys" &&
        printf 'relance demo' | sha512sum | cut -c -128 >"$RUN_DIR/keys/$TENANT.key")
}

dsn() { printf 'postgresql://%s@127.0.0.1:%s/%s' "$1" "$POSTGRES_PORT" "$RUN"; }

write_run_env() {
    cat >"$RUN_ENV" <<END_OF_ENV
source $(printf '%q' "$STACK_DIR/env")
export RELANCE_INSTALLATION_TOPIC_PREFIX=$RUN
export RELANCE_INSTALLATION_NAME=demo
export RELANCE_KAFKA_SESSION_TIMEOUT_MS=6s
export RELANCE_HTTP_LISTEN=
export RELANCE_POSTGRES_DSN=$(dsn relance_people)
export PATH=$(printf '%q' "$BUILD/services/relancectl"):\$PATH
END_OF_ENV
    ln -sfn "$RUN" "$STACK_DIR/demo/latest"
}

make_installation() {
    note "a new installation: $RUN"
    mkdir -p "$RUN_DIR/logs" "$RUN_DIR/run"
    make_key
    (umask 077 && "$REPO/deploy/demo/approver.py" >"$RUN_DIR/keys/approver.pem")
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
    define_process "$name" env RELANCE_WORKER_ORDINAL=0 "$@" "$BUILD/$binary"
    begin_process "$name"
}

# A mail server of this run, so that what others sent does not count.
start_mail_server() {
    local deadline=$((SECONDS + READY_LIMIT_S))
    SMTP_PORT=$(free_ports | sed -n 's/^RELANCE_SMTP_PORT=//p')
    define_process mail /usr/bin/python3 "$LOCAL_SCRIPTS/smtp/sink.py" "$SMTP_PORT" "$MAILS"
    begin_process mail
    until smtp_probe; do
        ((SECONDS < deadline)) || fail "the mail server does not answer; log: $RUN_DIR/logs/mail.log"
        sleep 0.1
    done
}

start_workers() {
    note "starting ingest, scenario, scoring, legal-escalation, notifier and audit"
    start_mail_server
    start_worker ingest services/ingest/relance-ingest \
        "RELANCE_INGEST_SOURCES=$SOURCE start=earliest" "RELANCE_INGEST_TENANTS=$TENANT" \
        "RELANCE_KEYS_TENANTS=$RUN_DIR/keys" "RELANCE_POSTGRES_DSN=$(dsn relance_keys)"
    start_worker scenario services/scenario/relance-scenario
    start_worker scoring services/scoring/relance-scoring
    start_worker legal-escalation services/legal_escalation/relance-legal-escalation
    start_worker audit services/audit/relance-audit "RELANCE_POSTGRES_DSN=$(dsn relance_audit)"
    start_worker notifier services/notifier/relance-notifier \
        "RELANCE_SMTP_RELAYS=127.0.0.1:$SMTP_PORT tls=none connections=8" \
        "RELANCE_SMTP_HELLO=relance.demo.example" "RELANCE_KEYS_TENANTS=$RUN_DIR/keys" \
        "RELANCE_POSTGRES_DSN=$(dsn relance_keys)"
}

activate() {
    local hash
    hash=$(relancectl bundle publish "$BUNDLE" | grep -oE -m 1 '\b[0-9a-f]{64}\b')
    relancectl bundle activate "$hash" --tenant "$TENANT" --topic "$SOURCE" --time "$BEGIN" --no-wait
    relancectl command CREDITOR_MODE --tenant "$TENANT" --topic "$SOURCE" --time "$BEGIN" \
        --payload '{"mode":"LIVE"}' --no-wait
}

# ---- the year ----

replay() {
    local name value
    local -a command
    while IFS='=' read -r name value; do expected[$name]=$value; done < <(relancectl sample --expect)
    relancectl sample --out "$RUN_DIR/events.jsonl" >/dev/null
    note "replaying ${expected[records]} records, a day at a time, to ${expected[last_day]}"
    command=(relancectl replay "$RUN_DIR/events.jsonl" --topic "$SOURCE" --with "$OPTIONAL"
        --to "${expected[last_day]}")
    if [[ $breaking == no ]]; then
        "${command[@]}" | tee "$RUN_DIR/replay.txt"
        return
    fi
    "${command[@]}" >"$RUN_DIR/replay.txt" 2>"$RUN_DIR/progress.txt" &
    conductor=$!
    break_while "$conductor"
    wait "$conductor" || { tail -n 5 "$RUN_DIR/progress.txt" >&2 && fail "the replay did not end"; }
    conductor=""
}

still_running() {
    local name
    for name in $(process_names); do
        process_runs "$name" || fail "$name ended; log: $RUN_DIR/logs/$name.log"
    done
}

# ---- the summary ----

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

# units <minor>: "347,857.22", as the report has it.
units() {
    local whole=$(($1 / 100)) cents=$(($1 % 100))
    while [[ $whole =~ ^([0-9]+)([0-9]{3})(.*)$ ]]; do
        whole=${BASH_REMATCH[1]},${BASH_REMATCH[2]}${BASH_REMATCH[3]}
    done
    printf '%s.%02d' "$whole" "$cents"
}

# list <sql>: lines of two columns, name and count.
list() {
    local name count
    while read -r name count; do line "  $name" "$count"; done < <(query "$1")
}

sum_up_portfolio() {
    local currency open
    say "The portfolio"
    must debtors "$(query 'select count(distinct debtor) from receivable')" "${expected[debtors]}"
    must invoices "$(query 'select count(*) from receivable')" "${expected[invoices]}"
    for currency in EUR GBP; do
        open=$(query "select coalesce(sum(open_minor), 0) from receivable
            where currency = '$currency'")
        must "still owed, $currency" "$(units "$open")" "$(units "${expected[open_$currency]}")"
    done
}

sum_up_contacts() {
    say "Contacts, as sent"
    some "asked for" "$(query 'select count(*) from request')"
    list "select scenario || '/' || step, count(*) from request group by 1 order by 2 desc, 1"
    must "without an answer" "$(query 'select count(*) from request
        where outcome is null and returned is null')" 0
    some "accepted by the mail server" "$(query "select count(*) from request
        where outcome = 'ACCEPTED'")"
    if [[ $breaking == no ]]; then
        must "mails in its folder" "$(mail_count)" "$(query "select count(*) from request
            where outcome = 'ACCEPTED'")"
    fi
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

sum_up_scores() {
    say "Scores: how likely debtors are to pay late"
    some "said" "$(query "select count(*) from audit_log where kind = 'SCORED'")"
    some "of debtors" "$(query "select count(distinct debtor) from audit_log where kind = 'SCORED'")"
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

found() { sed -n "s/^$1 *//p" "$RUN_DIR/verify.txt"; }

sum_up_trail() {
    say "The trail"
    line "records" "$(query 'select count(*) from audit_log')"
    if relancectl audit verify --at-rest >"$RUN_DIR/verify.txt" 2>&1; then
        line "relancectl audit verify" "clean"
        must "contacts behind a known payment" "$(found 'contacts behind a known payment')" 0
        must "contacts out of order" "$(found 'contacts out of order')" 0
    else
        cat "$RUN_DIR/verify.txt"
        failures=$((failures + 1))
    fi
}

# The same, whatever it was lived through on: the real servers, or --embedded.
sum_up_state() {
    local said
    say "The state"
    said=$(relancectl state hash)
    line "debtors with one" "${said%% *}"
    line "hash over all of them" "${said##* }"
}

# An invoice that was paid after one mail about it alone and a promise in between.
pick_story() {
    read -r story_debtor story_document story_action < <(query "
        with told as (select debtor, creditor, document from silence group by 1, 2, 3
                      having count(distinct (step, reason)) = 1 and min(reason) = 'PROMISED'),
             asked as (select debtor, creditor, document, min(encode(l.action, 'hex')) as action
                         from request_line l
                        where not exists (select from request_line o where o.debtor = l.debtor
                              and o.action = l.action and o.document <> l.document)
                        group by 1, 2, 3 having count(*) = 1)
        select debtor, document, action
          from told join asked using (debtor, creditor, document)
               join receivable using (debtor, creditor, document)
         where open_minor = 0 and cause = 'PAID'
         order by currency desc, debtor, document limit 1")
}

show_story() {
    pick_story
    say "One invoice: relancectl explain $TENANT/$story_debtor --document $story_document --short"
    relancectl explain "$TENANT/$story_debtor" --document "$story_document" --short |
        head -n -1 | sed 's/^/  /'
}

show_mail() {
    local mail same=no
    mail=$(grep -l "^Message-ID: <$story_action@" "$MAILS"/*.eml | head -n 1)
    say "Its mail, as it arrived"
    /usr/bin/python3 - "$mail" <<'END_OF_PYTHON'
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
for name in ("Date", "From", "To", "Subject"):
    print(f"  {name}: {mail[name]}")
for line in mail.get_body(("plain",)).get_content().rstrip().splitlines():
    print(f"  | {line}".rstrip())
END_OF_PYTHON
    if relancectl contact show "$TENANT/$story_debtor" --action "$story_action" \
        --tenant-keys "$RUN_DIR/keys" --out "$RUN_DIR/shown.eml" 2>/dev/null &&
        cmp -s "$RUN_DIR/shown.eml" "$mail"; then
        same=yes
    fi
    must "made again out of the trail, same" "$same" yes
}

# wait_for <words> <query>: until it says something else than 0.
wait_for() {
    local deadline=$((SECONDS + READY_LIMIT_S))
    until [[ $(query "$2") != 0 ]]; do
        ((SECONDS < deadline)) || fail "no $1 within $READY_LIMIT_S s"
        sleep 0.2
    done
}

# A case that waits for its approval is approved and filed; then the debtor pays.
show_law() {
    local debtor creditor case_id act claim documents currency minor document
    say "A case at law, after the year: approved, filed, and recalled by a payment"
    line "cases referred" "$(query "select count(*) from audit_log where kind = 'REFERRED'")"
    read -r debtor creditor case_id act claim documents < <(
        query "select distinct debtor from audit_log
            where kind = 'CASE_MOVED' and worker = 'scenario' and debtor like 'C-%' order by 1" |
            "$REPO/deploy/demo/waiting.py" "$TENANT"
    ) || fail "no case waits for an approval"
    relancectl command approve --tenant "$TENANT" --debtor "$debtor" --creditor "$creditor" \
        --topic "$SOURCE" --actor head-of-credit --key "$RUN_DIR/keys/approver.pem" \
        --signing-key head-of-credit-1 \
        --payload "{\"case_id\":\"$case_id\",\"act\":\"$act\",\"claim_hash\":\"$claim\"}" >/dev/null
    wait_for "filing" "select count(*) from audit_log where kind = 'FILED'"
    for document in ${documents//,/ }; do
        read -r currency minor < <(query "select currency, open_minor from receivable
            where debtor = '$debtor' and creditor = '$creditor' and document = '$document'")
        pay "$debtor" "$creditor" "$document" "$currency" "$minor" "$(day_name $(($(clock_day) + 1)))"
    done
    live_to "$(day_name $(($(clock_day) + 1)))" >/dev/null
    wait_for "recall" "select count(*) from audit_log where kind = 'RECALLED'"
    relancectl explain "$TENANT/$debtor" | sed -n "/case $case_id/s/^/  /p"
    must "filed" "$(query "select count(*) from audit_log where kind = 'FILED'")" 1
    must "recalled, because it was paid" \
        "$(query "select count(*) from audit_log where kind = 'RECALLED'")" 1
}

write_report() {
    relancectl sample --stories --json >"$RUN_DIR/stories.json"
    printf '%s\n' "${expected[last_day]}" >"$RUN_DIR/summed-up-to"
    write_tries
    PSQL=$POSTGRES_BIN/psql "$REPORT" "$RUN_DIR" "$story_debtor" "$story_action"
    say "The report: $RUN_DIR/demo-report.html"
    say "It was written after the case at law: one day and its counts more than the sums above."
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

# Words and a command a line, for the screen and for the report.
write_tries() {
    local debtor
    debtor=$(query "select debtor from silence group by 1
        order by count(distinct reason) desc, count(*), debtor limit 1")
    printf '%s\t%s\n' \
        "Explain every contact and every silence of a debtor" "relancectl explain $TENANT/$debtor" \
        "Pay an invoice on the eve of its reminder, and see the reminder vanish" \
        "deploy/demo/try.sh payment" \
        "Change a line of the policies, and see the difference" "deploy/demo/try.sh policy" \
        "Kill the worker that decides in the middle of its work" "deploy/demo/try.sh kill" \
        "Flip a bit of the trail, and let it be found" "deploy/demo/try.sh flip" >"$RUN_DIR/try.tsv"
}

try_next() {
    local words command
    say "Try next, in $REPO:"
    if [[ $keep == no && ${#began_servers[@]} -gt 0 ]]; then say "  ./deploy/local/up.sh"; fi
    say "  source $RUN_ENV"
    if [[ $keep == no ]]; then
        say "  $(head -n 1 "$RUN_DIR/try.tsv" | cut -f 2)"
        say "More with running workers: demo.sh --keep"
        return
    fi
    while IFS=$'\t' read -r words command; do printf '  %-32s  # %s\n' "$command" "$words"; done \
        <"$RUN_DIR/try.tsv"
    say "Workers and servers are running. To stop them:"
    say "  kill \$(cat $RUN_DIR/run/*.pid); ./deploy/local/down.sh"
}

sum_up() {
    say ""
    sum_up_portfolio
    sum_up_contacts
    sum_up_steps
    sum_up_scores
    sum_up_wrong_records
    show_story
    show_mail
    sum_up_state
    keep_picture
    show_law
    sum_up_trail
    if [[ $breaking == yes ]]; then sum_up_faults; fi
    say "Throughput"
    line "replay" "$(tail -n 1 "$RUN_DIR/replay.txt")"
    line "all" "$SECONDS s"
    say ""
    write_report
    say ""
    summarised=yes
}

# ---- in one process ----

live_embedded() {
    note "a year in one process: $RUN_DIR"
    mkdir -p "$RUN_DIR"
    make_key
    "$BUILD/services/relancectl/relancectl" sample --out "$RUN_DIR/events.jsonl"
    "$BUILD/services/relancectl/relancectl" sample --expect >"$RUN_DIR/expect"
    "$BUILD/services/embedded/relance-embedded" "$RUN_DIR/events.jsonl" \
        --bundle "$REPO/deploy/bundles/demo" --tenant "$TENANT" --tenant-keys "$RUN_DIR/keys" \
        --begin "$BEGIN" --to "$(sed -n 's/^last_day=//p' "$RUN_DIR/expect")" \
        --partitions "$PARTITIONS" --whole --expect "$RUN_DIR/expect" --mails "$MAILS"
    say "The mails: $MAILS"
}

# ---- all ----

for option in "$@"; do
    case $option in
    --keep) keep=yes ;;
    --break) breaking=yes ;;
    --embedded) embedded=yes ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
done
if [[ $embedded == yes && $# != 1 ]]; then usage >&2 && exit 2; fi
"$LOCAL_SCRIPTS/install.sh"
mkdir -p "$STACK_DIR/demo"
if [[ $embedded == yes ]]; then
    build relance-embedded relancectl
    live_embedded
    exit
fi
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
build "${TARGETS[@]}"
start_stack
make_installation
start_workers
activate
replay
still_running
sum_up
if [[ $failures != 0 ]]; then fail "$failures of the lines above are wrong"; fi
try_next
