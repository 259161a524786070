# SPDX-License-Identifier: Apache-2.0
# A run of the demonstration as a folder. Sourced behind deploy/local/lib.sh, never run.
#   env                  what a shell needs: endpoints, installation, relancectl
#   events.jsonl         what was replayed
#   run/<name>.sh .pid   how one of its processes is started, and the one that was
#   logs/<name>.log      what it said
#   mails/               what the mail server got
readonly TENANT=acme
readonly BUNDLE=$REPO/deploy/bundles/demo
readonly BUILD=$REPO/build/release
readonly PARTITIONS=6
# When the policies take effect: the first day of the year.
readonly BEGIN=2025-01-01T00:00:00Z
# Workers that an installation may do without; a replay has to wait for them.
readonly OPTIONAL=scoring,legal-escalation
# shellcheck source=deploy/local/processes.sh
source "$LOCAL_SCRIPTS/processes.sh"

# use_run <folder>
use_run() {
    RUN_DIR=$1
    RUN=$(basename "$RUN_DIR")
    SOURCE=$RUN.billing
    RUN_ENV=$RUN_DIR/env
    MAILS=$RUN_DIR/mails
}

query() { sql relance_read "$RUN" -At -F ' ' -c "$1"; }
mail_count() { find "$MAILS" -name '*.eml' | wc -l; }

# ---- the clock ----

clock_day() { query "select greatest(max(at_ms), 0) / 86400000 from audit_log"; }
day_name() { date -u -d "@$(($1 * 86400))" +%F; }

# live_to <day>: the events of events.jsonl that were not there yet, and all days up to this one.
live_to() {
    relancectl replay "$RUN_DIR/events.jsonl" --topic "$SOURCE" --with "$OPTIONAL" --to "$1" 2>/dev/null |
        tail -n 1
}

# pay <debtor> <creditor> <document> <currency> <minor> <day>: early on that day.
pay() {
    local amount
    amount=$(($5 / 100)).$(printf '%02d' $(($5 % 100)))
    {
        printf '{"specversion":"1.0","type":"io.relance.payment.received.v1","id":"try-%s",' "$3"
        printf '"source":"bank","time":"%sT06:00:00Z","tenant":"%s","debtor":"%s","creditor":"%s",' \
            "$6" "$TENANT" "$1" "$2"
        printf '"data":{"payment":"TRY-%s","currency":"%s","amount":"%s","received_on":"%s",' \
            "$3" "$4" "$amount" "$6"
        printf '"allocations":[{"document":"%s","amount":"%s"}]}}\n' "$3" "$amount"
    } >>"$RUN_DIR/events.jsonl"
    say "  $3 of $1 is paid: $amount $4, at 06:00 UTC on $6"
}
