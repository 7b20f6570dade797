-- The graph storage of 0.1.2: an event is a node whose content is JSON, with RFC 3339 times. Nodes of type 'vector' are no events. 180 events, July 2025.
CREATE TABLE nodes (id TEXT PRIMARY KEY, type TEXT NOT NULL, content TEXT, created_at DATETIME);
CREATE TABLE edges (id TEXT PRIMARY KEY, source_node_id TEXT, target_node_id TEXT, label TEXT, created_at DATETIME);

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 180)
INSERT INTO nodes (id, type, content, created_at)
SELECT printf('graph-%03d', i),
       'event',
       json_object('id', printf('graph-%03d', i),
                   'type', iif(i % 3, 'pcas.user.prompt.v1', 'pcas.response.v1'),
                   'source', '/d-app/chat',
                   'specversion', '1.0',
                   'time', strftime('%Y-%m-%dT%H:%M:%SZ', 1751360400 + 9000 * i, 'unixepoch'),
                   'trace_id', printf('trace-%d', i / 3),
                   'user_id', iif(i % 2, 'ada', 'grace'),
                   'session_id', printf('session-%d', 100 + i / 20),
                   'data', json_object('text', 'thought number ' || i)),
       CURRENT_TIMESTAMP
  FROM n;

INSERT INTO nodes SELECT replace(id, 'graph', 'vector'), 'vector', randomblob(64), created_at FROM nodes;
