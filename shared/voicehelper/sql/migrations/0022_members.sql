-- A workspace (tenant) has members; a person may be a member of several. Read at sign-in, before a tenant is known, so
-- these carry no policy, as the other tables of identity; statements filter.
create table membership (
  tenant_id    uuid not null references tenant on delete cascade,
  user_id      uuid not null references app_user on delete cascade,
  role         text not null check (role in ('owner', 'admin', 'editor', 'reader')),
  joined_at    timestamptz not null default now(),
  last_seen_at timestamptz,
  primary key (tenant_id, user_id)
);
create index membership_user on membership (user_id);
insert into membership (tenant_id, user_id, role, joined_at) select tenant_id, id, 'owner', created_at from app_user;

-- Where a person signs in who is a member of several workspaces: the one used last.
comment on column app_user.tenant_id is 'the workspace that signing in leads to, if the user is still its member';

-- The workspace of a sign-in: losing the membership, or another role, ends it. Null where code from before signed in.
alter table refresh_family add column tenant_id uuid references tenant on delete cascade;
update refresh_family as f set tenant_id = u.tenant_id from app_user as u where u.id = f.user_id;

-- `token_hash` is that of the link, which works once; `bases` are those that the new member may read besides.
create table invitation (
  id          uuid primary key,
  tenant_id   uuid not null references tenant on delete cascade,
  email       text not null,
  role        text not null check (role in ('owner', 'admin', 'editor', 'reader')),
  bases       uuid[] not null default '{}',
  token_hash  bytea not null unique,
  invited_by  uuid references app_user on delete set null,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  accepted_at timestamptz,
  revoked_at  timestamptz
);
create index invitation_tenant on invitation (tenant_id, created_at desc);

create table member_group (
  id         uuid primary key,
  tenant_id  uuid not null references tenant on delete cascade,
  name       text not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);
create table group_member (
  group_id  uuid not null references member_group on delete cascade,
  tenant_id uuid not null,
  user_id   uuid not null,
  primary key (group_id, user_id),
  foreign key (tenant_id, user_id) references membership on delete cascade
);
create index group_member_user on group_member (tenant_id, user_id);

alter table knowledge_base
  add column visibility text not null default 'workspace' check (visibility in ('workspace', 'restricted')),
  add column created_by uuid references app_user on delete set null;

-- What a member or a group may do with one base: 1 read, 2 write, 3 manage.
create table base_grant (
  kb_id     uuid not null references knowledge_base on delete cascade,
  tenant_id uuid not null,
  user_id   uuid,
  group_id  uuid references member_group on delete cascade,
  level     int not null check (level between 1 and 3),
  check (num_nonnulls(user_id, group_id) = 1),
  unique nulls not distinct (kb_id, user_id, group_id),
  foreign key (tenant_id, user_id) references membership on delete cascade
);
create index base_grant_user on base_grant (tenant_id, user_id);

-- Keys of machines. The key itself is nowhere: `secret_hash` is SHA-256 of its 256 random bits.
create table api_key (
  id           uuid primary key,
  tenant_id    uuid not null references tenant on delete cascade,
  user_id      uuid not null references app_user on delete cascade,
  name         text not null,
  prefix       text not null unique,
  secret_hash  bytea not null,
  scopes       text[] not null,
  bases        uuid[],              -- null: every base that its maker sees
  created_at   timestamptz not null default now(),
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create index api_key_tenant on api_key (tenant_id, created_at desc);
create index api_key_user on api_key (user_id);

do $$ declare t text; begin
  foreach t in array array['member_group', 'group_member', 'base_grant', 'api_key'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy own_tenant on %I to voicehelper_app using (tenant_id = (select app.current_tenant()))
                    with check (tenant_id = (select app.current_tenant()))', t);
  end loop;
end $$;

-- The one place that says what a caller may do: the bases of the tenant that a member, or a key of theirs, may read,
-- with the level up to which they may handle them. Owners and admins manage every base; a base that is open to the
-- workspace is read by readers and written by editors; whoever made a base manages it; a grant adds to that. A key is
-- bounded by its own list of bases, ends with its maker's membership, and reads only unless it has the scope to write.
create function app.rights(tenant uuid, member uuid, api_key_id uuid) returns table (kb_id uuid, level int)
language sql stable as $$
  select b.id,
         least(case when k.id is null or k.scopes && '{write,admin}' then 3 else 1 end,
               greatest(case when m.role in ('owner', 'admin') or b.created_by = member then 3 else 0 end,
                        case when b.visibility = 'restricted' then 0 when m.role = 'reader' then 1 else 2 end,
                        (select max(g.level) from base_grant as g
                          where g.kb_id = b.id and g.tenant_id = tenant
                            and (g.user_id = member
                                 or g.group_id in (select gm.group_id from group_member as gm
                                                    where gm.tenant_id = tenant and gm.user_id = member)))))
    from membership as m
    join knowledge_base as b on b.tenant_id = tenant
    left join api_key as k on k.id = api_key_id
   where m.tenant_id = tenant and m.user_id = member
     and (api_key_id is null
          or (k.user_id = member and k.revoked_at is null and coalesce(k.expires_at > now(), true)
              and coalesce(b.id = any(k.bases), true)))
$$;

-- The bases that a transaction sees, for the setting app.bases: '' are all of the tenant, as the pipeline needs them and
-- as owners and admins have them. While nothing in the tenant is restricted, members see all as well.
create function app.seen_bases(tenant uuid, member uuid, api_key_id uuid) returns text language sql stable as $$
  select case
    when member is null then ''
    when api_key_id is null and exists (
      select from membership as m
       where m.tenant_id = tenant and m.user_id = member
         and (m.role in ('owner', 'admin')
              or not exists (select from knowledge_base as b where b.tenant_id = tenant and b.visibility = 'restricted')))
      then ''
    else coalesce((select array_agg(r.kb_id)::text from app.rights(tenant, member, api_key_id) as r where r.level > 0),
                  '{}')
  end
$$;

create function app.sees_every_base() returns boolean language sql stable parallel safe as
  $$ select coalesce(current_setting('app.bases', true), '') = '' $$;
create function app.visible_bases() returns uuid[] language sql stable parallel safe as
  $$ select coalesce(nullif(current_setting('app.bases', true), ''), '{}')::uuid[] $$;

-- Transactions call app.seen_bases in the statement that takes the role.
grant usage on schema app to voicehelper_api, voicehelper_pipeline;

-- Added to the policies of tenants. Searches name the bases that they have read from knowledge_base, so chunks and the
-- tables of the index need none.
create policy visible_base on knowledge_base as restrictive to voicehelper_app
  using ((select app.sees_every_base()) or id = any((select app.visible_bases())::uuid[])) with check (true);
do $$ declare t text; begin
  foreach t in array array['document', 'conversation'] loop
    execute format('create policy visible_base on %I as restrictive to voicehelper_app
                    using ((select app.sees_every_base()) or kb_id is null
                           or kb_id = any((select app.visible_bases())::uuid[])) with check (true)', t);
  end loop;
end $$;

-- The key that a task was asked for with: its tools see what the key sees. A key that is gone sees nothing.
alter table agent_task add column api_key_id uuid;
create policy visible_bases on agent_task as restrictive to voicehelper_app
  using ((select app.sees_every_base()) or kb_ids is null or kb_ids <@ (select app.visible_bases())::uuid[])
  with check (true);
