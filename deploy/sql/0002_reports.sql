-- SPDX-License-Identifier: Apache-2.0
-- Reporting tables: what people and BI tools ask, derived from the trail by the audit worker. They
-- hold nothing that the trail does not hold and can be emptied and filled again from it
-- (`relancectl audit rebuild`). Keys compare byte by byte, whatever the database's language. Amounts are minor units of their currency, dates are civil days in
-- the debtor's zone. `off` is the fact's place in audit_log (worker scenario, the debtor's
-- partition).

create table receivable (
    tenant       text collate "C" not null,
    debtor       text collate "C" not null,
    creditor     text collate "C" not null,
    document     text collate "C" not null,
    number       text,
    type         text,
    currency     text,
    total_minor  bigint,
    open_minor   bigint,
    issued_on    date,
    due_on       date,
    limited_on   date,        -- last day before limitation
    opened_at    timestamptz,
    closed_at    timestamptz, -- when it last came to zero; open again if open_minor > 0
    changed_at   timestamptz,
    cause        text,        -- of the last change
    revision     bigint,      -- upstream's
    off          bigint,      -- of the last fact about it
    primary key (tenant, debtor, creditor, document)
);

-- One line per contact asked for; asked again it is another line with the next number.
create table request (
    tenant         text collate "C" not null,
    debtor         text collate "C" not null,
    action         bytea not null,
    request_number int not null,
    creditor       text,
    scenario       text,
    step           text,
    occurrence     int,
    channel        text,
    tone           text,
    sender         text,
    lines          int,
    currency       text,        -- null if the message speaks of several; then see request_line
    open_minor     bigint,
    interest_minor bigint,
    indemnity_minor bigint,
    requested_at   timestamptz,
    as_of_on       date,
    not_after      timestamptz,
    outcome        text,        -- null while under way or returned
    outcome_at     timestamptz,
    outcome_code   text,
    assumed        boolean,     -- no channel stood behind the outcome
    returned       text,        -- reason, if it came back without an attempt
    returned_at    timestamptz,
    off            bigint,      -- of the request's fact
    primary key (tenant, debtor, action, request_number)
);

create table request_line (
    tenant         text collate "C" not null,
    debtor         text collate "C" not null,
    off            bigint not null, -- of the request's fact, or of its annex
    line           int not null,    -- 0, 1 ... within that fact
    action         bytea,
    request_number int,
    creditor       text,
    document       text,
    scenario       text,
    step           text,
    occurrence     int,
    currency       text,
    open_minor     bigint,
    disputed_minor bigint,
    interest_minor bigint,
    indemnity_minor bigint,
    due_on         date,
    primary key (tenant, debtor, off, line)
);

-- A step instance from the day it was due to its one end.
create table step_instance (
    tenant     text collate "C" not null,
    debtor     text collate "C" not null,
    creditor   text collate "C" not null,
    document   text collate "C" not null,
    scenario   text collate "C" not null,
    step       text collate "C" not null,
    occurrence int not null,
    step_on    date,
    opened_at  timestamptz,
    currency   text,
    open_minor bigint,
    closed_at  timestamptz,
    result     text,  -- ACTED, PAID, CARRIED, STEP_GONE, EXPIRED
    action     bytea, -- of the contact, with ACTED
    outcome    text,
    primary key (tenant, debtor, creditor, document, scenario, step, occurrence)
);

-- Every reason for silence, one line each time reason or next look changed.
create table silence (
    tenant     text collate "C" not null,
    debtor     text collate "C" not null,
    off        bigint not null,
    creditor   text,
    document   text,
    scenario   text,
    step       text,
    occurrence int,
    reason     text,
    rule       text,
    object     text,        -- id of the agreement, task or request in the way
    since      timestamptz,
    next_at    timestamptz, -- null: looked at again only when something happens
    primary key (tenant, debtor, off)
);

-- What is still open, and why it is silent.
create view open_step as
select s.tenant, s.debtor, s.creditor, s.document, s.scenario, s.step, s.occurrence, s.step_on,
       s.opened_at, s.currency, s.open_minor, l.reason, l.rule, l.object, l.since, l.next_at
  from step_instance s
  left join lateral (
        select reason, rule, object, since, next_at
          from silence n
         where n.tenant = s.tenant and n.debtor = s.debtor and n.creditor = s.creditor
           and n.document = s.document and n.scenario = s.scenario and n.step = s.step
           and n.occurrence = s.occurrence
         order by n.off desc
         limit 1) l on true
 where s.closed_at is null;

grant select, insert, update on receivable, request, request_line, step_instance, silence
   to relance_audit;
grant select on receivable, request, request_line, step_instance, silence, open_step
   to relance_read;
