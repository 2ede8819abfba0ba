-- Rows of one tenant are invisible to another even if a statement forgot its filter: every transaction
-- takes the role below and names its tenant (adapters/database.py), and policies compare the two.
create extension if not exists vector;

do $$ begin
  if not exists (select from pg_roles where rolname = 'voicehelper_app') then
    create role voicehelper_app nologin;
  end if;
exception when duplicate_object or unique_violation then null;  -- another database of the same cluster was faster
end $$;
grant voicehelper_app to current_user;

create schema app;
grant usage on schema app, public to voicehelper_app;
alter default privileges in schema public grant select, insert, update, delete on tables to voicehelper_app;
alter default privileges in schema app grant execute on functions to voicehelper_app;

-- nullif: an unset tenant is no tenant (no rows), not an error.
create function app.current_tenant() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

create table tenant (
  id         uuid primary key,
  name       text not null,
  created_at timestamptz not null default now()
);

-- Signing in happens before a tenant is known, so identity tables carry no policy; statements filter.
create table app_user (
  id            uuid primary key,
  tenant_id     uuid not null references tenant on delete cascade,
  email         text not null,
  username      text not null,
  password_hash text not null,
  roles         text[] not null default '{admin}',
  status        text not null default 'active',
  created_at    timestamptz not null default now()
);
create unique index app_user_email on app_user (lower(email));
create index app_user_tenant_status on app_user (tenant_id, status);
create index app_user_active on app_user (tenant_id, created_at desc) where status = 'active';

-- A family is one sign-in; its newest token is the only living one, an older one that returns ends the family.
create table refresh_family (
  id         uuid primary key,
  user_id    uuid not null references app_user on delete cascade,
  token_hash bytea not null,
  revoked_at timestamptz,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index refresh_family_user on refresh_family (user_id);
