"""The PostgreSQL end of the benchmark: a private server, and the table of vectors in the state that a measurement starts from.

A state is a database that serves as a template. A measurement gets a file-by-file copy of it, so every one of them meets the very same pages:
the same order of rows, no dead ones, a fresh visibility map, equal statistics. The copy is read into shared buffers, then comes a checkpoint.
Nothing but shared_buffers differs from the server's defaults: fsync, full-page writes, synchronous commit and autovacuum are on.
"""

import itertools
import os
import subprocess

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
SUPPORT = os.path.join(HERE, "..", "support")

# The table of the tests and the demo. An embedding of one float takes as much room in the row as the pointer to a real one, see README.md.
with open(os.path.join(HERE, "..", "sample", "vectors.sql"), encoding="utf-8") as sample:
    TABLE = sample.read()

# What the rows have to become. The rows lie in the order of the events, as the server embeds them when they come.
EXPECTED = "CREATE TEMPORARY TABLE expected (n BIGSERIAL PRIMARY KEY, id TEXT, metadata JSONB)"
COPY_EXPECTED = "COPY expected (id, metadata) FROM STDIN"
ADD_ROWS = "INSERT INTO pcas_vectors (id, embedding) SELECT id, ARRAY[n]::real[] FROM expected ORDER BY n"

# A thousand at a time, so that the new versions of the rows lie in the order of the events too.
UPDATE_ROWS = """
DO $$ BEGIN
    FOR start IN 1 .. (SELECT max(n) FROM expected) BY 1000 LOOP
        UPDATE pcas_vectors AS v SET metadata = e.metadata FROM expected AS e WHERE v.id = e.id AND n BETWEEN start AND start + 999;
    END LOOP;
END $$
"""
MAKE_STALE = "UPDATE pcas_vectors SET metadata = metadata || '{\"event_type\": \"pcas.old.v0\"}' WHERE embedding[1]::bigint % 100 = 50"
TIDY_UP = "VACUUM (FREEZE, ANALYZE) pcas_vectors"

STATES = {"fresh": ADD_ROWS, "done": UPDATE_ROWS, "stale": MAKE_STALE}  # no metadata yet; all right; 1 % of them stale

# Sums of hashes: equal sets of rows have equal ones, in whatever order they lie.
CHECKSUM = "SELECT count(metadata), coalesce(sum(hashtextextended(id || ' ' || metadata, 0)), 0) FROM {}"
UNTOUCHED = "SELECT count(*), sum(hashtextextended(concat_ws(' ', id, embedding, created_at), 0)) FROM pcas_vectors"


class Server:
    """One private PostgreSQL in a directory; its databases stay from run to run if the directory does."""

    def __init__(self, directory, stays):
        self.directory = os.path.join(directory, "server")
        self.socket = os.path.join(self.directory, ".s.PGSQL.5432")
        self.stays = stays
        self.conninfo = self.start()

    def start(self):
        self.tell("stop")
        owner = [] if self.stays else ["--owner", str(os.getpid())]
        return self.tell("start", *owner, settings=["shared_buffers=1GB"]).replace("dbname=pcas", "dbname=run")

    def stop(self):
        self.tell("stop")

    def again(self, ending):
        """Down and up. The ending: "stop", or "crash" as by a power cut."""
        self.tell(ending)
        self.tell("start")  # whoever guards it since the first start does so still

    def tell(self, verb, *options, settings=()):
        command = [os.path.join(SUPPORT, "postgres"), verb, *options, self.directory, *settings]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def connect(self, database="run"):
        return psycopg2.connect(self.conninfo.replace("dbname=run", f"dbname={database}"))

    def execute(self, *statements, database="postgres"):
        """Each in a transaction of its own; returns the rows of the last one."""
        connection = self.connect(database)
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else None
        connection.close()
        return rows

    def has_database(self, name):
        return bool(self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))

    def restore(self, state):
        """Database `run` becomes a copy of the state's."""
        self.execute("DROP DATABASE IF EXISTS run WITH (FORCE)", f"CREATE DATABASE run TEMPLATE {state} STRATEGY FILE_COPY")
        self.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm",
                     "SELECT pg_prewarm(oid) FROM pg_class WHERE oid = 'pcas_vectors'::regclass",
                     "SELECT pg_prewarm(indexrelid) FROM pg_index WHERE indrelid = 'pcas_vectors'::regclass", database="run")

    def settle(self):
        """What went before shall not be paid for by what comes next."""
        self.execute("CHECKPOINT")
        os.sync()

    def wal_position(self):
        return int(self.execute("SELECT pg_current_wal_insert_lsn() - '0/0'")[0][0])

    def rows_written(self):
        """Row versions that updates made in `run`, of all sessions that have ended: they tell the statistics when they end."""
        while self.execute("SELECT 1 FROM pg_stat_activity WHERE datname = 'run' AND backend_type = 'client backend'"):
            pass
        return self.execute("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'pcas_vectors'", database="run")[0][0]

    def checksum(self):
        return self.execute(CHECKSUM.format("pcas_vectors"), database="run")[0]

    def untouched(self, database):
        return self.execute(UNTOUCHED, database=database)[0]

    def load_expected(self, database, metadata_path, count):
        """A connection that has the first `count` events' metadata in its table `expected`."""
        connection = self.connect(database)
        connection.autocommit = True
        with connection.cursor() as cursor, open(metadata_path, encoding="utf-8") as lines:
            cursor.execute(EXPECTED)
            cursor.copy_expert(COPY_EXPECTED, Lines(itertools.islice(lines, count)))
            cursor.execute("ANALYZE expected")
        return connection

    def expected_checksum(self, metadata_path, count):
        connection = self.load_expected("postgres", metadata_path, count)
        with connection.cursor() as cursor:
            cursor.execute(CHECKSUM.format("expected"))
            checksum = cursor.fetchone()
        connection.close()
        return checksum

    def make_state(self, state, rows, metadata_path):
        """The template `state`_`rows`, and those that it is made from. A name ends with "new" until it is complete."""
        name = f"{state}_{rows}"
        if self.has_database(name):
            return
        self.execute(f"DROP DATABASE IF EXISTS {name}_new")
        if state == "fresh":
            self.execute(f"CREATE DATABASE {name}_new")
            self.execute(TABLE, database=f"{name}_new")
        else:
            before = {"done": "fresh", "stale": "done"}[state]
            self.make_state(before, rows, metadata_path)
            self.execute(f"CREATE DATABASE {name}_new TEMPLATE {before}_{rows} STRATEGY FILE_COPY")
        self.change(f"{name}_new", STATES[state], metadata_path, rows)
        self.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")

    def change(self, database, statement, metadata_path, rows):
        connection = self.load_expected(database, metadata_path, rows)
        with connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute(TIDY_UP)
        connection.close()


class Lines:
    """Lines as the file that COPY reads from."""

    def __init__(self, lines):
        self.lines = lines

    def read(self, _size):
        return "".join(itertools.islice(self.lines, 1000))
