#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Things to try with the installation that demo.sh --keep leaves running. Each says what it does,
# shows what came of it, and fails if that is not what was promised. The clock of a demonstration
# only moves when it is told to: some of these let the days go on behind the year.
source "$(dirname "${BASH_SOURCE[0]}")/../local/lib.sh"
# shellcheck source=deploy/demo/run.sh
source "$REPO/deploy/demo/run.sh"

# Where a payment can be shown to arrive in time: a reminder that fell due on a day without office
# hours. There is one within so many days.
readonly QUIET_DAY_LIMIT=7
readonly POLICY_DAYS=7
readonly POLICY_STEP=reminder # whose line is changed
readonly KILL_DAYS=14
# How long the trail may need to catch up.
readonly TRAIL_WAIT_S=60

usage() {
    cat <<END_OF_USAGE
usage: try.sh payment|policy|kill|flip
  payment  pays an invoice on the eve of its reminder, and another not
  policy   changes one line of the policies, lives through $POLICY_DAYS days more, and through the
           same days without the change
  kill     kill -9 of the worker that decides, in the middle of $KILL_DAYS days more
  flip     changes one byte of the trail, lets it be found, and puts it back
Works on the latest run below $STACK_DIR/demo.
END_OF_USAGE
}

# show <command...>: says it, then does it.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

# ---- a payment ----

# Two reminders that wait for the next business day.
waiting_pair() {
    query "select debtor, creditor, document, currency, open_minor, next_at::date
             from open_step
            where reason = 'OUTSIDE_HOURS' and next_at::date = '$1' and debtor like 'C-%'
                  and debtor in (select debtor from open_step group by 1 having count(*) = 1)
            order by step = 'courtesy', step, debtor limit 2"
}

# mailed <document> <day>: how many contacts of this day speak of it.
mailed() {
    query "select count(*)
             from request_line join request using (tenant, debtor, action, request_number)
            where document = '$1' and requested_at::date >= '$2' and outcome = 'ACCEPTED'"
}

