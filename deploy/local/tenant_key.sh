#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Makes the key of a tenant of the local stack, once. Whoever has it can read what is sealed for that
# tenant, and without it nobody can: here it lies in the stack's folder, elsewhere in a secret.
set -euo pipefail

usage() {
    cat <<END
usage: tenant_key.sh TENANT...
Writes <stack>/tenant-keys/TENANT.key where it is missing and prints the folder (keys.tenants of
ingest). The stack is RELANCE_LOCAL_DIR, by default .local of this checkout.
END
}

case ${1:-} in
-h | --help) usage && exit 0 ;;
"") usage >&2 && exit 2 ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(realpath -m "${RELANCE_LOCAL_DIR:-$root/.local}")/tenant-keys
umask 077
mkdir -p "$folder"
for tenant in "$@"; do
    [[ $tenant =~ ^[a-z0-9_-][a-z0-9._-]{0,31}$ ]] || {
        printf 'tenant_key.sh: %q is not the name of a tenant\n' "$tenant" >&2
        exit 2
    }
    [[ -e $folder/$tenant.key ]] && continue
    od -An -v -tx1 -N64 /dev/urandom | tr -d ' \n' >"$folder/$tenant.key.new"
    mv "$folder/$tenant.key.new" "$folder/$tenant.key"
done
printf '%s\n' "$folder"
