-- SPDX-License-Identifier: Apache-2.0
-- Cases at law: how each stands. Filled by the audit worker and from the trail like the tables of
-- 0002_reports.sql.

create table law_case (
    tenant         text collate "C" not null,
    debtor         text collate "C" not null,
    case_id        text collate "C" not null,
    creditor       text collate "C",
    currency       text,
    referred_minor bigint,      -- open when it was referred
    referred_at    timestamptz,
    procedure      text,        -- name of the procedure table
    word           text,        -- last said of it: OPENED, APPROVAL_ASKED, BLOCKED, FILED ...
    act            text,        -- that an approval was asked for last
    rule           text,        -- why not, with the last word; null: nothing is in the way
    word_on        date,        -- legal date of the last word
    deadline_on    date,        -- that runs; null: none
    said_at        timestamptz, -- when the last word was said
    holds          boolean,     -- its receivables are not reminded; false: it is over
    off            bigint,      -- of the last fact about it
    primary key (tenant, debtor, case_id)
);

create index law_case_id on law_case (tenant, case_id);

-- What each case waits for, in the order in which people look: what waits for them, the oldest
-- first; then what runs into a deadline; then the rest; then what is over.
create view case_list as
select c.*, t.task, t.opened_at as asked_at,
       case when not coalesce(c.holds, true) then null
            when t.task is not null then 'APPROVAL'
            when c.word = 'APPROVED' then 'FILING'
            when c.word = 'ON_HOLD' then 'HOLD'
            when c.word = 'BLOCKED' then 'CLAIM'
            when c.deadline_on is not null then 'DEADLINE'
            else 'STEP' end as waits_for
  from law_case c
  left join task t on t.tenant = c.tenant and t.debtor = c.debtor and t.object = c.case_id
                  and t.kind = 'APPROVAL' and t.closed_at is null
 order by coalesce(c.holds, true) desc, t.opened_at nulls last, c.deadline_on nulls last,
          c.said_at, c.tenant, c.debtor, c.case_id;

grant select, insert, update on law_case to relance_audit;
grant select on law_case, case_list to relance_read;
grant select on case_list to relance_audit; -- whoever has its connection string at hand
