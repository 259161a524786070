#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Measures the workers beside the raw transactional pipe: builds the release preset, starts a stack
# of its own on ports of its own, runs all rounds, prints one set of tables, and stops the stack
# again. What the rows mean: README.md beside this file.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly root
readonly stack_dir=$root/.local/bench-stack

# shellcheck source=deploy/local/ports.sh
source "$root/deploy/local/ports.sh"

usage() {
    cat <<END
usage: tests/bench/run.sh [OPTIONS]
  --quick          small numbers and one round: proves that it runs, measures nothing
  --events N       events of the backlog (default 300000)
  --debtors N      debtors they are about (default 100000)
  --rounds N       rounds; the tables have the medians (default 3)
  --partitions N   partitions of every topic (default 6)
  --seconds N      how long each look at latency takes (default 20)
Takes about 3 minutes a round. The machine should have nothing else to do.
END
}

stop_stack() {
    if [[ -d $stack_dir ]]; then
        RELANCE_LOCAL_DIR=$stack_dir "$root/deploy/local/down.sh" --wipe </dev/null
        rm -rf "$stack_dir"
    fi
}

start_stack() {
    local -a ports
    mapfile -t ports < <(free_ports)
    env RELANCE_LOCAL_DIR="$stack_dir" "${ports[@]}" \
        "$root/deploy/local/up.sh" 8>&- # a server must not keep the lock
}

for argument in "$@"; do
    case $argument in
    -h | --help) usage && exit 0 ;;
    --quick | --events | --debtors | --rounds | --partitions | --seconds | [0-9]*) ;;
    *) usage >&2 && exit 2 ;;
    esac
done

cd "$root"
mkdir -p .local
exec 8>.local/bench-lock
flock -n 8 || { echo "run.sh: another benchmark runs in this checkout" >&2 && exit 1; }
deploy/local/install.sh
cmake --preset release
cmake --build --preset release --target \
    relance-ingest relance-scenario relance-audit relancectl bench_pipe bench_flow
stop_stack # of a run that was killed
trap stop_stack EXIT
start_stack
# shellcheck source=/dev/null
source "$stack_dir/env"
/usr/bin/python3 tests/bench/bench.py build/release "$@"
