-- Partial indexes of large bases: which ones have been made, and whether a search may use them. Rows of its own table,
-- so that other bases pay nothing; no policy, as for the other tables of the index: it holds numbers and ids only, and
-- who makes indexes sees all bases. Requests read it alone, but for a base whose vectors are dropped.
create table large_index (
  kb_id     uuid not null references knowledge_base on delete cascade,
  kind      text not null,
  tenant_id uuid not null,
  name      text not null,
  rows      bigint not null,               -- when it was made or checked
  attempts  int not null default 0,
  usable    boolean,                       -- null: being made, or interrupted
  primary key (kb_id, kind)
);
revoke insert, update on large_index from voicehelper_app;
