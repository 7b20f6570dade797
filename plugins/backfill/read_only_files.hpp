// SQLite's own access to files, less the means to create, change or delete one.
//
// A read-only connection still creates files: for a database in WAL mode SQLite makes an empty -wal before it looks at
// anything else, `mode=ro` and `readonly_shm=1` notwithstanding. Looking first whether the -wal is there leaves a gap
// in which the server can remove it. So the rule stands where it cannot be raced: where SQLite opens files.
#pragma once

#include <sqlite3.h>
#include <string>

namespace backfill {

// A sqlite3_vfs for as long as this object lives. Every file is opened for reading, must be there, and is not deleted.
// (The -shm is opened past a VFS: its connections need `readonly_shm=1`, or no shared memory at all.)
class ReadOnlyFiles {
public:
    // `base` is one of SQLite's: "unix", or "unix-none", which takes no locks. Throws SourceError if SQLite has it not.
    explicit ReadOnlyFiles(const char *base);
    ~ReadOnlyFiles();
    ReadOnlyFiles(const ReadOnlyFiles &) = delete;
    ReadOnlyFiles &operator=(const ReadOnlyFiles &) = delete;

    const char *name() const { return name_.c_str(); } // to open a database with

private:
    struct Files : sqlite3_vfs {
        sqlite3_vfs *base;
    };
    static int open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_used);
    static int refuse_delete(sqlite3_vfs *vfs, const char *path, int sync_directory);

    std::string name_;
    Files files_;
};

} // namespace backfill
