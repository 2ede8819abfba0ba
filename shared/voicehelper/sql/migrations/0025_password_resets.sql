-- Links that set a forgotten password, once; the token itself is in the mail alone.
create table password_reset (
  token_hash bytea primary key,
  user_id    uuid not null references app_user on delete cascade,
  expires_at timestamptz not null
);
create index password_reset_user on password_reset (user_id);

-- A user outlives the workspace that signing in led to: the next sign-in leads to another one, or to a new one.
alter table app_user alter column tenant_id drop not null;
alter table app_user drop constraint app_user_tenant_id_fkey;
alter table app_user add constraint app_user_tenant_id_fkey
  foreign key (tenant_id) references tenant on delete set null;
