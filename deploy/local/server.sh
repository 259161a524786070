#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One server of the local stack, for people and for fault tests.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<END
usage: server.sh kafka|redis|postgres|smtp start|stop|kill|restart|pid
  start    starts it and waits until it answers
  stop     orderly, waits until the process is gone
  kill     as a crash: SIGKILL; PostgreSQL: an immediate stop (SIGQUIT), since killing only its
           first process would leave the others
  restart  stop and start
  pid      prints its pid; exit 1 when it does not run
END
}

case ${1:-} in
-h | --help) usage && exit 0 ;;
kafka | redis | postgres | smtp) [[ $# == 2 ]] || { usage >&2 && exit 2; } ;;
*) usage >&2 && exit 2 ;;
esac
if [[ $2 == pid ]]; then
    server_pid "$1"
    exit
fi
lock_stack
case $2 in
start) start_servers "$1" ;;
stop) halt_server "$1" stop ;;
kill) halt_server "$1" crash ;;
restart)
    halt_server "$1" stop
    start_servers "$1"
    ;;
*) usage >&2 && exit 2 ;;
esac
