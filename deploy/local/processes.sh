# SPDX-License-Identifier: Apache-2.0
# Processes that belong to a folder, $RUN_DIR: what starts each is run/<name>.sh, its number run/<name>.pid,
# what it says logs/<name>.log. Sourced behind lib.sh, by the demonstration and by workers.sh.

# An orderly stop commits what is under way; whoever needs longer than this hangs.
readonly PROCESS_STOP_LIMIT_S=20

# define_process <name> <command...>
define_process() {
    local name=$1
    shift
    printf 'exec %s\n' "$(printf '%q ' "$@")" >"$RUN_DIR/run/$name.sh"
}

# begin_process <name>: in a session of its own, so that Ctrl-C does not reach it.
begin_process() {
    (close_descriptors && cd / && exec setsid /bin/bash "$RUN_DIR/run/$1.sh") \
        </dev/null >>"$RUN_DIR/logs/$1.log" 2>&1 &
    printf '%s\n' "$!" >"$RUN_DIR/run/$1.pid"
    disown # or the shell would speak of each that is killed
}

process_names() { (cd "$RUN_DIR/run" && ls ./*.pid) 2>/dev/null | sed 's,^\./,,; s,\.pid$,,'; }
process_pid() { cat "$RUN_DIR/run/$1.pid"; }
process_runs() { ! process_is_gone "$(process_pid "$1")"; }

# end_process <name>: orderly.
end_process() {
    local pid deadline=$((SECONDS + PROCESS_STOP_LIMIT_S))
    pid=$(process_pid "$1")
    kill -s TERM "$pid" 2>/dev/null || true
    until process_is_gone "$pid"; do
        if ((SECONDS >= deadline)); then kill -s KILL "$pid" 2>/dev/null || true; fi
        sleep 0.05
    done
}

# crash_process <name>
crash_process() {
    local pid
    pid=$(process_pid "$1")
    kill -s KILL "$pid"
    until process_is_gone "$pid"; do sleep 0.02; done
}
