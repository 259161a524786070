# SPDX-License-Identifier: Apache-2.0
# Apache Kafka, one KRaft node that is broker and controller. Sourced by lib.sh.
readonly KAFKA_DIR=$STACK_DIR/kafka
readonly KAFKA_HEAP=${RELANCE_KAFKA_HEAP:-768m}
# The jars are not part of a stack: all stacks of a checkout share them, and a wipe leaves them.
readonly KAFKA_POM=$LOCAL_SCRIPTS/kafka/pom.xml
readonly KAFKA_JARS=${RELANCE_KAFKA_JARS:-$REPO/.local/jars}/kafka-$(sha256sum <"$KAFKA_POM" | cut -c1-12)

kafka_arg() { printf '%s' "$KAFKA_DIR/server.properties"; }
kafka_ports() { printf '%s %s\n' "$KAFKA_PORT" "$KAFKA_CONTROLLER_PORT"; }
kafka_signals() { echo TERM KILL; }
kafka_user() { "$@"; }
kafka_finish() { :; }

# The folder appears under its name only when it is complete, so a broken download is repeated.
fetch_kafka_jars() {
    local unfinished=$KAFKA_JARS.new.$$ log=$STACK_LOGS/maven.log
    [[ ! -d $KAFKA_JARS ]] || return 0
    say "fetching Apache Kafka with Maven, once, into $KAFKA_JARS"
    mkdir -p "$(dirname "$KAFKA_JARS")"
    if ! mvn -q -B -Dstyle.color=never -f "$KAFKA_POM" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$unfinished" </dev/null >"$log" 2>&1; then
        rm -rf "$unfinished"
        cat "$log" >&2
        fail "Maven could not fetch Apache Kafka; is its repository within reach?"
    fi
    mv -T "$unfinished" "$KAFKA_JARS" 2>/dev/null || rm -rf "$unfinished" # another stack was faster
}

# A KRaft cluster id: 16 random bytes in URL-safe base64. A leading '-' would look like an option.
kafka_cluster_id() {
    printf 'R%s\n' "$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | cut -c2-22)"
}

# The first start writes the cluster's identity. The mark comes last: a format that was cut off is
# done again on an empty folder.
format_kafka() {
    [[ ! -e $KAFKA_DIR/formatted ]] || return 0
    rm -rf "$KAFKA_DIR/data"
    java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$KAFKA_JARS/*" kafka.tools.StorageTool \
        format -t "$(kafka_cluster_id)" -c "$KAFKA_DIR/server.properties" \
        </dev/null >>"$STACK_LOGS/kafka.log" 2>&1 || {
        show_log kafka
        fail "Kafka's storage could not be formatted"
    }
    touch "$KAFKA_DIR/formatted"
}

kafka_prepare() {
    fetch_kafka_jars
    sed -e "s#@PORT@#$KAFKA_PORT#g; s#@CONTROLLER_PORT@#$KAFKA_CONTROLLER_PORT#g" \
        -e "s#@DATA@#$KAFKA_DIR/data#g" \
        "$LOCAL_SCRIPTS/kafka/server.properties" >"$KAFKA_DIR/server.properties"
    format_kafka
}

kafka_launch() {
    launch kafka java "-Xmx$KAFKA_HEAP" -Xms256m -XX:+UseG1GC -XX:+ExitOnOutOfMemoryError \
        -XX:-UsePerfData "-Dlog4j2.configurationFile=$LOCAL_SCRIPTS/kafka/log4j2.xml" \
        -cp "$KAFKA_JARS/*" kafka.Kafka "$KAFKA_DIR/server.properties"
}

# An open port is not enough: the broker must name itself as a member of its cluster.
kafka_probe() {
    port_is_taken "$KAFKA_PORT" &&
        /usr/bin/python3 "$LOCAL_SCRIPTS/kafka/probe.py" "127.0.0.1:$KAFKA_PORT" 2>/dev/null
}
