-- The very first releases: a table of events without trace, correlation, user or session. Times as mattn/go-sqlite3 writes them, with the
-- fraction and the offset of wherever the server ran. 120 events, May 2025.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    specversion TEXT NOT NULL,
    subject TEXT,
    data TEXT,
    time DATETIME NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120)
INSERT INTO events (id, type, source, specversion, data, time)
SELECT printf('first-%03d', i),
       iif(i % 4, 'pcas.user.prompt.v1', 'pcas.memory.create.v1'),
       '/d-app/cli',
       '1.0',
       json_object('text', 'something said long ago, number ' || i),
       strftime('%Y-%m-%d %H:%M:%S', 1746090000 + 18000 * i, 'unixepoch') || iif(i % 3, '.123456789', '') || iif(i % 2, '+00:00', '+02:00')
  FROM n;
