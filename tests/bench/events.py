"""The events that the benchmark is made from, and what their metadata has to be.

Event number n is the same in every file, whatever its size: a smaller file holds the first events of a larger one. The times stand in the three
forms that PCAS's own drivers write, the metadata are made from the instant itself, so they check every competitor's reading of the time.
"""

import json
import os
import random
import sqlite3
import uuid
from datetime import datetime, timedelta, timezone

FIRST_INSTANT = datetime(2025, 1, 1, tzinfo=timezone.utc)
SECONDS_BETWEEN = 13
TYPES = ["pcas.user.prompt.v1", "pcas.response.v1", "pcas.memory.create.v1", "pcas.note.v1"]
SOURCES = ["/d-app/cli", "/d-app/chat", "/pcas/policy", "/importer/mail"]
USERS = ["ada", "grace", "edsger", "barbara", ""]  # '' as the server stores an absent one
WORDS = "memory of a walk along the river where we spoke about the garden and what to plant there in spring".split()

# The tables of a file of the second generation: the sample's, without its events.
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sample", "identity.sql"), encoding="utf-8") as sample:
    SCHEMA = sample.read().partition("WITH RECURSIVE")[0]


def event(number):
    """The row of table `events`, and the metadata as a dictionary."""
    chance = random.Random(number)
    instant = FIRST_INSTANT + timedelta(seconds=SECONDS_BETWEEN * number, microseconds=chance.randrange(1_000_000))
    identity = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    correlation = str(uuid.UUID(int=chance.getrandbits(128), version=4)) if number % 2 else ""
    fields = {
        "event_type": chance.choice(TYPES),
        "event_source": chance.choice(SOURCES),
        "timestamp_unix": str(int(instant.timestamp())),
        "timestamp": instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "user_id": chance.choice(USERS),
        "session_id": f"session-{number // 20}",
        "trace_id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "correlation_id": correlation,
    }
    data = json.dumps({"text": " ".join(chance.choices(WORDS, k=40)), "n": number})
    row = (identity, fields["event_type"], fields["event_source"], "1.0", f"conversation/{number // 20}", data, stored_time(number, instant),
           fields["trace_id"], correlation, instant.strftime("%Y-%m-%d %H:%M:%S"), fields["user_id"], fields["session_id"])
    return row, {key: value for key, value in fields.items() if value}


def stored_time(number, instant):
    """As mattn's driver writes it, and modernc's without and with the monotonic clock."""
    fraction = f".{instant.microsecond:06}".rstrip("0").rstrip(".")
    if number % 3 == 0:
        return instant.strftime("%Y-%m-%d %H:%M:%S") + fraction + "+00:00"
    if number % 3 == 1:
        return instant.strftime("%Y-%m-%d %H:%M:%S") + fraction + " +0000 UTC"
    return (instant + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S") + fraction + f" +0800 CST m=+{number}.345678901"


def make_files(count, sqlite_path, metadata_path):
    """The SQLite file that backfill reads, and a file in COPY's text format with each event's id and metadata."""
    database = sqlite3.connect(sqlite_path)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
    with open(metadata_path, "w", encoding="utf-8") as metadata_file:

        def rows():
            for number in range(count):
                row, metadata = event(number)
                metadata_file.write(f"{row[0]}\t{json.dumps(metadata)}\n")
                yield row

        database.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows())
    database.commit()
    database.close()
