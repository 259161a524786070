-- SPDX-License-Identifier: Apache-2.0
-- The trail: every audited record of every worker, as it stood in the log, once and in order; and
-- the data keys of subjects. Run by the owner; the roles exist already (deploy/local/postgres for
-- one machine, the administrator elsewhere):
--   relance_audit  the audit worker
--   relance_keys   whoever seals and opens personal data (ingest, notifier)
--   relance_read   reports, dossiers, verification
-- Nobody but the owner may change or delete a line of the trail.

-- Whose trail this is: one database, one installation. The audit worker of another one refuses to
-- write here.
create table installation (
    alone boolean primary key default true check (alone),
    uuid  uuid not null
);

-- Where the trail of one partition ends. The audit worker moves a line with compare-and-set on
-- next_off, in the transaction that stores the records: that makes each record stored exactly once.
create table audit_part (
    worker     text   collate "C" not null, -- whose chain: 'scenario', 'notifier' ...
    partition  int    not null,
    next_off   bigint not null, -- next offset to read of the worker's audited topic; -1 = the first
    seq        bigint not null, -- sequence of the last record; 0 = none
    head       bytea  not null, -- chain head behind it; at 0 the genesis head
    unreported bigint not null default 0, -- records stored without their reporting rows
    primary key (worker, partition)
);

create table audit_log (
    worker    text   collate "C" not null,
    partition int    not null,
    seq       bigint not null, -- as the record says; 0 in a record that cannot be read
    off       bigint not null, -- where it stood in the worker's audited topic
    at_ms     bigint not null, -- partition time of the decision
    leaf      bytea  not null, -- SHA-256(raw)
    head      bytea  not null, -- SHA-256(head before it, leaf)
    tenant    text,
    debtor    text,
    kind      text   not null, -- 'SUPPRESSED' ...
    flaw      text,            -- null, or why the record does not continue the chain
    raw       bytea  not null, -- the record's value, byte for byte
    primary key (worker, partition, off)
);
comment on table audit_log is
    'append-only; everything but raw is derived from raw and verified against it';
comment on column audit_log.flaw is
    'GAP: sequences are missing before it; REPEATED: its sequence was stored before; BROKEN: it '
    'names another head than that of the record before it; UNREADABLE: its bytes carry no link';

-- A subject's data key, wrapped by the tenant's key. Erasing clears `wrapped`; the line stays, so
-- that the key is never made again.
create table data_key (
    key_id     text collate "C" primary key, -- derived from tenant and subject
    tenant     text not null,
    subject    text not null,
    wrapped    bytea,
    created_at timestamptz not null default now(),
    erased_at  timestamptz,
    check ((wrapped is null) = (erased_at is not null))
);

grant select, insert, update on audit_part to relance_audit;
grant select, insert on audit_log, installation to relance_audit;
grant select on audit_part, audit_log, installation to relance_read;

-- Erasing needs no look at a key, making one needs no change of another.
grant select, insert on data_key to relance_keys;
grant select (key_id, tenant, subject, erased_at), insert (key_id, tenant, subject, erased_at),
      update (wrapped, erased_at) on data_key to relance_audit;