try_payment() {
    local day last pair=() paid other
    day=$(clock_day)
    last=$((day + QUIET_DAY_LIMIT))
    until ((${#pair[@]} == 2)); do
        ((day++ < last)) || fail "no two reminders wait within $QUIET_DAY_LIMIT days"
        say "living on to $(day_name "$day"): $(live_to "$(day_name "$day")")"
        mapfile -t pair < <(waiting_pair "$(day_name $((day + 1)))")
    done
    read -ra paid <<<"${pair[0]}"
    read -ra other <<<"${pair[1]}"
    say "Two reminders wait: $(day_name "$day") has no office hours, $(day_name $((day + 1))) has some."
    say "  ${paid[2]} of ${paid[0]} and ${other[2]} of ${other[0]}"
    pay "${paid[@]}"
    say "living on to ${paid[5]}: $(live_to "${paid[5]}")"
    show relancectl explain "$TENANT/${paid[0]}" --document "${paid[2]}" --short
    show relancectl explain "$TENANT/${other[0]}" --document "${other[2]}" --short
    [[ $(mailed "${paid[2]}" "${paid[5]}") == 0 && $(mailed "${other[2]}" "${paid[5]}") == 1 ]] ||
        fail "the one that is paid must get no mail, the other one must"
    say ""
    say "The reminder of ${paid[2]} has vanished; that of ${other[2]} was sent."
}

# ---- a policy ----

# silent_since <day>: whom the changed line silences, by its words alone. Another reason may stand
# behind it, so this proves nothing yet.
silent_since() {
    query "select n.debtor, n.document,
                  s.open_minor / 100 || '.' || lpad((s.open_minor % 100)::text, 2, '0'),
                  s.currency, n.since::date, n.reason
             from silence n
             join step_instance s
            using (tenant, debtor, creditor, document, scenario, step, occurrence)
            where reason = 'BELOW_AMOUNT' and scenario = 'retail' and step = '$POLICY_STEP'
                  and s.open_minor >= 5000 and since > '$1' order by since, debtor"
}

# live_by_old_line <day>: the same events up to the same day by the policies as they were, in one
# process; its mails go to $RUN_DIR/old-line.
live_by_old_line() {
    rm -rf "$RUN_DIR/old-line"
    "$BUILD/services/embedded/relance-embedded" "$RUN_DIR/events.jsonl" --bundle "$BUNDLE" \
        --tenant "$TENANT" --tenant-keys "$RUN_DIR/keys" --begin "$BEGIN" --to "$1" \
        --partitions "$PARTITIONS" --mails "$RUN_DIR/old-line" >"$RUN_DIR/old-line.txt" 2>&1 ||
        fail "the days could not be lived through by the old line; log: $RUN_DIR/old-line.txt"
}

# The lines of silent_since whose document a mail of the other run speaks of, with that day.
silent_by_the_line() {
    cut -d ' ' -f 2 "$RUN_DIR/silent" |
        "$REPO/deploy/demo/mailed.py" "$RUN_DIR/old-line" "$1" >"$RUN_DIR/mailed"
    awk 'NR == FNR { day[$1] = $2; next }
         $2 in day { print "  " $0 "; by the old line a mail on " day[$2] }' \
        "$RUN_DIR/mailed" "$RUN_DIR/silent"
}

try_policy() {
    local changed=$RUN_DIR/policy hash day before others
    rm -rf "$changed"
    cp -r "$BUNDLE" "$changed"
    sed -i "/name: $POLICY_STEP\$/,/at_least:/s/\"50\.00\"/\"500.00\"/g" "$changed/scenarios/retail.yaml"
    show diff -U0 "$BUNDLE/scenarios/retail.yaml" "$changed/scenarios/retail.yaml" || true
    show relancectl bundle publish "$changed" | tee "$RUN_DIR/published"
    hash=$(grep -oE -m 1 '\b[0-9a-f]{64}\b' "$RUN_DIR/published")
    show relancectl bundle activate "$hash" --tenant "$TENANT" --topic "$SOURCE"
    before=$(day_name "$(clock_day)")
    day=$(day_name $(($(clock_day) + POLICY_DAYS)))
    say "living on to $day: $(live_to "$day")"
    say "living through the same days by the old line, in one process"
    live_by_old_line "$day"
    silent_since "$before" >"$RUN_DIR/silent"
    say ""
    say "Silent because of the new line; in the run by the old one each of them got a mail:"
    silent_by_the_line "$before" | tee "$RUN_DIR/differences"
    [[ -s $RUN_DIR/differences ]] || fail "the new line made no difference"
    others=$(($(wc -l <"$RUN_DIR/silent") - $(wc -l <"$RUN_DIR/differences")))
    if ((others > 0)); then
        say "With the same reason now, but without a mail by the old line either, as something else holds"
        say "them back: $others"
    fi
    say "relancectl explain tells of each, with the rule and the hash of the policies that decided."
}

# ---- a kill ----

try_kill() {
    local day worker=scenario began_ms conductor
    day=$(day_name $(($(clock_day) + KILL_DAYS)))
    say "living on to $day, while the worker that decides is killed:"
    live_to "$day" >"$RUN_DIR/killed.txt" &
    conductor=$!
    sleep 0.5
    say "  kill -9 $(process_pid $worker) ($worker)"
    crash_process $worker
    began_ms=$(date +%s%3N)
    begin_process $worker
    say "  started again: $(process_pid $worker)"
    wait "$conductor" || fail "the days did not end; log: $RUN_DIR/logs/$worker.log"
    say "  $(cat "$RUN_DIR/killed.txt"); they were over $(($(date +%s%3N) - began_ms)) ms after the kill"
    say "  contacts without an answer: $(query 'select count(*) from request
        where outcome is null and returned is null')"
    show relancectl audit verify --at-rest --wait "$TRAIL_WAIT_S"
}

# ---- a byte ----

change_byte() {
    sql postgres "$RUN" -c "update audit_log set raw = set_byte(raw, 20, get_byte(raw, 20) # 1) where $1"
}

try_flip() {
    local worker partition off where
    read -r worker partition off < <(query "select worker, partition, off from audit_log
        where kind = 'CONTACT_REQUESTED' order by at_ms, partition, off limit 1")
    where="worker = '$worker' and partition = $partition and off = $off"
    say "changing one bit of the first contact ($worker, partition $partition, offset $off), as somebody"
    say "who owns the database could:"
    change_byte "$where"
    trap 'change_byte "$where"' EXIT
    ! show relancectl audit verify --at-rest || fail "it was not found"
    change_byte "$where"
    trap - EXIT
    say ""
    say "Found. It is put back:"
    show relancectl audit verify --at-rest
}

# ---- all ----

case ${1:-} in
payment | policy | kill | flip) ;;
-h | --help) usage && exit 0 ;;
*) usage >&2 && exit 2 ;;
esac
[[ -r $STACK_DIR/demo/latest/env ]] || fail "there is no run: deploy/local/demo.sh --keep makes one"
use_run "$(realpath "$STACK_DIR/demo/latest")"
# shellcheck source=/dev/null
source "$RUN_ENV"
for name in $(process_names); do
    process_runs "$name" || fail "$name does not run any more: deploy/local/demo.sh --keep starts anew"
done
"try_$1"
