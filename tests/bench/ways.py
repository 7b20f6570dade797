"""The competitors: how each is run, and what one run of it is measured by."""

import contextlib
import json
import os
import subprocess
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MEBIBYTE = 1 << 20


class Failed(Exception):
    """A competitor did not do its work; the text says which and how."""


class Ways:
    def __init__(self, build, pcasctl, directory):
        self.build = build
        self.pcasctl_command = [pcasctl]
        plugins = os.path.join(os.path.dirname(pcasctl), "..", "plugins", "backfill")
        if os.path.exists(os.path.join(plugins, "backfill.so")):  # not installed, but still where it was built
            self.pcasctl_command += ["--plugin-dir", plugins]
        self.directory = directory

    def connections(self, number):
        """The options that ask for so many; none for a pcasctl of before there was a choice."""
        text = subprocess.run([*self.pcasctl_command, "help", "backfill"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return ("--jobs", str(number)) if "--jobs" in text else ()

    def run(self, case, sqlite_path, metadata_path, server):
        """Seconds from start to end, and what else can be told of that way."""
        with self.link(case, server) as conninfo:
            if case.way == "pcasctl":
                return self.pcasctl(case, sqlite_path, conninfo)
            if case.way == "original":
                return self.program([os.path.join(self.build, "tests/bench/one_update_per_event"), sqlite_path, conninfo])
            if case.way == "execute_values":
                return self.program([os.path.join(HERE, "execute_values.py"), sqlite_path, conninfo])
            if case.way == "read":
                return self.program(["taskset", "-c", "0", os.path.join(self.build, "tests/bench/read_and_extract"), sqlite_path])
            return self.floor(metadata_path, server)

    def program(self, command):
        figures = os.path.join(self.directory, "figures")
        output, messages = os.path.join(self.directory, "stdout"), os.path.join(self.directory, "stderr")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "PCASCTL_"))}
        # GNU time starts the program from a small process: one that Python starts would be told to have had Python's memory.
        command = ["/usr/bin/time", "--output", figures, "--format", "%U %S %M", *command]
        with open(output, "wb") as stdout, open(messages, "wb") as stderr:
            start = time.perf_counter()
            code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environment, check=False).returncode
            seconds = time.perf_counter() - start
        if code != 0:
            with open(messages, encoding="utf-8", errors="replace") as stderr:
                raise Failed(f"{os.path.basename(command[5])} ended with exit code {code}: {stderr.read()[-2000:]}")
        with open(figures, encoding="utf-8") as lines:
            user, system, kibibytes = lines.read().split()
        return {"seconds": seconds, "cpu_seconds": float(user) + float(system), "peak_mib": int(kibibytes) * 1024 / MEBIBYTE}

    def pcasctl(self, case, sqlite_path, conninfo):
        """As a user would run it, with its log going to a file."""
        measured = self.program([*self.pcasctl_command, "backfill", "-s", sqlite_path, "-p", conninfo, "--output", "json", *case.options])
        with open(os.path.join(self.directory, "stdout"), encoding="utf-8") as output:
            summary = json.load(output)
        if summary["processed"] != case.events or summary["errors"] != 0:
            raise Failed(f"pcasctl does not report {case.events} events without errors: {summary}")
        return {**measured, "updated": summary["updated"]}

    def floor(self, metadata_path, server):
        """What the server needs for the bulk of it, were the metadata there already: nothing is read from SQLite or extracted. A temporary
        table without statistics was the fastest of four forms (UNLOGGED, with ANALYZE)."""
        start = time.perf_counter()
        connection = server.connect()
        connection.autocommit = True
        with connection.cursor() as cursor, open(metadata_path, encoding="utf-8") as metadata:
            cursor.execute("CREATE TEMPORARY TABLE staging (id TEXT, metadata JSONB)")
            cursor.copy_expert("COPY staging FROM STDIN", metadata)
            copied = time.perf_counter()
            cursor.execute("UPDATE pcas_vectors AS v SET metadata = coalesce(v.metadata, '{}') || s.metadata FROM staging AS s WHERE v.id = s.id")
        end = time.perf_counter()
        connection.close()
        return {"seconds": end - start, "update_seconds": end - copied}

    @contextlib.contextmanager
    def link(self, case, server):
        """The connection string for this case: the server's own socket, or that of a proxy which holds back every byte for half the round trip."""
        if case.round_trip is None:
            yield server.conninfo
            return
        directory = os.path.join(self.directory, "link")
        os.makedirs(directory, exist_ok=True)
        command = [os.path.join(self.build, "tests/support/proxy"), "--directory", directory, "--server", server.socket,
                   "--delay", str(case.round_trip / 2)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
            try:
                if not proxy.stdout.readline().startswith("ready"):
                    raise Failed("the proxy did not start")
                yield server.conninfo.replace(server.directory, directory)
            finally:
                proxy.terminate()
