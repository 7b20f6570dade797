-- The releases with identity: user and session were added to a table that was there, so old rows have NULL and new ones may have ''. Times as
-- modernc.org/sqlite writes them (Go's own form, some with the monotonic clock behind), as SQLite does, and as importers did. 240 events, June 2025.
CREATE TABLE events (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    source TEXT NOT NULL,
    specversion TEXT NOT NULL,
    subject TEXT,
    data TEXT,
    time DATETIME NOT NULL,
    trace_id TEXT,
    correlation_id TEXT,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);
ALTER TABLE events ADD COLUMN user_id TEXT;
ALTER TABLE events ADD COLUMN session_id TEXT;

WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 240),
     moment (i, seconds, text) AS (
         SELECT i, 1748768400 + 9000 * i, strftime('%Y-%m-%d %H:%M:%S', 1748768400 + 9000 * i, 'unixepoch') FROM n)
INSERT INTO events (id, type, source, specversion, data, time, trace_id, correlation_id, user_id, session_id)
SELECT printf('identity-%03d', i),
       iif(i % 3, 'pcas.user.prompt.v1', 'pcas.response.v1'),
       iif(i % 3, '/d-app/chat', '/pcas/policy'),
       '1.0',
       json_object('text', 'message number ' || i),
       CASE i % 5
           WHEN 0 THEN text || '.5 +0000 UTC'
           WHEN 1 THEN strftime('%Y-%m-%d %H:%M:%S', seconds + 28800, 'unixepoch') || '.123456789 +0800 CST m=+12.345678901'
           WHEN 2 THEN text
           WHEN 3 THEN seconds * 1000
           ELSE CAST(seconds AS TEXT)
       END,
       printf('trace-%d', i / 3),
       iif(i % 3, '', printf('identity-%03d', i - 1)),
       iif(i <= 60, NULL, iif(i % 10, iif(i % 2, 'ada', 'grace'), '')),
       iif(i <= 60, NULL, printf('session-%d', i / 20))
  FROM moment;
