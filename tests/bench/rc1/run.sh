#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# RC-1: measures our loop beside Kafka Streams (exactly_once_v2) and the raw pipe: builds the release
# preset, starts a stack of its own on ports of its own, runs all rounds in turns, prints one table,
# and stops the stack again. What is measured: README.md beside this file.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
readonly root
readonly stack_dir=$root/.local/rc1-stack

# shellcheck source=deploy/local/ports.sh
source "$root/deploy/local/ports.sh"

usage() {
    cat <<END
usage: tests/bench/rc1/run.sh [OPTIONS]
  --quick          small numbers and one round: proves that it runs, measures nothing
  --rounds N       rounds; the table has their medians (default 3)
  --events N       of each round (default 2400000): a third warms up, a third is measured, and at the
                   beginning of the last third the process is killed
  --debtors N      debtors they are about (default 100000)
  --partitions N   partitions of every topic (default 24)
  --heap SIZE      of the Java process (default 2g)
  --no-kill        nobody is killed in the last third
  --only NAME...   some of: ours streams-rocks pipe streams-memory
Takes about 6 minutes a round. The machine should have nothing else to do. Needs javac and mvn:
  apt-get install openjdk-17-jdk-headless maven
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
    env RELANCE_LOCAL_DIR="$stack_dir" RELANCE_KAFKA_HEAP=1g "${ports[@]}" \
        "$root/deploy/local/up.sh" 8>&- # a server must not keep the lock
}

for argument in "$@"; do
    case $argument in
    -h | --help) usage && exit 0 ;;
    esac
done

cd "$root"
mkdir -p .local
exec 8>.local/rc1-lock
flock -n 8 || { echo "run.sh: another RC-1 runs in this checkout" >&2 && exit 1; }
deploy/local/install.sh
cmake --preset release
cmake --build --preset release --target relance-scenario bench_pipe rc1_worker rc1_tool
stop_stack # of a run that was killed
trap stop_stack EXIT
start_stack
# shellcheck source=/dev/null
source "$stack_dir/env"
/usr/bin/python3 tests/bench/rc1/rc1.py build/release "$@"
