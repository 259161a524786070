#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of packages.txt that are missing on this Debian 12 machine. Asks nothing,
# starts no server and leaves none behind: the local stack runs its own, on its own ports.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here
readonly policy=/usr/sbin/policy-rc.d
readonly cluster_conf=/etc/postgresql-common/createcluster.d/relance-local.conf

say() { printf 'install: %s\n' "$*"; }
fail() { printf 'install: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    elif [[ -t 0 ]]; then
        sudo "$@"
    else
        sudo -n "$@" # without a terminal a question for the password would hang for ever
    fi
}

missing_packages() {
    local wanted
    mapfile -t wanted < <(grep -Ev '^[[:space:]]*(#|$)' "$here/packages.txt")
    # dpkg-query fails for packages it has never heard of: they are missing like the others.
    comm -23 <(printf '%s\n' "${wanted[@]}" | sort) \
        <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
            sed -n 's/ installed$//p' | sort)
}

# Debian's server packages start themselves on their default ports. While we install them no
# service may start, and PostgreSQL makes no cluster of its own; both files go away afterwards.
hold_services() {
    if [[ ! -e $policy ]]; then
        say "while installing, $policy keeps servers from starting"
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        made_policy=yes
    fi
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        say "while installing, $cluster_conf keeps PostgreSQL from creating a cluster"
        as_root mkdir -p "$(dirname "$cluster_conf")"
        echo 'create_main_cluster = false' | as_root tee "$cluster_conf" >/dev/null
        made_cluster_conf=yes
    fi
}

release_services() {
    if [[ $made_policy == yes ]]; then as_root rm -f "$policy"; fi
    if [[ $made_cluster_conf == yes ]]; then as_root rm -f "$cluster_conf"; fi
}

made_policy=no
made_cluster_conf=no
command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    fail "this is not Debian: install what $here/packages.txt lists by other means"

mapfile -t missing < <(missing_packages)
if [[ ${#missing[@]} == 0 ]]; then
    say "nothing is missing"
    exit 0
fi
if [[ $(id -u) != 0 ]]; then
    command -v sudo >/dev/null || fail "needs root or sudo to install: ${missing[*]}"
fi
if ! grep -q '^VERSION_ID="12"' /etc/os-release; then
    say "this is not Debian 12; package names may differ"
fi

say "installing ${#missing[@]} packages: ${missing[*]}"
trap release_services EXIT
hold_services
as_root apt-get update -q </dev/null
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    -o Dpkg::Options::=--force-confold "${missing[@]}" </dev/null
# The next boot would start the Redis that we just kept from starting.
if [[ " ${missing[*]} " == *" redis-server "* ]]; then
    say "disabling Debian's own redis-server service, installed just now"
    as_root update-rc.d redis-server disable
fi
mapfile -t missing < <(missing_packages)
[[ ${#missing[@]} == 0 ]] || fail "still missing: ${missing[*]}"
say "done"
