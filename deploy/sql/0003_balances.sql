-- SPDX-License-Identifier: Apache-2.0
-- What was owed on a day: every change of a receivable's open amount, and the sum of those up to a
-- day. Filled by the audit worker and from the trail like the tables of 0002_reports.sql.

create table receivable_change (
    tenant          text collate "C" not null,
    debtor          text collate "C" not null,
    off             bigint not null, -- of the fact
    creditor        text collate "C",
    document        text collate "C",
    cause           text,
    issued_on       date,
    value_on        date,   -- value date: of an opening the day of issue, of a payment its own
    before_currency text,   -- null in an opening
    before_minor    bigint,
    currency        text,
    open_minor      bigint, -- after it
    changed_at      timestamptz, -- when it became known
    primary key (tenant, debtor, off)
);

-- Open amount and open items at the end of a day by value date, one line per account and currency;
-- accounts that owe nothing are left out. A payment counts from its value date on, whenever it
-- became known, but not before the document it pays was issued.
create function balance_on(day date)
returns table (tenant text, debtor text, creditor text, currency text, open_minor bigint,
               items bigint)
language sql stable
as $$
    select i.tenant, i.debtor, i.creditor, i.currency, sum(i.open_minor)::bigint, count(*)
      from (select c.tenant, c.debtor, c.creditor, c.document, m.currency,
                   sum(m.moved_minor) as open_minor
              from receivable_change c
             cross join lateral (values (c.currency, c.open_minor),
                                        (c.before_currency, -c.before_minor))
                   m (currency, moved_minor)
             where greatest(c.value_on, c.issued_on) <= day and m.currency is not null
             group by 1, 2, 3, 4, 5) i
     where i.open_minor <> 0
     group by 1, 2, 3, 4
$$;

grant select, insert, update on receivable_change to relance_audit;
grant select on receivable_change to relance_read;
