-- After a migration from events to the graph: both tables in one file, the older events in the one, the newer in the other. To be read after
-- identity.sql and graph.sql, into the same file.
UPDATE events SET id = 'migrated-' || id;
UPDATE nodes SET id = 'migrated-' || id, content = json_set(content, '$.id', 'migrated-' || id) WHERE type = 'event';
