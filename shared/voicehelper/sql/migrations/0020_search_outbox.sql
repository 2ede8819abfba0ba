-- Changes of documents that a search engine beside the database is yet to be told: written in the transaction of the
-- change, so that no crash loses one. Empty where the database is what is searched. Rows outlive their document and its
-- base, which have to leave the engine, too. No policy, as for the other tables of the index: it holds ids only, and
-- whoever passes changes on does so for all tenants.
create table search_outbox (
  id            bigint generated always as identity primary key,
  tenant_id     uuid not null,
  kb_id         uuid not null,
  document_id   uuid not null,
  gone          uuid[] not null,   -- chunks that the change removed
  searchable_at timestamptz        -- null: not passed on yet; then: when the engine's searches see it
);
create index search_outbox_kb on search_outbox (kb_id);
create index search_outbox_document on search_outbox (document_id);
