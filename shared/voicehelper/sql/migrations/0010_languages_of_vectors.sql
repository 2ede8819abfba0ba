-- Search scans the two languages of a base apart: in a base of one language, the index says at once that there is
-- nothing in the other.
create index chunk_vec_kb_han on chunk_vec (kb_id, han);
drop index chunk_vec_kb;
