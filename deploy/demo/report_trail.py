# SPDX-License-Identifier: Apache-2.0
"""What the report of the demonstration asks: the reporting tables of the trail, relancectl, and
the files that the run left. The environment says which installation (the run's file `env`)."""
import collections
import email
import email.policy
import json
import os
import pathlib
import subprocess

AGED = """
with moved as (
    select c.currency, c.minor, c.on_day, r.due_on
      from (select x.tenant, x.debtor, x.creditor, x.document, m.currency, m.minor,
                   greatest(x.value_on, x.issued_on) as on_day
              from receivable_change x
             cross join lateral (values (x.currency, x.open_minor),
                                        (x.before_currency, -x.before_minor)) m (currency, minor)
             where m.currency is not null) c
      join receivable r using (tenant, debtor, creditor, document))
select w.day::date as day, currency, sum(minor)::bigint as open_minor,
       case when due_on is null or due_on >= w.day::date then 0
            else least((w.day::date - due_on - 1) / 30 + 1, 4) end as age
  from generate_series(:'last'::date - 51 * 7, :'last'::date, interval '7 days') w (day)
  join moved on on_day <= w.day
 group by 1, 2, 4 order by 1, 2, 4
"""
TOTALS = """
select (select count(distinct debtor) from receivable) as debtors,
       (select count(distinct creditor) from receivable) as creditors,
       (select count(*) from receivable) as invoices,
       (select count(*) from request) as requests,
       (select count(*) from request where outcome = 'ACCEPTED') as accepted,
       (select count(*) from silence) as silences,
       (select count(distinct reason) from silence) as reasons,
       (select count(*) from audit_log) as records,
       (select count(*) from step_instance) as steps,
       (select count(*) from step_instance where result = 'ACTED') as acted,
       (select count(*) from step_instance where closed_at is null) as still_open,
       (select min(changed_at)::date from receivable_change) as first,
       (select greatest(max(at), (select max(requested_at) from request))::date
          from (select max(changed_at) from receivable_change) x (at)) as last
"""
STEPS = """
select scenario || ' / ' || step as name, tone, count(*) from request
 group by scenario, step, tone order by 3 desc, 1
"""
REASONS = """
select reason, count(*), count(distinct debtor) as debtors,
       (array_agg(debtor order by since desc, debtor, off))[1] as debtor,
       (array_agg(off order by since desc, debtor, off))[1] as off
  from silence group by 1 order by 2 desc, 1
"""
DEBTORS = """
select r.debtor, count(*) as invoices,
       (select json_object_agg(currency, open) from
           (select currency, sum(open_minor)::bigint as open from receivable o
             where o.debtor = r.debtor group by 1) x) as open,
       (select count(*) from request q
         where q.debtor = r.debtor and outcome = 'ACCEPTED') as contacts,
       (select coalesce(json_object_agg(reason, n), '{}') from
           (select reason, count(*) as n from silence s
             where s.debtor = r.debtor group by 1) x) as reasons
  from receivable r group by 1 order by 1
"""
ITEMS = """
select creditor, document, currency, total_minor, open_minor, issued_on, due_on,
       closed_at::date as closed_on
  from receivable where debtor = :'debtor' order by issued_on, document
"""
MOVES = """
select document, cause, changed_at::date as day, before_minor, open_minor, currency
  from receivable_change
 where debtor = :'debtor' and before_minor > open_minor order by changed_at, off
"""
CONTACTS = """
select distinct l.document, r.requested_at::date as day, r.step, r.outcome
  from request_line l join request r using (tenant, debtor, action, request_number)
 where debtor = :'debtor' order by 2, 1
"""
SILENCES = """
select document, since::date as day, step, reason from silence
 where debtor = :'debtor' order by since, off
"""
# Of whom the kinds that stand first are told, and then of whom most is told.
FACTS = """
select debtor, count(*)
  from audit_log join unnest(string_to_array(:'kinds', ',')) with ordinality k (kind, rank)
 using (kind)
 where debtor is not null
 group by 1 order by min(rank), 2 desc, 1
"""
FILINGS = """
select count(*) filter (where kind = 'FILED') as filed,
       count(*) filter (where kind = 'RECALLED') as recalled
  from audit_log
"""


class Trail:
    """One run: its folder, its tables, its relancectl."""

    def __init__(self, folder, tenant):
        self.folder = pathlib.Path(folder)
        self.tenant = tenant

    def ask(self, query, **values):
        """The rows of a query as dictionaries; :'name' in it stands for a value."""
        command = [os.environ.get("PSQL", "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1"]
        for name, value in values.items():
            command += ["-v", f"{name}={value}"]
        command.append(os.environ["RELANCE_POSTGRES_DSN"])
        rows = subprocess.run(
            command, check=True, text=True, stdout=subprocess.PIPE,
            env={**os.environ, "PGTZ": "UTC"},
            input=f"select coalesce(json_agg(x), '[]') from ({query}) x;").stdout
        return json.loads(rows)

    def explain(self, debtor, *options):
        """What relancectl explain tells of a debtor, entry by entry."""
        told = subprocess.run(
            ["relancectl", "--json", "explain", f"{self.tenant}/{debtor}", *options],
            check=True, text=True, stdout=subprocess.PIPE).stdout
        return json.loads(told)["entries"]

    def explain_facts(self, kinds, told):
        """Of the first debtor that these kinds of facts concern, the rarest kind first: its key and
        what is told of them."""
        found = self.ask(FACTS, kinds=",".join(kinds))
        if not found:
            return None, []
        debtor = found[0]["debtor"]
        return debtor, [entry for entry in self.explain(debtor) if entry["kind"] in told]

    def read(self, name):
        path = self.folder / name
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def stories(self):
        """Name, sentence and debtors of each story of the portfolio."""
        for story in json.loads(self.read("stories.json") or '{"stories": []}')["stories"]:
            yield (story["story"], story["tells"],
                   [key.partition("/")[2] for key in story["keys"]])

    def letters(self):
        return json.loads(self.read("dead-letters.json") or '{"letters": []}')["letters"]

    def mail_bytes(self, action):
        for path in sorted((self.folder / "mails").glob("*.eml")):
            content = path.read_bytes()
            if f"Message-ID: <{action}@".encode() in content:
                return content
        return None

    def mail(self, action):
        """The mail of a contact as the server got it, or None."""
        content = self.mail_bytes(action)
        return content and email.message_from_bytes(content, policy=email.policy.default)

    def is_made_again(self, action):
        """Whether `relancectl contact show` has made the same mail out of the trail."""
        path = self.folder / "shown.eml"
        return path.exists() and path.read_bytes() == self.mail_bytes(action)

    def aged(self, last):
        """Per currency: (day, open amount by age) for each week of the year that ends on `last`."""
        weeks = collections.defaultdict(dict)
        for row in self.ask(AGED, last=last):
            ages = weeks[row["currency"]].setdefault(row["day"], [0] * 5)
            ages[row["age"]] = row["open_minor"]
        return {currency: sorted(days.items()) for currency, days in sorted(weeks.items())}
