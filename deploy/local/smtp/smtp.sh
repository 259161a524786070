# SPDX-License-Identifier: Apache-2.0
# A mail server that keeps every message as a file and sends none. Sourced by lib.sh.
readonly SMTP_DIR=$STACK_DIR/smtp

smtp_arg() { printf '%s' "$SMTP_DIR/messages"; }
smtp_ports() { printf '%s\n' "$SMTP_PORT"; }
smtp_signals() { echo TERM KILL; }
smtp_user() { "$@"; }
smtp_finish() { :; }

smtp_prepare() {
    /usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null ||
        fail "python3-aiosmtpd is missing; run deploy/local/install.sh"
}

smtp_launch() {
    launch smtp /usr/bin/python3 "$LOCAL_SCRIPTS/smtp/sink.py" "$SMTP_PORT" "$(smtp_arg)"
}

smtp_greets() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$SMTP_PORT" || return 1
    read -r -t 2 line <&3 || return 1
    printf 'QUIT\r\n' >&3
    [[ $line == 220* ]]
}

smtp_probe() { (smtp_greets) 2>/dev/null; }
