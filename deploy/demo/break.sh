# SPDX-License-Identifier: Apache-2.0
# What demo.sh --break does while the year is lived through: it kills workers, empties the hot state
# and takes servers away, and shows how far everybody is. Sourced by demo.sh.

# One after the other, from the beginning again behind the last.
readonly FAULTS=(
    "kill scenario" "kill notifier" "empty" "kill ingest" "away kafka" "kill audit" "kill scoring"
    "kill scenario" "away redis" "kill legal-escalation" "kill notifier" "empty" "away postgres"
    "kill scenario"
)
# So many days of the year between two of them, and so many seconds at least.
readonly FAULT_EVERY_DAYS=15
readonly FAULT_EVERY_S=2
readonly AWAY_S=3

counted_faults=0

# The day that the conductor has come to, or nothing.
conductor_day() {
    tail -c 200 "$RUN_DIR/progress.txt" | grep -oE '[0-9]{4}-[0-9]{2}-[0-9]{2}' | tail -n 1
}

# What the mail server has, what the trail has and how far the days are; what is away says nothing.
show_counters() {
    local day records
    day=$(conductor_day) || day=-
    records=$(query 'select coalesce(sum(seq), 0) from audit_part' 2>/dev/null) || records=-
    printf '[%3d s] %-10s  mails %5s  audited %6s  faults %3s\n' "$SECONDS" "$day" "$(mail_count)" \
        "$records" "$counted_faults"
}

fault_kill() {
    note "kill -9 $1, and it is started again"
    crash_process "$1"
    begin_process "$1"
}

fault_empty() {
    note "FLUSHALL: the hot state is gone"
    redis-cli -p "$REDIS_PORT" flushall >/dev/null
}

# A broker takes a few seconds to come back, more on a busy machine.
fault_away() {
    local starting
    note "$1 is killed, for $AWAY_S s"
    "$LOCAL_SCRIPTS/server.sh" "$1" kill
    { sleep "$AWAY_S" && "$LOCAL_SCRIPTS/server.sh" "$1" start; } >/dev/null &
    starting=$!
    while kill -0 "$starting" 2>/dev/null; do
        sleep 1
        show_counters
    done
    wait "$starting" || fail "$1 did not come back"
    note "$1 is back"
}

# watch_for <seconds> <pid>: the counters, once a second; fails when the process has ended.
watch_for() {
    local left
    for ((left = $1; left > 0; left--)); do
        sleep 1
        kill -0 "$2" 2>/dev/null || return 1
        show_counters
    done
}

# break_while <pid>: until the conductor has come to the end of the year.
break_while() {
    local fault day next=""
    while watch_for "$FAULT_EVERY_S" "$1"; do
        day=$(conductor_day) || continue
        [[ ! $day < $next ]] || continue
        next=$(date -u -d "$day + $FAULT_EVERY_DAYS days" +%F)
        read -ra fault <<<"${FAULTS[counted_faults % ${#FAULTS[@]}]}"
        "fault_${fault[0]}" "${fault[@]:1}"
        counted_faults=$((counted_faults + 1))
    done
}

# Every contact and every silence with its day, and the state that the year ended in. What a run without
# faults leaves is what one with faults is measured by.
keep_picture() {
    query "select 'contact', debtor, requested_at::date, l.step, document, l.open_minor::text
             from request join request_line l using (tenant, debtor, action, request_number)
            where outcome = 'ACCEPTED'
           union all
           select 'silence', debtor, since::date, step, document, reason
             from silence" | sort >"$RUN_DIR/picture.txt"
    relancectl state hash >"$RUN_DIR/state"
    if [[ $breaking == yes ]]; then touch "$RUN_DIR/disturbed"; fi
}

# undisturbed_run: the latest one of the same portfolio, if there is any.
undisturbed_run() {
    local folder found=""
    for folder in "$STACK_DIR"/demo/demo*/; do
        if [[ -s $folder/picture.txt && ! -e $folder/disturbed ]] &&
            cmp -s -n "$(stat -c %s "$RUN_DIR/events.jsonl")" "$folder/events.jsonl" "$RUN_DIR/events.jsonl"; then
            found=$folder
        fi
    done
    [[ -n $found ]] && printf '%s' "$found"
}

# A debtor whose mail was in doubt is written to again, on another day: it goes another way from there.
compare_with_undisturbed() {
    local other doubts=$RUN_DIR/doubts
    if ! other=$(undisturbed_run); then
        line "contacts and silences as without faults" "not compared: no run without faults is there"
        return
    fi
    query "select ' ' || debtor || ' ' from request where outcome = 'UNKNOWN' group by debtor" >"$doubts"
    line "debtors with a mail in doubt" "$(wc -l <"$doubts")"
    line "contacts and silences of the others" "$(grep -cvF -f "$doubts" "$RUN_DIR/picture.txt")"
    must "not as in $(basename "$other")" "$(comm -3 <(grep -vF -f "$doubts" "$RUN_DIR/picture.txt") \
        <(grep -vF -f "$doubts" "$other/picture.txt") | wc -l)" 0
    if [[ ! -s $doubts ]]; then
        must "hash over all states" "$(sed 's/.* //' "$RUN_DIR/state")" "$(sed 's/.* //' "$other/state")"
    fi
}

# A mail that was on its way when the notifier died may have arrived or not: that is said, and it is
# asked for again under the same name.
sum_up_faults() {
    local accepted doubts arrived
    say "Faults"
    line "faults" "$counted_faults"
    read -r accepted doubts < <(query "select count(*) filter (where outcome = 'ACCEPTED'),
        count(*) filter (where outcome = 'UNKNOWN') from request")
    arrived=$(mail_count)
    line "mails in doubt, asked for again" "$doubts"
    line "mails in its folder" "$arrived"
    must "accepted <= mails <= with doubts" \
        "$((accepted <= arrived && arrived <= accepted + doubts))" 1
    compare_with_undisturbed
}
