-- SPDX-License-Identifier: Apache-2.0
set client_min_messages = warning;
create table if not exists schema_version (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
);
grant select on schema_version to relance_audit, relance_read;
