#include "read_only_files.hpp"

#include "source_error.hpp"

#include <fmt/format.h>

namespace backfill {
namespace {

sqlite3_vfs *find(const char *base) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(base);
    if (vfs == nullptr) throw SourceError(fmt::format("this SQLite library has no file access called '{}'", base));
    return vfs;
}

} // namespace

// All but two functions stay the base's, and so does pAppData, which they read.
ReadOnlyFiles::ReadOnlyFiles(const char *base)
    : name_(fmt::format("backfill-{}-{}", base, static_cast<void *>(this))), files_{*find(base), find(base)} {
    files_.pNext = nullptr;
    files_.zName = name_.c_str();
    files_.xOpen = open;
    files_.xDelete = refuse_delete;
    if (sqlite3_vfs_register(&files_, 0) != SQLITE_OK) throw SourceError("SQLite does not accept our file access");
}

ReadOnlyFiles::~ReadOnlyFiles() {
    sqlite3_vfs_unregister(&files_);
}

int ReadOnlyFiles::open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_used) {
    sqlite3_vfs *base = static_cast<Files *>(vfs)->base;
    constexpr int writes =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_DELETEONCLOSE | SQLITE_OPEN_EXCLUSIVE;
    return base->xOpen(base, path, file, (flags & ~writes) | SQLITE_OPEN_READONLY, flags_used);
}

int ReadOnlyFiles::refuse_delete(sqlite3_vfs *, const char *, int) {
    return SQLITE_READONLY;
}

} // namespace backfill
