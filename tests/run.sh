#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds, and runs every test and check. Types of tests are ctest labels:
# unit, sim and scenario run in the release build and again with sanitizers; integration runs in the
# release build against a stack of its own, on ports of its own, which is always stopped again.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly logs=$root/build/logs
readonly stack_dir=$root/.local/test-stack
readonly no_servers='^(unit|sim|scenario)$'
readonly quick_labels='^(unit|scenario)$'
readonly servers='^integration$'

# shellcheck source=deploy/local/ports.sh
source "$root/deploy/local/ports.sh"

usage() {
    cat <<END
usage: tests/run.sh [--quick] [--no-clang-tidy]
  --quick           release build, unit and scenario tests only: no servers, no sanitizers
  --no-clang-tidy   leave out the slowest check
Environment: RELANCE_TEST_JOBS, how many processes build and test (default: one per processor).
END
}

quick=no
clang_tidy=yes
for argument in "$@"; do
    case $argument in
    --quick) quick=yes ;;
    --no-clang-tidy) clang_tidy=no ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
done
readonly quick clang_tidy
readonly jobs=${RELANCE_TEST_JOBS:-$(nproc)}

passed=0
failed=0
skipped=0
summary=()

say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

# note <passed|failed|skipped> <name>: one check more in the summary.
note() {
    case $1 in
    passed) passed=$((passed + 1)) ;;
    failed) failed=$((failed + 1)) ;;
    skipped) skipped=$((skipped + 1)) ;;
    esac
    summary+=("$(printf '%-8s %s' "$1" "$2")")
    say "$2: $1"
}

# step <name> <command...>: runs it; its output goes to a file and is shown only when it fails.
step() {
    local name=$1 log=$logs/${1// /-}.log
    shift
    say "$name ..."
    if "$@" >"$log" 2>&1 </dev/null; then
        note passed "$name"
        return 0
    fi
    tail -n 60 "$log"
    printf '        whole log: %s\n' "$log"
    note failed "$name"
    return 1
}

build() {
    cmake --preset "$1" -DRLC_WERROR=ON && cmake --build --preset "$1" -j "$jobs"
}

count_tests() { # <preset> <ctest options...>
    local preset=$1
    shift
    (cd "$root/build/$preset" && ctest -N "$@") | sed -n 's/^Total Tests: //p'
}

# run_tests <name> <preset> <labels> <jobs>: adds what ctest counts to our own counts.
run_tests() {
    local name=$1 preset=$2 labels=$3 parallel=$4 log=$logs/${1// /-}.log total bad left_out
    if [[ $(count_tests "$preset" -L "$labels") == 0 ]]; then
        say "$name: there are none"
        return
    fi
    say "$name ..."
    (cd "$root/build/$preset" && ctest -L "$labels" -j "$parallel" --timeout 900 \
        --output-on-failure --no-tests=error) </dev/null 2>&1 | tee "$log"
    total=$(sed -n 's/.* tests failed out of \([0-9]*\)$/\1/p' "$log")
    bad=$(sed -n 's/.* \([0-9]*\) tests failed out of [0-9]*$/\1/p' "$log")
    left_out=$(grep -c '\*\*\*Skipped' "$log")
    if [[ -z $total || -z $bad ]]; then
        note failed "$name (ctest gave no result)"
        return
    fi
    passed=$((passed + total - bad - left_out))
    failed=$((failed + bad))
    skipped=$((skipped + left_out))
    summary+=("$(printf '%-8s %s: %d passed, %d failed, %d skipped' "tests" "$name" \
        $((total - bad - left_out)) "$bad" "$left_out")")
    say "$name: $((total - bad - left_out)) passed, $bad failed, $left_out skipped"
}

# A test whose label nothing runs would be forgotten without a word.
all_labels_run() {
    local total run
    total=$(count_tests release)
    run=$(($(count_tests release -L "$no_servers") + $(count_tests release -L "$servers")))
    printf '%d of %d tests have one of the labels unit, sim, scenario, integration\n' "$run" "$total"
    [[ $total == "$run" ]]
}

formatting() {
    find common services tests -name '*.[ch]' -print0 |
        xargs -0 -r -n 50 clang-format-14 --dry-run -Werror
}

stop_stack() {
    if [[ -d $stack_dir ]]; then
        RELANCE_LOCAL_DIR=$stack_dir "$root/deploy/local/down.sh" --wipe </dev/null
        rm -rf "$stack_dir"
    fi
}

start_stack() {
    local -a ports
    stop_stack # of a run that was killed
    mapfile -t ports < <(free_ports)
    env RELANCE_LOCAL_DIR="$stack_dir" "${ports[@]}" "$root/deploy/local/up.sh"
}

# Integration tests share the stack, and some stop its servers: one at a time.
integration() {
    local name="integration, release"
    if [[ $(count_tests release -L "$servers") == 0 ]]; then
        say "$name: there are none"
        return
    fi
    trap stop_stack EXIT
    if step "private stack" start_stack; then
        # shellcheck source=/dev/null
        source "$stack_dir/env"
        run_tests "$name" release "$servers" 1
    else
        note skipped "$name (no stack)"
    fi
    step "private stack stopped" stop_stack
    trap - EXIT
}

finish() {
    printf '\n'
    printf '%s\n' "${summary[@]}"
    printf '\n%d s\n' "$SECONDS"
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [[ $failed == 0 ]]
    exit
}

cd "$root" || exit 1
mkdir -p "$logs"
exec 8>"$root/build/lock"
flock -n 8 || { echo "run.sh: another run works in this checkout" >&2 && exit 1; }

say "packages"
if ! deploy/local/install.sh; then
    note failed "packages"
    finish
fi
note passed "packages"

built=no
if step "build release" build release; then
    built=yes
    step "every test has a label that is run" all_labels_run
    if [[ $quick == yes ]]; then
        run_tests "unit and scenario, release" release "$quick_labels" "$jobs"
    else
        run_tests "unit, sim and scenario, release" release "$no_servers" "$jobs"
    fi
else
    note skipped "tests, release (no build)"
fi
step "formatting" formatting
if [[ $quick == yes ]]; then finish; fi

if step "build asan" build asan; then
    run_tests "unit, sim and scenario, asan" asan "$no_servers" "$jobs"
else
    note skipped "tests, asan (no build)"
fi
if [[ $built == yes ]]; then integration; fi
if [[ $clang_tidy == yes ]]; then
    step "clang-tidy" tests/tidy/clang_tidy.py build/release
else
    note skipped "clang-tidy"
fi
finish
