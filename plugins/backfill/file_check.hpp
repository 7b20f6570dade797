// Is this a file that we can read as SQLite at all? Asked before SQLite is, whose answer is the same for most of what
// can be wrong ("unable to open database file"), and whose attempt would cost a lock.
#pragma once

#include <filesystem>

namespace backfill {

// The file itself, all links resolved. Throws SourceError if there is no regular file that may be read.
std::filesystem::path resolve_readable_file(const std::filesystem::path &path);

enum class JournalMode { rollback, wal };

// Both open the file, and must not be called while this process has it open through SQLite: closing any descriptor of a
// file drops all POSIX locks that the process has on it.

// As the file's header says. Throws SourceError if that is not SQLite's.
JournalMode read_journal_mode(const std::filesystem::path &path);

// Whether another process has the file open in WAL mode. Throws SourceError if the file cannot be opened.
bool is_open_elsewhere(const std::filesystem::path &path);

} // namespace backfill
