-- Answers that may be given again. Not logged: a crash empties the table, which costs nothing but time. What an answer
-- was made of is in the keys: `options` is the hash of all that shapes it but its words, `question` that of the exact
-- words, `form` that of the words without those that only ask; the question itself is not kept. `version` names the
-- state of the bases: no entry is given at another one, and a change of a base deletes its entries.
create unlogged table cached_answer (
  tenant_id  uuid not null references tenant on delete cascade,
  options    bytea not null,
  question   bytea not null,
  form       bytea not null,
  kb_ids     uuid[] not null,
  version    text not null,
  embedding  halfvec,              -- null: only the exact words have this answer
  answer     text not null,        -- JSON
  expires_at timestamptz not null,
  primary key (tenant_id, options, question)
);
create index cached_answer_form on cached_answer (tenant_id, options, form);
create index cached_answer_expires on cached_answer (tenant_id, expires_at);

alter table cached_answer enable row level security;
alter table cached_answer force row level security;
create policy own_tenant on cached_answer to voicehelper_app using (tenant_id = (select app.current_tenant()))
  with check (tenant_id = (select app.current_tenant()));
