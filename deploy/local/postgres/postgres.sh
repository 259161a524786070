# SPDX-License-Identifier: Apache-2.0
# PostgreSQL 15, a cluster of the stack's own. Sourced by lib.sh.
readonly POSTGRES_BIN=/usr/lib/postgresql/15/bin
readonly POSTGRES_SQL=$REPO/deploy/sql

postgres_arg() { postgres_data; }
postgres_ports() { printf '%s\n' "$POSTGRES_PORT"; }
# SIGINT is a "fast" stop, SIGQUIT an "immediate" one: no checkpoint, recovery at the next start.
postgres_signals() { echo INT QUIT; }

# as_postgres <command...>: PostgreSQL refuses to run as root, so root runs it as `postgres`.
as_postgres() {
    if [[ $(id -u) == 0 ]]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

# Another user's sockets are seen by that user, even where root may not look (in a container).
postgres_user() { as_postgres "$@"; }

# The data folder. A checkout below a folder that only root may enter (/root) is out of reach for
# the user `postgres`; its data then lies in /var/tmp under a name made from the stack's folder.
postgres_data() {
    local name
    if [[ $(id -u) != 0 ]] || (cd / && as_postgres test -x "$STACK_DIR"); then
        printf '%s' "$STACK_DIR/postgres"
    else
        name=$(printf '%s' "$STACK_DIR" | sha256sum | cut -c1-12)
        printf '%s' "/var/tmp/relance-postgres-$name"
    fi
}

make_cluster() {
    local data=$1
    rm -rf "$data"
    install -d -m 700 "$data"
    if [[ $(id -u) == 0 ]]; then chown postgres:postgres "$data"; fi
    # Trust authentication: whoever reaches 127.0.0.1 of this machine may do anything. Right for a
    # stack of made-up data on a developer's machine, and for nothing else.
    (cd / && as_postgres "$POSTGRES_BIN/initdb" -D "$data" -U postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync) </dev/null >>"$STACK_LOGS/postgres.log" 2>&1 || {
        show_log postgres
        fail "initdb failed"
    }
    touch "$data/relance-initialised" # last: a cluster that was cut off is made again
}

postgres_prepare() {
    local data
    [[ -x $POSTGRES_BIN/postgres ]] || fail "PostgreSQL 15 is missing; run deploy/local/install.sh"
    data=$(postgres_data)
    if [[ ! -e $data/relance-initialised ]]; then make_cluster "$data"; fi
}

# -c settings beat the files of the cluster, so the port moves with the stack. No Unix socket: its
# path would be shared between stacks or too long.
postgres_launch() {
    local data
    data=$(postgres_data)
    local -a command=("$POSTGRES_BIN/postgres" -D "$data" -c "port=$POSTGRES_PORT"
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC
        -c log_timezone=UTC -c "log_line_prefix=%m [%p] %q%u@%d ")
    if [[ $(id -u) == 0 ]]; then
        command=(setpriv --reuid=postgres --regid=postgres --init-groups "${command[@]}")
    fi
    launch postgres "${command[@]}"
}

postgres_probe() { "$POSTGRES_BIN/pg_isready" -q -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres -d postgres -t 2; }

# sql <user> <database> <psql arguments...>
sql() {
    local user=$1 database=$2
    shift 2
    (cd / && "$POSTGRES_BIN/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$POSTGRES_PORT" \
        -U "$user" -d "$database" "$@") </dev/null
}

postgres_finish() {
    sql postgres postgres -f "$LOCAL_SCRIPTS/postgres/roles.sql" || fail "roles.sql failed"
    apply_schema
}

# Each file of deploy/sql runs once, in the order of its number, in one transaction with the line
# that remembers it. A file that changed after it ran is refused: the tables would not be its own.
apply_schema() {
    local file name sum known
    [[ -d $POSTGRES_SQL ]] || return 0
    sql relance_owner relance -f "$LOCAL_SCRIPTS/postgres/schema_version.sql"
    for file in "$POSTGRES_SQL"/[0-9][0-9][0-9][0-9]_*.sql; do
        [[ -e $file ]] || continue
        name=$(basename "$file")
        sum=$(sha256sum <"$file" | cut -d' ' -f1)
        known=$(sql relance_owner relance -At -c "select sha256 from schema_version where name = '$name'")
        [[ $known != "$sum" ]] || continue
        [[ -z $known ]] || fail "$name changed after it was applied; './deploy/local/down.sh --wipe' starts afresh"
        say "applying $name"
        sql relance_owner relance -1 -f "$file" \
            -c "insert into schema_version (name, sha256) values ('$name', '$sum')" || fail "$name failed"
    done
}
