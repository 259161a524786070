-- SPDX-License-Identifier: Apache-2.0
-- The database and its roles; may run any number of times. Rights on tables come with the schema.
select format('create role %I login', name)
  from (values ('relance_owner'), ('relance_audit'), ('relance_keys'), ('relance_read'),
               ('relance_people')) as wanted (name)
 where not exists (select from pg_roles where rolname = name)
\gexec
select 'create database relance owner relance_owner'
 where not exists (select from pg_database where datname = 'relance')
\gexec
-- Whoever may see what was written to a debtor reads the trail and opens what is sealed.
grant relance_read, relance_keys to relance_people;
