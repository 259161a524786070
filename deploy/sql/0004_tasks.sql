-- SPDX-License-Identifier: Apache-2.0
-- What people have to do. Filled by the audit worker and from the trail like the tables of
-- 0002_reports.sql.

create table task (
    tenant       text collate "C" not null,
    debtor       text collate "C" not null,
    task         text collate "C" not null,
    creditor     text,        -- null: about the debtor as a whole
    kind         text,        -- REPAIR_CONTACT, QUARANTINE ...
    team         text,        -- null: nobody's in particular
    due_at       timestamptz, -- null: no service level was agreed
    script       text,        -- name in the bundle
    object       text,        -- what it is about: document, agreement, request
    opened_at    timestamptz,
    closed_at    timestamptz,
    outcome_code text,
    off          bigint,      -- of the last fact about it
    primary key (tenant, debtor, task)
);

-- The few that are open, among all that ever were.
create index task_open on task (tenant, debtor) where closed_at is null;

-- Open tasks in the order in which they are worked off: what is due first; then what cannot wait,
-- what silences all of a debtor, what silences an account, the rest; then the oldest.
create view worklist as
select tenant, debtor, task, creditor, kind, team, due_at, script, object, opened_at
  from task
 where closed_at is null
 order by due_at nulls last,
          case kind when 'LIMITATION' then 1
                    when 'APPROVAL' then 1
                    when 'QUARANTINE' then 2
                    when 'CONFLICT' then 2
                    when 'UNKNOWN_OUTCOME' then 3
                    when 'REVIEW' then 3
                    when 'REPAIR_CONTACT' then 3
                    else 4 end,
          opened_at, tenant, debtor, task;

grant select, insert, update on task to relance_audit;
grant select on task, worklist to relance_read;
grant select on worklist to relance_audit; -- whoever has its connection string at hand
