#!/usr/bin/python3
"""Backfill as somebody would write it in an hour who has no tool for it: psycopg2, pages of events, one execute_values per page.

execute_values.py SQLITE_FILE CONNECTION_STRING
"""

import json
import re
import sqlite3
import sys
from datetime import datetime, timezone

import psycopg2
from psycopg2.extras import execute_values

PAGE = 1000
TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?([+-]\d\d):?(\d\d)")

UPDATE = """
UPDATE pcas_vectors AS v
   SET metadata = coalesce(v.metadata, '{}') || new.metadata::jsonb
  FROM (VALUES %s) AS new (id, metadata)
 WHERE v.id = new.id
"""


def metadata_of(row):
    _, event_type, source, time, user, session, trace, correlation = row
    day, clock, hours, minutes = TIME.match(time).groups()
    instant = datetime.fromisoformat(f"{day} {clock}{hours}:{minutes}").astimezone(timezone.utc)
    fields = {
        "event_type": event_type,
        "event_source": source,
        "timestamp_unix": str(int(instant.timestamp())),
        "timestamp": instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "user_id": user,
        "session_id": session,
        "trace_id": trace,
        "correlation_id": correlation,
    }
    return json.dumps({key: value for key, value in fields.items() if value})


events = sqlite3.connect(sys.argv[1]).execute(
    "SELECT id, type, source, time, user_id, session_id, trace_id, correlation_id FROM events ORDER BY rowid")
vectors = psycopg2.connect(sys.argv[2])
with vectors.cursor() as cursor:
    while page := events.fetchmany(PAGE):
        execute_values(cursor, UPDATE, [(row[0], metadata_of(row)) for row in page], page_size=PAGE)
        vectors.commit()
